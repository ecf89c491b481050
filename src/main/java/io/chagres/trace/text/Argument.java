package io.chagres.trace.text;

import io.chagres.sys.Call;

/** One argument of a call, which prints itself as strace(1) does. */
@FunctionalInterface
interface Argument {

    /** A pointer whose address is not known: to an array on the Java heap, or to memory inside of the C library. */
    String UNKNOWN_POINTER = "0x...";

    /** Appends the text. The call has returned, so the memory has what the kernel wrote. */
    void print(Call call, Line out);

    /** Returns a text that does not depend on the call. */
    static Argument fixed(String text) {
        return (call, out) -> out.add(text);
    }

    /** Returns an int in decimal digits. */
    static Argument number(int index) {
        return (call, out) -> out.add(call.number(index));
    }

    /** Returns a size_t in decimal digits. */
    static Argument size(int index) {
        return (call, out) -> out.add(Long.toUnsignedString(call.word(index)));
    }

    /** Returns a pointer as a number. */
    static Argument pointer(int index) {
        return (call, out) -> pointer(call, index, out);
    }

    /** Returns {@code argument} if the pointer {@code index} is not NULL and the call did not refuse it. */
    static Argument in(int index, Argument argument) {
        return (call, out) -> {
            if (call.isSegment(index) || call.word(index) != 0 && !out.isBadAddress()) {
                argument.print(call, out);
            } else {
                pointer(call, index, out);
            }
        };
    }

    /** Returns {@code argument}, which the kernel has written, or the pointer if the call has failed. */
    static Argument out(int index, Argument argument) {
        return (call, out) -> {
            if (out.hasFailed() || !call.isSegment(index) && call.word(index) == 0) {
                pointer(call, index, out);
            } else {
                argument.print(call, out);
            }
        };
    }

    private static void pointer(Call call, int index, Line out) {
        long address = call.word(index);
        out.add(
                call.isSegment(index)
                        ? UNKNOWN_POINTER
                        : address == 0 ? "NULL" : "0x".concat(Long.toHexString(address)));
    }
}
