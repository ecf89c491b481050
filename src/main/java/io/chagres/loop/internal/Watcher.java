package io.chagres.loop.internal;

import io.chagres.sys.Epoll;

/**
 * The interest of a loop in one descriptor. The owner of the descriptor attaches it, sets the wanted events, and detaches the descriptor
 * before it closes it. {@link #onReady} is called in the poll phase.
 *
 * <p>A change of the wanted events costs no system call by itself: the kernel receives the differences right before the loop waits. The
 * bits are those of epoll_ctl(2).
 */
public abstract class Watcher {

    /**
     * A wanted event that is none: of the loops that watch the same open file description with it, an event wakes only one, or a few.
     * EPOLLEXCLUSIVE of epoll_ctl(2), in a bit that fits the 16 bits of {@link #wanted}.
     */
    public static final int EXCLUSIVE = 0x4000;

    private final Poller poller;

    int fd = -1;
    /** The events that the owner wants now. */
    short wanted;
    /** The events for which the descriptor is registered in the epoll set; 0 if it is not in there. */
    short registered;
    /** Distinguishes this attachment from earlier ones with the same descriptor number: the upper half of the epoll data. */
    int generation;
    /** The time when the descriptor was attached, in the units of {@link Poller#ticks()}. An int, which fits a gap between fields. */
    private int attachedAt;
    /** True while this watcher is in the poller's list of changes. */
    boolean changed;

    /** Makes a watcher without a descriptor. */
    protected Watcher(LoopCore core) {
        this.poller = core.phases().poller;
    }

    /** Returns the descriptor, or -1. */
    public final int fd() {
        return fd;
    }

    /** Returns the wanted events. */
    public final int wanted() {
        return wanted;
    }

    /** Attaches {@code descriptor}. No events are wanted yet. */
    public final void attach(int descriptor) {
        assert fd < 0 : "attached to " + fd;
        fd = descriptor;
        attachedAt = poller.ticks();
    }

    /** Returns how long the descriptor has been attached, within 17 ms; 0 if there is none. */
    public final long ageNanos() {
        return fd < 0 ? 0 : Poller.nanosBetween(attachedAt, poller.ticks());
    }

    /** Sets the wanted events to {@code events}; 0 pauses the watcher. */
    public final void want(int events) {
        assert fd >= 0 || events == 0 : "no descriptor attached";
        if (events != wanted) {
            poller.change(this, events);
        }
    }

    /** Adds {@code events} to the wanted events. */
    public final void add(int events) {
        want(wanted | events);
    }

    /** Removes {@code events} from the wanted events. */
    public final void remove(int events) {
        want(wanted & ~events);
    }

    /** Returns the descriptor and the wanted bits of epoll_ctl(2), as in {@code watcher of fd 7, events 0x1}. */
    @Override
    public String toString() {
        return fd < 0
                ? "watcher without a descriptor"
                : "watcher of fd " + fd + ", events 0x" + Integer.toHexString(wanted);
    }

    /** Returns whether another watcher wants events of the same descriptor number. */
    public final boolean isContested(int descriptor) {
        return poller.isWatchedByOther(this, descriptor);
    }

    /**
     * Detaches the descriptor. Events that the kernel has reported already are dropped.
     *
     * <p>close(2) removes a descriptor from the epoll set, unless its open file description has another descriptor: in a child process,
     * after dup(2), or at the receiver of SCM_RIGHTS (epoll(7), questions and answers 6). A caller that closes a descriptor of which no
     * duplicate can exist saves the system call.
     *
     * @param forget whether to remove the descriptor from the epoll set now
     * @return the descriptor, or -1
     */
    public final int detach(boolean forget) {
        int descriptor = fd;
        if (descriptor >= 0) {
            poller.forget(this, forget);
            fd = -1;
            generation = 0;
        }
        return descriptor;
    }

    /** Returns the part of {@code events} that {@link #onReady} is called with. */
    final int readyOf(int events) {
        return wanted == 0 ? 0 : events & (wanted | Epoll.EPOLLERR | Epoll.EPOLLHUP);
    }

    /**
     * Called in the poll phase when the descriptor is ready.
     *
     * @param events the wanted events that have happened, and EPOLLERR and EPOLLHUP, wanted or not; never 0
     */
    protected abstract void onReady(int events);

    /**
     * Called in the pending phase if the kernel has refused to watch the descriptor. No events are wanted any more.
     *
     * @param errno the error of epoll_ctl(2): ENOMEM, ENOSPC, EPERM, or EBADF if other code has closed the descriptor
     */
    protected abstract void onRefused(int errno);
}
