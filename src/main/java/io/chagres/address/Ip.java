package io.chagres.address;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Converts IP addresses between text and bytes, by the rules of Node's net.isIP.
 *
 * <p>An IPv4 address is four decimal numbers without leading zeros. The other forms of inet_aton(3) are not accepted.
 * An IPv6 address is written as inet_ntop(3) writes it (RFC 5952).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5952">RFC 5952</a>
 */
public final class Ip {

    static final int IPV4_BYTES = 4;
    static final int IPV6_BYTES = 16;
    private static final int IPV6_GROUPS = 8;

    private Ip() {}

    /**
     * Returns 4 or 6, or 0 if {@code text} is not an IP address, or null. An IPv6 address may have a zone, as in fe80::1%eth0.
     *
     * @see <a href="https://nodejs.org/api/net.html#netisipinput">net.isIP</a>
     */
    public static int version(@Nullable String text) {
        byte[] ip = text == null ? null : bytes(text);
        return ip == null ? 0 : ip.length == IPV4_BYTES ? 4 : 6;
    }

    /** Returns the 4 or 16 bytes of an address, or null if {@link #version} is 0. */
    static byte @Nullable [] bytes(String text) {
        return isZoneValid(text) ? parse(text) : null;
    }

    /** Returns the bytes of an address like {@link #bytes}, but accepts any text behind a %, as uv_inet_pton does. */
    static byte @Nullable [] parse(String text) {
        byte[] four = parse4(text);
        return four != null ? four : parse6(withoutZone(text));
    }

    /** Returns the text behind the % of an IPv6 address, or null if there is no %. */
    static @Nullable String zone(String text) {
        int percent = text.indexOf('%');
        return percent < 0 ? null : text.substring(percent + 1);
    }

    private static String withoutZone(String text) {
        int percent = text.indexOf('%');
        return percent < 0 ? text : text.substring(0, percent);
    }

    private static boolean isZoneValid(String text) {
        String zone = zone(text);
        return zone == null
                || !zone.isEmpty()
                        && zone.chars()
                                .allMatch(c -> c == '.'
                                        || c == '-'
                                        || c == ':'
                                        || c == '_'
                                        || c < 128 && Character.isLetterOrDigit(c));
    }

    private static byte @Nullable [] parse4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != IPV4_BYTES) {
            return null;
        }
        byte[] ip = new byte[IPV4_BYTES];
        for (int i = 0; i < IPV4_BYTES; i++) {
            int number = number(parts[i], 10, 3);
            if (number < 0 || number > 255 || parts[i].length() > 1 && parts[i].charAt(0) == '0') {
                return null;
            }
            ip[i] = (byte) number;
        }
        return ip;
    }

    private static byte @Nullable [] parse6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] groups = groups(text, true);
            return groups != null && groups.length == 16 ? groups : null;
        }
        byte[] head = groups(text.substring(0, gap), false);
        byte[] tail = groups(text.substring(gap + 2), true);
        if (head == null || tail == null || head.length + tail.length > 14) {
            return null;
        }
        byte[] ip = Arrays.copyOf(head, 16);
        System.arraycopy(tail, 0, ip, 16 - tail.length, tail.length);
        return ip;
    }

    /**
     * Returns the bytes of groups that colons separate, or null if one is wrong. The last group of an address may be
     * a dotted IPv4 address.
     */
    private static byte @Nullable [] groups(String text, boolean areLast) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[2 * parts.length + 2];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            byte[] dotted = areLast && i == parts.length - 1 ? parse4(parts[i]) : null;
            if (dotted != null) {
                System.arraycopy(dotted, 0, bytes, length, IPV4_BYTES);
                length += IPV4_BYTES;
                continue;
            }
            int number = number(parts[i], 16, 4);
            if (number < 0) {
                return null;
            }
            bytes[length++] = (byte) (number >> 8);
            bytes[length++] = (byte) number;
        }
        return Arrays.copyOf(bytes, length);
    }

    /** Returns a number of one to {@code maxDigits} digits, or -1. */
    static int number(String digits, int radix, int maxDigits) {
        if (digits.isEmpty() || digits.length() > maxDigits) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            number = number * radix + digit;
        }
        return number;
    }

    /** Returns the text of 4 or 16 bytes. */
    static String format(byte[] ip) {
        return ip.length == IPV4_BYTES ? format4(ip, 0) : format6(ip);
    }

    private static String format4(byte[] ip, int from) {
        return (ip[from] & 255) + "." + (ip[from + 1] & 255) + "." + (ip[from + 2] & 255) + "." + (ip[from + 3] & 255);
    }

    private static String format6(byte[] ip) {
        int[] groups = new int[IPV6_GROUPS];
        for (int i = 0; i < IPV6_GROUPS; i++) {
            groups[i] = (ip[2 * i] & 255) << 8 | ip[2 * i + 1] & 255;
        }
        boolean mapped = isMapped(groups);
        int count = mapped ? IPV6_GROUPS - 2 : IPV6_GROUPS;
        int gap = longestZeroRun(groups, count);
        int gapEnd = gap < 0 ? -1 : gap + zeroRun(groups, gap, count);
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < count; i++) {
            if (i == gap) {
                text.append("::");
                i = gapEnd - 1;
            } else {
                text.append(i > 0 && i != gapEnd ? ":" : "").append(Integer.toHexString(groups[i]));
            }
        }
        return mapped ? text.append(':').append(format4(ip, 12)).toString() : text.toString();
    }

    private static boolean isMapped(int[] groups) {
        return zeroRun(groups, 0, IPV6_GROUPS) == 5 && groups[5] == 0xffff;
    }

    /** Returns the index of the first of the longest runs of two or more zero groups, or -1 if there is no such run. */
    private static int longestZeroRun(int[] groups, int count) {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < count; i++) {
            int length = zeroRun(groups, i, count);
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
        }
        return best;
    }

    private static int zeroRun(int[] groups, int from, int count) {
        int end = from;
        while (end < count && groups[end] == 0) {
            end++;
        }
        return end - from;
    }
}
