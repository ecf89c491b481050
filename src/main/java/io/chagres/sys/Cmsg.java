package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Control messages, cmsg(3), of one kind: SCM_RIGHTS of unix(7), which passes descriptors to another process.
 *
 * <pre>{@code
 *   struct cmsghdr {
 *       size_t cmsg_len;       //  0  this header and its data
 *       int    cmsg_level;     //  8  SOL_SOCKET
 *       int    cmsg_type;      // 12  SCM_RIGHTS
 *       int    fds[];          // 16  the data; the next header begins at a multiple of 8
 *   };
 * }</pre>
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/cmsg.3.html">cmsg(3)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7): SCM_RIGHTS</a>
 */
public final class Cmsg {

    /** {@code SCM_MAX_FD}: with more descriptors in one message, sendmsg fails with EINVAL. */
    public static final int MAX_FDS = 253;

    /** The size of the header in bytes: the data follows it. */
    public static final int HEADER = 16;

    private static final int LEN = 0;
    private static final int LEVEL = 8;
    private static final int TYPE = 12;

    private Cmsg() {}

    /** {@code CMSG_SPACE(count * sizeof(int))}: returns the number of bytes that {@code count} descriptors take. */
    public static int space(int count) {
        return (int) align(HEADER + (long) count * Integer.BYTES);
    }

    /** Writes one message with the first {@code count} of {@code fds}. Returns the {@code controllen}. */
    public static int putRights(MemorySegment control, int[] fds, int count) {
        control.set(JAVA_LONG, LEN, HEADER + (long) count * Integer.BYTES);
        control.set(JAVA_INT, LEVEL, Sockets.SOL_SOCKET);
        control.set(JAVA_INT, TYPE, Sockets.SCM_RIGHTS);
        MemorySegment.copy(fds, 0, control, JAVA_INT, HEADER, count);
        return space(count);
    }

    /**
     * Copies the descriptors of a received message to {@code fds} and returns their number. They are open, and this
     * process owns them, even if the rest of the message is not used.
     *
     * <p>{@code control.byteSize() / 4} elements of {@code fds} always suffice. If there are too few, the method
     * throws before a descriptor is lost.
     */
    public static int rights(MemorySegment msg, MemorySegment control, int[] fds) {
        long end = MsgHdr.controllen(msg);
        int count = 0;
        for (long at = 0; at + HEADER <= end; at += align(control.get(JAVA_LONG, at + LEN))) {
            if (isRights(control, at)) {
                int more = (int) (control.get(JAVA_LONG, at + LEN) - HEADER) / Integer.BYTES;
                MemorySegment.copy(control, JAVA_INT, at + HEADER, fds, count, more);
                count += more;
            }
        }
        return count;
    }

    /** Returns the level of the message that begins at {@code at}. */
    public static int level(MemorySegment control, long at) {
        return control.get(JAVA_INT, at + LEVEL);
    }

    /** Returns the type of the message that begins at {@code at}. */
    public static int type(MemorySegment control, long at) {
        return control.get(JAVA_INT, at + TYPE);
    }

    /** Returns the data of the message that begins at {@code at}, as far as it has arrived. */
    public static MemorySegment data(MemorySegment control, long at) {
        long bytes = Math.max(HEADER, control.get(JAVA_LONG, at + LEN)) - HEADER;
        return control.asSlice(at + HEADER, Math.min(bytes, control.byteSize() - at - HEADER));
    }

    /** Returns where the message behind the one at {@code at} begins. */
    public static long next(MemorySegment control, long at) {
        return at + align(Math.max(HEADER, control.get(JAVA_LONG, at + LEN)));
    }

    private static boolean isRights(MemorySegment control, long at) {
        return control.get(JAVA_INT, at + LEVEL) == Sockets.SOL_SOCKET
                && control.get(JAVA_INT, at + TYPE) == Sockets.SCM_RIGHTS;
    }

    private static long align(long bytes) {
        return bytes + 7 & -8;
    }
}
