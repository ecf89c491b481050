package io.chagres.proxy;

import io.chagres.address.SocketAddress;
import io.chagres.proxy.ProxyHeader.Command;
import io.chagres.proxy.ProxyHeader.Transport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Version 1 of the protocol: "PROXY TCP4 192.0.2.7 203.0.113.1 51234 443" and CRLF. */
final class TextForm {

    /** The maximum length of a line, with its CRLF. */
    static final int MAX_LINE = 107;

    static final String UNKNOWN = "PROXY UNKNOWN";
    private static final int WORDS = 6;
    private static final int MAX_PORT = 65535;
    /** A number without a leading zero, which might be read as octal. */
    private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

    private TextForm() {}

    static ByteBuffer encode(ProxyHeader header) {
        SocketAddress source = header.source();
        boolean isTcp = header.transport() == Transport.TCP4 || header.transport() == Transport.TCP6;
        String line = !isTcp || source == null
                ? UNKNOWN
                : line(header.transport(), source, Objects.requireNonNull(header.destination()));
        return ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String line(Transport transport, SocketAddress source, SocketAddress destination) {
        return "PROXY " + transport + " " + source.address() + " " + destination.address() + " " + source.port() + " "
                + destination.port();
    }

    /** Parses a line without its CRLF, which begins with "PROXY". */
    static ProxyHeader parse(String line) {
        if (line.equals(UNKNOWN) || line.startsWith(UNKNOWN + " ")) {
            return new ProxyHeader(1, Command.PROXY, Transport.UNSPEC, Route.NONE, List.of());
        }
        String[] words = line.split(" ", -1);
        if (words.length != WORDS || !words[0].equals("PROXY")) {
            throw Malformed.because("not six words, with one space between two of them");
        }
        Transport transport = switch (words[1]) {
            case "TCP4" -> Transport.TCP4;
            case "TCP6" -> Transport.TCP6;
            default -> throw Malformed.because("a protocol other than TCP4, TCP6 and UNKNOWN");
        };
        SocketAddress source = address(words[2], port(words[4]));
        SocketAddress destination = address(words[3], port(words[5]));
        boolean isSix = transport == Transport.TCP6;
        if (source == null || destination == null || source.isIPv6() != isSix || destination.isIPv6() != isSix) {
            throw Malformed.because("not two addresses of " + transport);
        }
        return new ProxyHeader(1, Command.PROXY, transport, Route.of(source, destination), List.of());
    }

    /** A zone is a matter of one machine, and has no place in a header. */
    private static @Nullable SocketAddress address(String word, int port) {
        return word.indexOf('%') >= 0 ? null : SocketAddress.ofLiteral(word, port);
    }

    private static int port(String word) {
        int port = PORT.matcher(word).matches() ? Integer.parseInt(word) : -1;
        if (port < 0 || port > MAX_PORT) {
            throw Malformed.because("a port that is not a number from 0 to 65535 without leading zeros");
        }
        return port;
    }
}
