package io.chagres.handle;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.NonBlocking;
import io.chagres.loop.internal.Watcher;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import java.util.StringJoiner;

/**
 * Watches a descriptor that other code owns: uv_poll_t. It is for descriptors that come from elsewhere (a device, an
 * inotify(7) or timerfd_create(2) descriptor, a library's socket); for sockets of one's own the net package is the place.
 *
 * <p>Readiness is level-triggered: as long as a descriptor is ready, every iteration reports it. The owner closes the
 * descriptor, after {@link #stop()} or {@link #close()}.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/poll.html">uv_poll_t</a>
 */
public final class Poll extends StoppableHandle {

    /** What {@link #start} calls back, from the poll phase. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param events what has happened of what was asked for
         * @param error null; EBADF if the descriptor is in an error state or was closed, or what else epoll_ctl(2)
         *     refuses it with: the handle is stopped then, and {@code events} is empty
         */
        void onReady(PollEvents events, SystemException error);
    }

    private static final String UNWATCHABLE = " is a file or directory, which is always ready and can't be watched";

    private final int fd;
    private final FdWatcher watcher;
    private Listener listener;
    private NonBlocking nonBlocking;

    /**
     * A handle for {@code fd}, not started. The descriptor is non-blocking until the handle is closed, or the JVM exits: for all
     * that have the same open file description. If it was blocking before, it is so again then.
     *
     * @throws UsageException EINVAL if fd is negative; EEXIST if another handle watches it
     * @throws SystemException EPERM: epoll(7) can't watch it, since it is a file or a directory, which are always ready; EBADF:
     *     not an open descriptor
     */
    public Poll(Loop loop, int fd) {
        this(loop, fd, new FdWatcher(LoopCore.of(UsageException.requireArgument(loop, "loop"))));
    }

    private Poll(Loop loop, int fd, FdWatcher watcher) {
        super(loop);
        this.fd = fd;
        this.watcher = watcher;
        watcher.poll = this;
        try {
            requireWatchable();
        } catch (Throwable refused) {
            close();
            throw refused;
        }
    }

    private void requireWatchable() {
        if (fd < 0) {
            throw new UsageException("EINVAL", "fd must not be negative: " + fd);
        }
        requireUncontested();
        int result = core().phases().poller.probe(fd);
        check(result, "epoll_ctl", "descriptor " + fd + (result == -Errno.EPERM ? UNWATCHABLE : ""));
        nonBlocking = NonBlocking.begin(fd, check(Descriptors.fcntl(fd, Descriptors.F_GETFL, 0), "fcntl"));
    }

    private void requireUncontested() {
        if (watcher.isContested(fd)) {
            throw new UsageException("EEXIST", "descriptor " + fd + " is watched by another handle of this loop");
        }
    }

    /** The descriptor. */
    public int fd() {
        return fd;
    }

    /**
     * Starts watching for {@code events} and no others; on a started handle, replaces what it watches for and its listener.
     * {@link PollEvents#NONE} stops it.
     *
     * @throws UsageException EEXIST if another handle has been started on the descriptor; EINVAL
     */
    public void start(PollEvents events, Listener listener) {
        requireOpen("start");
        UsageException.requireArgument(events, "events");
        this.listener = UsageException.requireArgument(listener, "listener");
        requireUncontested();
        if (events.isEmpty()) {
            stop();
            return;
        }
        if (watcher.fd() < 0) {
            watcher.attach(fd);
        }
        watcher.want(events.kernelBits());
        activate();
    }

    @Override
    void disarm() {
        watcher.detach(true);
    }

    @Override
    protected void describe(StringJoiner text) {
        text.add("fd " + fd);
        if (watcher.wanted() != 0) {
            text.add("waits for " + PollEvents.ofKernel(watcher.wanted()));
        }
    }

    @Override
    protected void release() {
        super.release();
        if (nonBlocking != null) {
            nonBlocking.end();
        }
    }

    private void fail(int errno) {
        stop();
        listener.onReady(PollEvents.NONE, SystemException.of(errno, "poll"));
    }

    private static final class FdWatcher extends Watcher {

        private Poll poll;

        FdWatcher(LoopCore core) {
            super(core);
        }

        @Override
        protected void onReady(int events) {
            if ((events & (Epoll.EPOLLERR | Epoll.EPOLLPRI)) == Epoll.EPOLLERR) {
                poll.fail(Errno.EBADF);
                return;
            }
            // An error or hang-up ends every kind of waiting: a listener that asked to read or write finds it by
            // trying.
            boolean ended = (events & (Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0;
            poll.listener.onReady(PollEvents.ofKernel(ended ? events | wanted() : events), null);
        }

        @Override
        protected void onRefused(int errno) {
            poll.fail(errno);
        }
    }
}
