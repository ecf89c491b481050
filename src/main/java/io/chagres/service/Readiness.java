package io.chagres.service;

import io.chagres.UsageException;
import io.chagres.net.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The answer to the question of a balancer: are new connections welcome. It is true once all servers listen, and false from the begin of
 * the shutdown on, while open connections are still served.
 *
 * <pre>{@code
 * Readiness readiness = new Readiness().tell(Systemd.here());
 * readiness.add(server);
 * server.listen(8080);
 * ...
 * String status = readiness.isReady() ? "200 OK" : "503 Service Unavailable";   // GET /healthz
 * ...
 * readiness.close(Duration.ofSeconds(20));     // false, and server.close(20 s)
 * }</pre>
 *
 * <p>A readiness goes one way: it is not ready, then ready, then draining. Several loops may share one. All methods may be called on any
 * thread, but a server is added on the thread of its loop.
 */
public final class Readiness {

    private enum State {
        STARTING,
        READY,
        DRAINING
    }

    private final List<Server> servers = new ArrayList<>();
    private final List<Consumer<? super Boolean>> listeners = new ArrayList<>();
    private int listening;
    private volatile State state = State.STARTING;

    /** A readiness without a server, which is not ready. */
    public Readiness() {}

    /** Returns whether all servers listen, of which there is at least one, and the shutdown has not begun. */
    public boolean isReady() {
        return state == State.READY;
    }

    /** Returns whether the shutdown has begun. */
    public boolean isDraining() {
        return state == State.DRAINING;
    }

    /**
     * Adds a server that must listen. Servers are added before the first of them listens, so that it does not count as all of them. Called
     * on the thread of the server's loop.
     */
    public Readiness add(Server server) {
        boolean listens = UsageException.requireArgument(server, "server").isListening();
        synchronized (this) {
            servers.add(server);
        }
        if (listens) {
            serverListens();
        } else {
            server.onListening(new Runnable() {
                @Override
                public void run() {
                    server.offListening(this);
                    serverListens();
                }
            });
        }
        return this;
    }

    private void serverListens() {
        List<Consumer<? super Boolean>> called;
        synchronized (this) {
            listening++;
            if (state != State.STARTING || listening < servers.size()) {
                return;
            }
            state = State.READY;
            called = List.copyOf(listeners);
        }
        called.forEach(listener -> listener.accept(true));
    }

    /** Makes it false for good. Listeners are called inside this call, once. */
    public void beginDraining() {
        List<Consumer<? super Boolean>> called;
        synchronized (this) {
            if (state == State.DRAINING) {
                return;
            }
            state = State.DRAINING;
            called = List.copyOf(listeners);
        }
        called.forEach(listener -> listener.accept(false));
    }

    /**
     * Makes it false, and closes each server on its loop with {@code grace}: {@link Server#close(Duration)}.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code grace} is negative
     */
    public void close(Duration grace) {
        if (UsageException.requireArgument(grace, "grace").isNegative()) {
            throw new UsageException("ERR_OUT_OF_RANGE", "grace must not be negative. Received " + grace);
        }
        beginDraining();
        List<Server> closed;
        synchronized (this) {
            closed = List.copyOf(servers);
        }
        closed.forEach(server -> server.loop().execute(() -> server.close(grace)));
    }

    /**
     * Adds a listener that is called with true when all servers listen, and with false when the shutdown begins, on the thread that has
     * caused the change.
     */
    public synchronized Readiness onChange(Consumer<? super Boolean> listener) {
        listeners.add(UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Removes a listener of {@link #onChange}. */
    public synchronized void offChange(Consumer<? super Boolean> listener) {
        listeners.remove(UsageException.requireArgument(listener, "listener"));
    }

    /** Sends both changes to the service manager: {@link Systemd#ready()} and {@link Systemd#stopping()}. */
    public Readiness tell(Systemd systemd) {
        UsageException.requireArgument(systemd, "systemd");
        return onChange(isReady -> {
            if (isReady) {
                systemd.ready();
            } else {
                systemd.stopping();
            }
        });
    }

    /** Returns the state in one word, as in "Readiness (ready)". */
    @Override
    public String toString() {
        return "Readiness (" + state.name().toLowerCase(Locale.ROOT) + ")";
    }
}
