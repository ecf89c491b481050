package io.chagres.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * An array of {@code struct iovec}.
 *
 * <pre>{@code
 *   struct iovec {            // readv(2)
 *       void  *iov_base;
 *       size_t iov_len;
 *   };
 * }</pre>
 *
 * <p>It holds addresses, not segments: the caller that fills the array keeps the memory alive until the call has
 * returned. Native memory only.
 */
public final class IoVec {

    /** The size of one element in bytes. */
    public static final int BYTES = 16;

    /** {@code IOV_MAX}: with more elements a call fails with EMSGSIZE. */
    public static final int MAX = 1024;

    private static final int LEN = 8;

    private IoVec() {}

    /** Writes one element. */
    public static void set(MemorySegment array, int index, MemorySegment base, long len) {
        array.set(JAVA_LONG, (long) index * BYTES, Libc.pointer(base));
        array.set(JAVA_LONG, (long) index * BYTES + LEN, len);
    }

    /** Returns the address of an element, as a segment of length 0. */
    public static MemorySegment base(MemorySegment array, int index) {
        return array.get(ADDRESS, (long) index * BYTES);
    }

    /** Returns the length of an element in bytes. */
    public static long len(MemorySegment array, int index) {
        return array.get(JAVA_LONG, (long) index * BYTES + LEN);
    }
}
