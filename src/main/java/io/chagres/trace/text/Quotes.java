package io.chagres.trace.text;

import java.util.Locale;

/** Bytes in quotes, as strace(1) prints them: bytes that are not ASCII text are escaped as in C, in octal digits. */
final class Quotes {

    private Quotes() {}

    static void add(byte[] bytes, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < bytes.length; i++) {
            boolean digitFollows = i + 1 < bytes.length && bytes[i + 1] >= '0' && bytes[i + 1] <= '9';
            add(Byte.toUnsignedInt(bytes[i]), digitFollows, out);
        }
        out.append('"');
    }

    private static void add(int one, boolean digitFollows, StringBuilder out) {
        switch (one) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case 0x0b -> out.append("\\v");
            default -> {
                if (one >= ' ' && one < 0x7f) {
                    out.append((char) one);
                } else if (digitFollows) {
                    out.append('\\').append(String.format(Locale.ROOT, "%03o", one));
                } else {
                    out.append('\\').append(Integer.toOctalString(one));
                }
            }
        }
    }
}
