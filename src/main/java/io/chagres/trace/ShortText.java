package io.chagres.trace;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A system call in the few words that a diagram has room for: addresses as people write them, the beginning of the data. */
final class ShortText {

    private static final int MAX_DATA = 16;
    private static final int MAX_LENGTH = 56;

    private static final Pattern INET = Pattern.compile(
            "\\{sa_family=AF_INET, sin_port=htons\\((\\d+)\\), sin_addr=inet_addr\\(\"([^\"]*)\"\\)\\}");
    private static final Pattern INET6 = Pattern.compile("\\{sa_family=AF_INET6, sin6_port=htons\\((\\d+)\\)"
            + "[^}]*?inet_pton\\(AF_INET6, \"([^\"]*)\", &sin6_addr\\)[^}]*\\}");
    private static final Pattern UNIX = Pattern.compile("\\{sa_family=AF_UNIX, sun_path=@?\"([^\"]*)\"\\}");
    private static final Pattern EVENTS = Pattern.compile("\\{events=([A-Z_|0-9]+), data=(\\{[^}]*\\}|[^}]*)\\}");
    private static final Pattern LENGTH_OF_ADDRESS = Pattern.compile(", \\[?\\d+(?: => \\d+)?\\]?(?=,|$)");
    private static final Pattern FLAGS = Pattern.compile("\\|?SOCK_(CLOEXEC|NONBLOCK)|MSG_(DONTWAIT|NOSIGNAL)\\|?");
    private static final Pattern NOTHING = Pattern.compile("(, 0)?(, NULL)+(, 0$)?|, (?=,|$)");
    private static final Pattern DATA = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"(\\.\\.\\.)?");

    private ShortText() {}

    /** Returns the call without its result, such as {@code accept4(4, 127.0.0.1:51234)}. */
    static String call(SystemCall call) {
        return cut(call.name() + "(" + arguments(call) + ")");
    }

    /** Returns the result without the explanation of the error, such as {@code -1 EAGAIN}. */
    static String answer(SystemCall call) {
        return cut(call.answer().replaceFirst(" \\([^()]*\\)$", ""));
    }

    /** Returns the address that is among the arguments, such as {@code [::1]:9297}; an empty text if there is none. */
    static String address(String arguments) {
        for (Pattern pattern : new Pattern[] {INET, INET6, UNIX}) {
            Matcher matcher = pattern.matcher(arguments);
            if (matcher.find()) {
                return plainAddresses(matcher.group());
            }
        }
        return "";
    }

    /** Returns the port or the path of an address or of an owner: the text after the last colon. */
    static String port(String address) {
        return address.substring(address.lastIndexOf(':') + 1);
    }

    private static String plainAddresses(String arguments) {
        String inet = INET.matcher(arguments).replaceAll("$2:$1");
        return UNIX.matcher(INET6.matcher(inet).replaceAll("[$2]:$1")).replaceAll("$1");
    }

    private static String arguments(SystemCall call) {
        String addressed = plainAddresses(call.arguments());
        if (!addressed.equals(call.arguments())) {
            addressed = LENGTH_OF_ADDRESS.matcher(addressed).replaceAll("");
        }
        String events = EVENTS.matcher(addressed).replaceAll("$1");
        String data = DATA.matcher(events).replaceAll(match -> Matcher.quoteReplacement(shortened(match.group(1))));
        return NOTHING.matcher(FLAGS.matcher(data).replaceAll("")).replaceAll("");
    }

    private static String shortened(String data) {
        return data.length() <= MAX_DATA ? "\"" + data + "\"" : "\"" + data.substring(0, MAX_DATA) + "\"...";
    }

    /** Cuts a text, but not inside of a surrogate pair. */
    static String cut(String text) {
        if (text.length() <= MAX_LENGTH) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
        return text.substring(0, end) + "...";
    }
}
