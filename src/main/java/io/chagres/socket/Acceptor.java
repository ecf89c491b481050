package io.chagres.socket;

import io.chagres.UsageException;
import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.TimerEntry;
import io.chagres.loop.internal.Watcher;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.util.StringJoiner;

/**
 * The listening half of a socket. It accepts one connection per event and parks its descriptor until a client takes it. While a
 * connection is parked, no other is accepted: the kernel's backlog is the back-pressure.
 *
 * <p>There is one accept4(2) per event, as in libuv. A second call would usually find no connection. If processes share a listener,
 * each gets an even share of its connections.
 */
final class Acceptor {

    private static final int NONE = -1;

    /** The rest of a listener that can neither accept nor shed: long enough to cost little, short enough not to delay a client much. */
    private static final long REST_MICROS = 20_000;

    /** The failures in a row that are put down to connections. With more, the listener itself is broken and must not hold the loop. */
    private static final int MAX_FAILURES = 64;

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

    @SuppressWarnings("NullAway.Init") // start() sets it before the descriptor is watched
    private ConnectionListener listener;

    private int failures;
    private int parked = NONE;
    /** The events that a listener wants. */
    private int interest = Epoll.EPOLLIN;
    /** True while the user wants no connections: {@link #pause}. */
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

    /** Wakes one of several loops, and not all: see {@link SocketHandle#acceptExclusively}. */
    void beExclusive() {
        interest = Epoll.EPOLLIN | Watcher.EXCLUSIVE;
        listen();
    }

    void pause() {
        paused = true;
        watcher.want(0);
    }

    void resume() {
        paused = false;
        listen();
    }

    private void listen() {
        if (!paused && !hasParked()) {
            watcher.want(interest);
        }
    }

    /** Accepts one connection, if one waits, and calls the listener. */
    void ready() {
        int fd = Sockets.accept4(
                watcher.fd(), MemorySegment.NULL, MemorySegment.NULL, Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
        if (fd < 0) {
            failed(-fd);
            return;
        }
        failures = 0;
        if (spare.isReserved(fd)) {
            spare.shedReserved(fd, socket, listener);
            return;
        }
        spare.refill();
        parked = fd;
        watcher.want(0);
        listener.onConnection(socket);
    }

    /**
     * Reports an error that is likely to stay, and rests. Most errors belong to the connection that was to be accepted (accept(2),
     * "Error handling"): the next connection may be good, so they are not reported. Errors of the process or the system last for a
     * while. Any error that comes back MAX_FAILURES times counts as one of these.
     */
    private void failed(int errno) {
        boolean lasts = switch (errno) {
            case Errno.EAGAIN, Errno.EINTR -> false;
            case Errno.EMFILE, Errno.ENFILE -> !spare.shedAll(errno, socket, listener);
            case Errno.ENOMEM, Errno.ENOBUFS -> true;
            default -> ++failures >= MAX_FAILURES;
        };
        if (lasts) {
            rest();
            listener.onError(socket, socket.failure(errno, "accept"));
        }
    }

    /** Accepts nothing for REST_MICROS: connections wait in the backlog. Otherwise the level-triggered event would repeat at once. */
    void rest() {
        failures = 0;
        watcher.want(0);
        core.timers().startByClock(rest, REST_MICROS);
    }

    boolean hasParked() {
        return parked != NONE;
    }

    /** Gives the parked connection to {@code client}, and listens for the next. Closes the connection if {@code client} has a socket. */
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

    /** Adds the listener, and whether it gets connections; any thread. */
    void explain(StringJoiner details) {
        details.add("accepts for " + Callee.nameOf(listener));
        if (paused) {
            details.add("paused");
        } else if (hasParked()) {
            details.add("a connection waits for accept()");
        } else if (rest.isStarted()) {
            details.add("rests after a failure");
        }
    }

    void close() {
        core.timers().stop(rest);
        if (hasParked()) {
            Descriptors.close(parked);
            parked = NONE;
        }
    }
}
