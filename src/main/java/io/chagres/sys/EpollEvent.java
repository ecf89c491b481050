package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * An array of {@code struct epoll_event}.
 *
 * <pre>{@code
 *   struct epoll_event {
 *       uint32_t     events;    // EPOLLIN and so on
 *       epoll_data_t data;      // 64 bits of the caller, returned with the event
 *   };                          // on x86-64 __attribute__((packed)), so that a 32-bit process may share it
 * }</pre>
 *
 * <p>On x86-64 an event has 12 bytes with data at 4, elsewhere 16 bytes with data at 8. {@link SelfCheck} compares
 * that with the kernel.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/epoll_event.3type.html">epoll_event(3type)</a>
 */
public final class EpollEvent {

    /** The size and the offset of data on one architecture. */
    record Layout(int bytes, int data) {

        static Layout of(String arch) {
            return switch (arch) {
                case "amd64", "x86_64" -> new Layout(12, 4);
                default -> new Layout(16, 8);
            };
        }
    }

    private static final Layout LAYOUT = Layout.of(System.getProperty("os.arch"));

    /** The size of one event in bytes. */
    public static final int BYTES = LAYOUT.bytes();

    private static final int DATA = LAYOUT.data();

    private EpollEvent() {}

    /** Returns the events of an element: EPOLLIN and so on. */
    public static int events(MemorySegment array, int index) {
        return array.get(JAVA_INT_UNALIGNED, (long) index * BYTES);
    }

    /** Returns the 64 bits that the caller gave to epoll_ctl with the descriptor. */
    public static long data(MemorySegment array, int index) {
        return array.get(JAVA_LONG_UNALIGNED, (long) index * BYTES + DATA);
    }

    /** Writes one element. */
    public static void set(MemorySegment array, int index, int events, long data) {
        array.set(JAVA_INT_UNALIGNED, (long) index * BYTES, events);
        array.set(JAVA_LONG_UNALIGNED, (long) index * BYTES + DATA, data);
    }

    /** Returns {@link #BYTES}. */
    public static int size() {
        return BYTES;
    }
}
