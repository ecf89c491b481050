package io.chagres.trace.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** The names of a set of C constants, in the order in which strace(1) prints them. */
final class FlagNames {

    private final String unknown;
    private final Map<Long, String> names = new LinkedHashMap<>();

    /**
     * @param unknown what strace(1) calls a value that it does not know, such as {@code SOCK_???}
     */
    FlagNames(String unknown) {
        this.unknown = unknown;
    }

    FlagNames with(String name, long value) {
        names.putIfAbsent(value, name);
        return this;
    }

    boolean has(long value) {
        return names.containsKey(value);
    }

    /** Returns the name of one value. */
    String name(long value) {
        String name = names.get(value);
        return name != null ? name : "0x" + Long.toHexString(value) + " /* " + unknown + " */";
    }

    /** Returns the names of the bits of {@code value}, joined by {@code |}. */
    String bits(long value) {
        return bits(value, "0");
    }

    /** Returns the same; {@code zero} if no bit is set. */
    String bits(long value, String zero) {
        StringJoiner joined = new StringJoiner("|");
        long rest = value;
        for (Map.Entry<Long, String> entry : names.entrySet()) {
            long bit = entry.getKey();
            if (bit != 0 && (rest & bit) == bit) {
                joined.add(entry.getValue());
                rest &= ~bit;
            }
        }
        if (rest != 0) {
            String hex = "0x".concat(Long.toHexString(rest));
            return joined.length() == 0
                    ? hex + " /* " + unknown + " */"
                    : joined.add(hex).toString();
        }
        return joined.length() == 0 ? zero : joined.toString();
    }
}
