package io.chagres.handle;

import io.chagres.sys.Epoll;
import java.util.StringJoiner;

/**
 * A set of events that {@link Poll} can wait for and report. All sixteen sets exist from the start, so that sets can be compared with
 * {@code ==}.
 *
 * <pre>{@code
 * poll.start(PollEvents.READABLE.add(PollEvents.DISCONNECT), (events, error) -> ...)
 * }</pre>
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
 */
public final class PollEvents {

    private static final int[] KERNEL_BITS = {Epoll.EPOLLIN, Epoll.EPOLLOUT, Epoll.EPOLLRDHUP, Epoll.EPOLLPRI};
    private static final String[] NAMES = {"readable", "writable", "disconnect", "prioritized"};
    private static final PollEvents[] ALL = new PollEvents[1 << KERNEL_BITS.length];

    static {
        for (int set = 0; set < ALL.length; set++) {
            ALL[set] = new PollEvents(set);
        }
    }

    /** The empty set. */
    public static final PollEvents NONE = ALL[0];
    /** A read would not block: data, a connection to accept, or the end (EPOLLIN). */
    public static final PollEvents READABLE = ALL[1];
    /** A write would not block (EPOLLOUT). */
    public static final PollEvents WRITABLE = ALL[2];
    /** The peer has closed its side, or shut its writing down (EPOLLRDHUP). */
    public static final PollEvents DISCONNECT = ALL[4];
    /** An exceptional condition, such as urgent data on a TCP socket (EPOLLPRI). */
    public static final PollEvents PRIORITIZED = ALL[8];

    private final int set;

    private PollEvents(int set) {
        this.set = set;
    }

    static PollEvents ofKernel(int bits) {
        int set = 0;
        for (int i = 0; i < KERNEL_BITS.length; i++) {
            if ((bits & KERNEL_BITS[i]) != 0) {
                set |= 1 << i;
            }
        }
        return ALL[set];
    }

    int kernelBits() {
        int bits = 0;
        for (int i = 0; i < KERNEL_BITS.length; i++) {
            if ((set & 1 << i) != 0) {
                bits |= KERNEL_BITS[i];
            }
        }
        return bits;
    }

    /** Returns the union of this set and {@code other}. */
    public PollEvents add(PollEvents other) {
        return ALL[set | other.set];
    }

    /** Returns whether this set has all events of {@code other}. */
    public boolean has(PollEvents other) {
        return (set & other.set) == other.set;
    }

    /** Returns whether this set is {@link #NONE}. */
    public boolean isEmpty() {
        return set == 0;
    }

    /** Returns whether this set has {@link #READABLE}. */
    public boolean isReadable() {
        return has(READABLE);
    }

    /** Returns whether this set has {@link #WRITABLE}. */
    public boolean isWritable() {
        return has(WRITABLE);
    }

    /** Returns whether this set has {@link #DISCONNECT}. */
    public boolean isDisconnect() {
        return has(DISCONNECT);
    }

    /** Returns whether this set has {@link #PRIORITIZED}. */
    public boolean isPrioritized() {
        return has(PRIORITIZED);
    }

    /** Returns the names of the events, as in {@code readable+writable}, or {@code none}. */
    @Override
    public String toString() {
        StringJoiner names = new StringJoiner("+").setEmptyValue("none");
        for (int i = 0; i < NAMES.length; i++) {
            if ((set & 1 << i) != 0) {
                names.add(NAMES[i]);
            }
        }
        return names.toString();
    }
}
