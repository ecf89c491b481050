package io.chagres.handle;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.NonBlocking;
import io.chagres.loop.internal.Watcher;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A handle that watches a descriptor of other code: uv_poll_t. The descriptor may be that of a device, of inotify(7), of
 * timerfd_create(2), or the socket of a library. For connections of the program itself, use {@code io.chagres.net} or
 * {@code io.chagres.socket}.
 *
 * <p>Readiness is level-triggered: each iteration reports a descriptor that is ready. The owner of the descriptor closes it, after {@link
 * #stop()} or {@link #close()}.
 *
 * <pre>{@code
 * Poll poll = new Poll(loop, inotifyFd);
 * poll.start(PollEvents.READABLE, (events, error) -> {
 *     if (error != null) {
 *         poll.close();
 *     } else {
 *         readEvents(inotifyFd);
 *     }
 * });
 * }</pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/poll.html">uv_poll_t</a>
 */
public final class Poll extends StoppableHandle {

    /** The listener of {@link #start}. It is called in the poll phase. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Receives what the descriptor is ready for, or why it cannot be watched any more.
         *
         * @param events those of the wanted events that have happened; empty if there is an error. A hang-up or an error of the file
         *     counts as all wanted events, so that the next read or write reports it
         * @param error null if the descriptor is ready. Otherwise the handle has been stopped: EBADF if the descriptor is in an error
         *     state or was closed, or the error of epoll_ctl(2)
         */
        void onReady(PollEvents events, @Nullable SystemException error);
    }

    private static final String UNWATCHABLE = " is a file or directory, which is always ready and can't be watched";

    private final int fd;
    private final FdWatcher watcher;

    @SuppressWarnings("NullAway.Init") // start() sets it before the descriptor is watched
    private Listener listener;

    private @Nullable NonBlocking nonBlocking;

    /**
     * Makes a handle for {@code fd}, which is not started.
     *
     * <p>The descriptor becomes non-blocking (O_NONBLOCK), for all processes that have the same open file description. If it was blocking
     * before, it is made blocking again when the handle is closed or the JVM exits.
     *
     * @throws UsageException EINVAL if fd is negative; EEXIST if another handle of this loop watches it; ERR_LOOP_CLOSED
     * @throws SystemException EPERM if fd is a regular file or a directory, which are always ready and which epoll(7) cannot watch;
     *     EBADF if fd is not open
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
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

    /** Returns the descriptor; any thread. */
    public int fd() {
        return fd;
    }

    /**
     * Starts watching for {@code events} and no others. On a handle that is started, this replaces the events and the listener. {@link
     * PollEvents#NONE} stops the handle.
     *
     * @throws UsageException EEXIST if another handle of this loop watches the descriptor; EINVAL if an argument is null or the handle is
     *     closed
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
    protected void explain(StringJoiner details) {
        super.explain(details);
        if (watcher.wanted() != 0) {
            details.add("calls " + Callee.nameOf(listener));
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

        @SuppressWarnings("NullAway.Init") // set by the constructor of the handle
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
            // an error or hang-up ends every kind of waiting: the listener's next read or write reports it
            boolean ended = (events & (Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0;
            poll.listener.onReady(PollEvents.ofKernel(ended ? events | wanted() : events), null);
        }

        @Override
        protected void onRefused(int errno) {
            poll.fail(errno);
        }
    }
}
