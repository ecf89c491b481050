package io.chagres.socket;

import io.chagres.UsageException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.TimerEntry;
import io.chagres.loop.internal.Watcher;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;

/**
 * The listening half of a socket: it accepts one connection per event and parks it until somebody takes it. While one is
 * parked it does not listen for more; the kernel's backlog is the back-pressure.
 *
 * <p>One accept4(2) per event, as in libuv: a second would mostly find nothing, and processes that share a listener get an
 * even share of its connections.
 */
final class Acceptor {

    private static final int NONE = -1;

    /** How long a listener rests that can neither accept nor shed: long enough to cost nothing, too short to be noticed. */
    private static final long REST_MICROS = 20_000;

    /** Failures in a row that may still be of the connections; a listener that is broken itself must not take all the time. */
    private static final int MOST_FAILURES = 64;

    private final SocketHandle socket;
    private final LoopCore core;
    private final Watcher watcher;
    private final SpareDescriptor spare;
    private final TimerEntry rest = new TimerEntry() {
        @Override
        protected void fire() {
            listen();
        }
    };
    private ConnectionListener listener;
    private int failures;
    private int parked = NONE;
    /** Whether its user wants no connections for now. */
    private boolean paused;

    Acceptor(SocketHandle socket) {
        this.socket = socket;
        this.core = LoopCore.of(socket.loop());
        this.watcher = socket.watcher();
        this.spare = SpareDescriptor.of(core);
    }

    void start(ConnectionListener listener) {
        this.listener = listener;
        listen();
    }

    void pause() {
        paused = true;
        watcher.remove(Epoll.EPOLLIN);
    }

    void resume() {
        paused = false;
        listen();
    }

    private void listen() {
        if (!paused && !hasParked()) {
            watcher.add(Epoll.EPOLLIN);
        }
    }

    /** A connection may be there. */
    void ready() {
        int fd = Sockets.accept4(
                watcher.fd(), MemorySegment.NULL, MemorySegment.NULL, Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
        if (fd < 0) {
            failed(-fd);
            return;
        }
        failures = 0;
        if (spare.isLeftToOthers(fd)) {
            SpareDescriptor.shed(fd, socket, listener);
            return;
        }
        spare.refill();
        parked = fd;
        watcher.remove(Epoll.EPOLLIN);
        listener.onConnection(socket);
    }

    /**
     * Most errors are of the connection that was to be accepted (accept(2), error handling) and concern nobody here: the next
     * one may be well. Those of the process or system stay for a while, and so may any that comes again and again.
     */
    private void failed(int errno) {
        boolean stays = switch (errno) {
            case Errno.EAGAIN, Errno.EINTR -> false;
            case Errno.EMFILE, Errno.ENFILE -> !spare.shedAll(socket, listener);
            case Errno.ENOMEM, Errno.ENOBUFS -> true;
            default -> ++failures >= MOST_FAILURES;
        };
        if (stays) {
            rest();
            listener.onError(socket, socket.failure(errno, "accept"));
        }
    }

    /** Accepts nothing for a while; what waits, waits in the backlog. */
    void rest() {
        failures = 0;
        watcher.remove(Epoll.EPOLLIN);
        core.timers().startByClock(rest, REST_MICROS);
    }

    boolean hasParked() {
        return parked != NONE;
    }

    /** Gives the parked connection away, and listens for the next; closes it where {@code client} has a socket already. */
    void handOver(SocketHandle client) {
        int fd = parked;
        parked = NONE;
        listen();
        if (client.fd() >= 0) {
            Descriptors.close(fd);
            throw new UsageException("EBUSY", "the client has a socket already: " + client);
        }
        client.attach(fd);
    }

    void close() {
        core.timers().stop(rest);
        if (hasParked()) {
            Descriptors.close(parked);
            parked = NONE;
        }
    }
}
