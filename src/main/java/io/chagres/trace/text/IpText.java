package io.chagres.trace.text;

import java.util.StringJoiner;

/** The text of an IP address as inet_ntop(3) writes it: the longest run of zeros in an IPv6 address is {@code ::}. */
public final class IpText {

    private static final int GROUPS = 8;

    private IpText() {}

    /** Returns the text of 4 or 16 bytes. */
    public static String of(byte[] ip) {
        return ip.length == 4 ? dotted(ip, 0) : ofGroups(ip);
    }

    private static String dotted(byte[] ip, int from) {
        StringJoiner text = new StringJoiner(".");
        for (int i = from; i < from + 4; i++) {
            text.add(String.valueOf(Byte.toUnsignedInt(ip[i])));
        }
        return text.toString();
    }

    private static String ofGroups(byte[] ip) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = Byte.toUnsignedInt(ip[2 * i]) << 8 | Byte.toUnsignedInt(ip[2 * i + 1]);
        }
        int from = startOfZeros(groups);
        int to = from < 0 ? -1 : endOfZeros(groups, from);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == from) {
                text.append("::");
                i = to - 1;
            } else if (i == 6 && from == 0 && (to == 6 || to == 5 && groups[5] == 0xffff)) {
                return text.append(text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(dotted(ip, 12))
                        .toString();
            } else {
                text.append(i == 0 || i == to ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /** Returns the first index of the longest run of at least two zeros, or -1. */
    private static int startOfZeros(int[] groups) {
        int best = -1;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            if (groups[i] == 0 && endOfZeros(groups, i) - i > length) {
                best = i;
                length = endOfZeros(groups, i) - i;
            }
        }
        return best;
    }

    private static int endOfZeros(int[] groups, int from) {
        int end = from;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end;
    }
}
