package io.chagres.address;

import org.jspecify.annotations.Nullable;

/**
 * Parses IPv4 addresses in the forms that URLs and inet_aton(3) allow.
 *
 * <p>An address is one to four numbers: decimal, octal with a leading 0, or hexadecimal with a leading 0x. The last
 * number fills the bytes that the others leave: "127.1" is 127.0.0.1.
 *
 * @see <a href="https://url.spec.whatwg.org/#concept-ipv4-parser">The IPv4 parser of the URL standard</a>
 */
final class LenientIPv4 {

    private static final int MAX_PARTS = 4;

    private LenientIPv4() {}

    /** Returns the four bytes, or null if {@code text} is not such an address. */
    static byte @Nullable [] parse(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length > MAX_PARTS) {
            return null;
        }
        long ip = 0;
        for (int i = 0; i < parts.length; i++) {
            long number = number(parts[i]);
            boolean last = i == parts.length - 1;
            int bytes = last ? MAX_PARTS - i : 1;
            if (number < 0 || number >>> 8 * bytes != 0) {
                return null;
            }
            ip = ip << 8 * bytes | number;
        }
        return new byte[] {(byte) (ip >> 24), (byte) (ip >> 16), (byte) (ip >> 8), (byte) ip};
    }

    /** Returns a number of at most 32 bits, or -1; "0x" alone is 0. */
    private static long number(String part) {
        boolean hexadecimal = part.startsWith("0x") || part.startsWith("0X");
        boolean octal = !hexadecimal && part.length() > 1 && part.charAt(0) == '0';
        int radix = hexadecimal ? 16 : octal ? 8 : 10;
        long number = part.isEmpty() ? -1 : 0;
        for (int i = hexadecimal ? 2 : 0; i < part.length() && number >= 0; i++) {
            int digit = part.charAt(i) < 128 ? Character.digit(part.charAt(i), radix) : -1;
            number = digit < 0 ? -1 : number * radix + digit;
            number = number >>> 32 == 0 ? number : -1;
        }
        return number;
    }
}
