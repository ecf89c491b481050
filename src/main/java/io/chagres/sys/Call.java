package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A call of the C library that has returned: its arguments, its result, and the memory that the arguments point to.
 *
 * <p>An argument is a machine word. The buffer of recv and send can be a segment instead, whose address this class does not
 * know: it may be on the Java heap.
 */
@SuppressWarnings("restricted") // reinterpret: a pointer has no size
public final class Call {

    private static final int RECVMSG_NAMELEN = 8;

    private final String function;
    private final Object[] words;
    private final int lengthBefore;

    private long result;
    private int errno;
    private long startNanos;
    private long durationNanos;

    /**
     * Reads what the call is about to overwrite.
     *
     * @param words the arguments without the memory for errno: Long, or a segment, which is followed by an offset
     */
    Call(String function, Object[] words) {
        this.function = function;
        this.words = words;
        this.lengthBefore = readLength();
    }

    void returned(long result, int errno, long startNanos, long durationNanos) {
        this.result = result;
        this.errno = errno;
        this.startNanos = startNanos;
        this.durationNanos = durationNanos;
    }

    /** Returns the length that the caller passed by a pointer: the argument of type {@code socklen_t *}, or msg_namelen. */
    private int readLength() {
        return switch (function) {
            case "accept4", "getsockname", "getpeername" -> intAt(word(2));
            case "getsockopt" -> intAt(word(4));
            case "recvmsg" -> word(1) == 0 ? 0 : intAt(word(1) + RECVMSG_NAMELEN);
            default -> 0;
        };
    }

    private static int intAt(long address) {
        return address == 0 ? 0 : at(address, Integer.BYTES).get(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    /** Returns the name of the function in the C library, such as {@code recv}. */
    public String function() {
        return function;
    }

    /** Returns whether the argument {@code index} is a segment whose address is not known. */
    public boolean isSegment(int index) {
        return words[index] instanceof MemorySegment;
    }

    /** Returns the argument {@code index}, from 0; 0 if it is a segment. The offset behind a segment does not count. */
    public long word(int index) {
        int at = index > 1 && isSegment(1) ? index + 1 : index;
        return words[at] instanceof Long word ? word : 0;
    }

    /** Returns the argument {@code index} as an int. */
    public int number(int index) {
        return (int) word(index);
    }

    /** Returns the {@code bytes} bytes that the argument {@code index} points to, which must not be NULL. */
    public MemorySegment memory(int index, long bytes) {
        return words[index] instanceof MemorySegment segment
                ? segment.asSlice((long) words[index + 1], bytes)
                : at(word(index), bytes);
    }

    /** Returns the length that the last argument pointed to before the call, for a call that changes it; otherwise 0. */
    public int lengthBefore() {
        return lengthBefore;
    }

    /** Returns the word that the function returned. If the result of the function is an int, only its lower half counts. */
    public long result() {
        return result;
    }

    /** Returns the errno, if the result says that the call has failed. */
    public int errno() {
        return errno;
    }

    /** Returns when the call began, in nanoseconds of {@link System#nanoTime()}. */
    public long startNanos() {
        return startNanos;
    }

    /** Returns how long the call took, in nanoseconds. */
    public long durationNanos() {
        return durationNanos;
    }

    /** Returns the {@code bytes} bytes at an address of C. The memory must exist. */
    public static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /** Returns the bytes of the C string at {@code address}, without its NUL. */
    public static String stringAt(long address) {
        return at(address, Integer.MAX_VALUE).getString(0, StandardCharsets.ISO_8859_1);
    }
}
