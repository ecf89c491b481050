package io.chagres.trace.text;

import io.chagres.sys.Call;
import io.chagres.sys.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/** The text of the arguments of one call while it is being written. */
final class Line {

    private final StringBuilder text = new StringBuilder(80);
    private final long outcome;
    private final int limit;

    /**
     * @param outcome the result of the call, or -errno
     * @param limit the number of bytes after which a string is cut
     */
    Line(long outcome, int limit) {
        this.outcome = outcome;
        this.limit = limit;
    }

    /** Returns the result of the call, or -errno. */
    long outcome() {
        return outcome;
    }

    boolean hasFailed() {
        return outcome < 0;
    }

    /** Returns whether the kernel has found a pointer to be wrong: then no pointer of the call is followed. */
    boolean isBadAddress() {
        return outcome == -Errno.EFAULT;
    }

    Line add(String more) {
        text.append(more);
        return this;
    }

    Line add(long number) {
        text.append(number);
        return this;
    }

    /** Appends the elements 0 to {@code count - 1} in brackets; {@code ...} instead of those beyond the limit. */
    void array(long count, IntConsumer element) {
        text.append('[');
        for (int i = 0; i < Math.min(count, limit); i++) {
            text.append(i == 0 ? "" : ", ");
            element.accept(i);
        }
        text.append(count > limit ? ", ...]" : "]");
    }

    /** Appends bytes in quotes, cut at the limit. */
    void data(MemorySegment bytes) {
        data(bytes, limit);
    }

    /** Appends bytes in quotes, cut at {@code max}. */
    void data(MemorySegment bytes, int max) {
        long count = Math.min(bytes.byteSize(), max);
        Quotes.add(bytes.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), text);
        text.append(count < bytes.byteSize() ? "..." : "");
    }

    /** Appends the C string at {@code address} in quotes. A path is not cut. */
    void string(long address) {
        Quotes.add(Call.stringAt(address).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), text);
    }

    /** Appends a C string of at most {@code bytes.byteSize()} bytes in quotes, up to its NUL. */
    void string(MemorySegment bytes) {
        byte[] all = bytes.toArray(ValueLayout.JAVA_BYTE);
        int end = 0;
        while (end < all.length && all[end] != 0) {
            end++;
        }
        Quotes.add(java.util.Arrays.copyOf(all, end), text);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
