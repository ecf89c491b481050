package io.chagres.loop.internal;

import io.chagres.sys.Epoll;

/**
 * The loop's interest in one descriptor. The owner of the descriptor attaches it, says which events are wanted, and detaches
 * it before closing it. {@link #onReady} is called from the poll phase.
 *
 * <p>Saying what is wanted costs no system call: the kernel receives only what has changed, just before the loop waits. The
 * bits are those of epoll_ctl(2).
 */
public abstract class Watcher {

    private final Poller poller;

    int fd = -1;
    /** The events that the owner wants now. */
    int wanted;
    /** The events for which the descriptor is registered in the epoll set; 0 if it is not in there. */
    int registered;
    /** Tells this attachment from earlier ones with the same descriptor number: the upper half of the epoll data. */
    int generation;
    /** Whether this watcher waits in the poller's list of changes. */
    boolean changed;

    /** A watcher that is attached to nothing yet. */
    protected Watcher(LoopCore core) {
        this.poller = core.phases().poller;
    }

    /** The descriptor, or -1. */
    public final int fd() {
        return fd;
    }

    /** The events wanted. */
    public final int wanted() {
        return wanted;
    }

    /** Takes a descriptor; nothing is wanted of it yet. */
    public final void attach(int descriptor) {
        assert fd < 0 : "attached to " + fd;
        fd = descriptor;
    }

    /** Wants {@code events} and no others; 0 pauses the watch. */
    public final void want(int events) {
        assert fd >= 0 || events == 0 : "no descriptor attached";
        if (events != wanted) {
            poller.change(this, events);
        }
    }

    /** Wants {@code events} besides what is wanted already. */
    public final void add(int events) {
        want(wanted | events);
    }

    /** Wants {@code events} no longer. */
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

    /** Whether another watcher is in charge of the same descriptor number. */
    public final boolean isContested(int descriptor) {
        return poller.isWatchedByOther(this, descriptor);
    }

    /**
     * Gives the descriptor back; events of it that the kernel has reported already are dropped.
     *
     * <p>close(2) takes a descriptor out of the epoll set by itself, unless its open file description lives on
     * elsewhere: in a child process, behind a dup(2), at the receiver of SCM_RIGHTS (epoll(7), questions and answers 6).
     * A caller that closes a descriptor which no other process can have saves the system call.
     *
     * @param forget whether to take it out of the epoll set now
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

    /** What of {@code events} this watcher is to hear of. */
    final int readyOf(int events) {
        return wanted == 0 ? 0 : events & (wanted | Epoll.EPOLLERR | Epoll.EPOLLHUP);
    }

    /**
     * Something happened.
     *
     * @param events what is wanted and has happened, and EPOLLERR and EPOLLHUP whether wanted or not; never 0
     */
    protected abstract void onReady(int events);

    /**
     * The kernel refused to watch the descriptor (epoll_ctl(2): ENOMEM, ENOSPC, EPERM, or EBADF if other code has
     * closed it). Nothing is wanted any more. Comes from the pending queue.
     */
    protected abstract void onRefused(int errno);
}
