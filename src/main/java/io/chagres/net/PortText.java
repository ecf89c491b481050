package io.chagres.net;

import io.chagres.UsageException;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A port that a program got as text, as in {@code listen("9297")}: Node takes a number or its text. */
final class PortText {

    private static final int PORT_BITS = 16;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]+");

    private PortText() {}

    static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /**
     * Returns the port of {@code text}, a decimal number, or a hexadecimal one after 0x; -1 if the text is not a number.
     *
     * @throws UsageException ERR_SOCKET_BAD_PORT if it is a number but not a port
     */
    static int port(@Nullable String text) {
        if (text == null || !isNumber(text)) {
            return -1;
        }
        BigInteger number = text.length() > 1 && (text.charAt(1) | 0x20) == 'x'
                ? new BigInteger(text.substring(2), 16)
                : new BigInteger(text);
        if (number.bitLength() > PORT_BITS) {
            throw new UsageException(
                    "ERR_SOCKET_BAD_PORT", "port should be >= 0 and < 65536. Received '" + text + "'.");
        }
        return number.intValue();
    }
}
