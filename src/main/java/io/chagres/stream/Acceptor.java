package io.chagres.stream;

import io.chagres.loop.LoopCore;
import io.chagres.loop.Watcher;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;

/**
 * The listening half of a stream: it accepts one connection per event and parks it until somebody takes it. While one is
 * parked it does not listen for more; the kernel's backlog is the back-pressure.
 *
 * <p>One accept4(2) per event, as in libuv: a second would mostly find nothing, and processes that share a listener get an
 * even share of its connections.
 */
final class Acceptor {

    private static final int NONE = -1;

    private final LoopCore core;
    private final Watcher watcher;
    private Runnable onConnection;
    private int parked = NONE;

    Acceptor(LoopCore core, Watcher watcher) {
        this.core = core;
        this.watcher = watcher;
    }

    void start(Runnable onConnection) {
        this.onConnection = onConnection;
        if (!hasParked()) {
            watcher.add(Epoll.EPOLLIN);
        }
    }

    /**
     * A connection may be there. An error is one of the connection that was to be accepted (accept(2), error handling) and
     * concerns nobody here: the next one may be well.
     */
    void ready() {
        int fd = Sockets.accept4(watcher.fd(), MemorySegment.NULL, MemorySegment.NULL,
            Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        parked = fd;
        onConnection.run();
        core.drainTicks();
        if (hasParked()) {
            watcher.remove(Epoll.EPOLLIN);
        }
    }

    boolean hasParked() {
        return parked != NONE;
    }

    /** Gives the parked connection away, and listens for the next. */
    int take() {
        int fd = parked;
        parked = NONE;
        watcher.add(Epoll.EPOLLIN);
        return fd;
    }

    void close() {
        if (hasParked()) {
            Descriptors.close(parked);
            parked = NONE;
        }
    }
}
