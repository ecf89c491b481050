package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * An array of
 *
 * <pre>{@code
 *   struct epoll_event {
 *       uint32_t     events;    // EPOLLIN and so on
 *       epoll_data_t data;      // 64 bits of ours, handed back with the event
 *   };                          // on x86-64 __attribute__((packed)), so that a 32-bit process may share it
 * }</pre>
 *
 * The event is 12 bytes with data at 4 on x86-64, 16 with data at 8 elsewhere; {@link SelfCheck} asks the kernel
 * whether that is so.
 */
public final class EpollEvent {

    /** Where the fields are on one architecture. */
    record Layout(int bytes, int data) {

        static Layout of(String arch) {
            return switch (arch) {
                case "amd64", "x86_64" -> new Layout(12, 4);
                default -> new Layout(16, 8);
            };
        }
    }

    private static final Layout LAYOUT = Layout.of(System.getProperty("os.arch"));

    /** The size of one event. */
    public static final int BYTES = LAYOUT.bytes();

    private static final int DATA = LAYOUT.data();

    private EpollEvent() {}

    public static int events(MemorySegment array, int index) {
        return array.get(JAVA_INT_UNALIGNED, (long) index * BYTES);
    }

    public static long data(MemorySegment array, int index) {
        return array.get(JAVA_LONG_UNALIGNED, (long) index * BYTES + DATA);
    }

    public static void set(MemorySegment array, int index, int events, long data) {
        array.set(JAVA_INT_UNALIGNED, (long) index * BYTES, events);
        array.set(JAVA_LONG_UNALIGNED, (long) index * BYTES + DATA, data);
    }

    /** {@link #BYTES}. */
    public static int size() {
        return BYTES;
    }
}
