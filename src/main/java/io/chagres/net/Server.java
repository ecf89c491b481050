package io.chagres.net;

import io.chagres.loop.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopCore;
import io.chagres.loop.SystemException;
import io.chagres.loop.UsageException;
import io.chagres.stream.Listeners;
import java.util.List;
import java.util.function.Consumer;

/**
 * Listens, and makes a {@link Socket} of each connection: net.Server.
 *
 * <p>It is closed by {@link #close()}: no new connections from then on; those that it has live on, and the close event comes
 * a tick after the last of them has ended. That is all a graceful exit takes.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netserver">net.Server</a>
 */
public final class Server {

    private static final String ALL_IPV6 = "::";
    private static final String ALL_IPV4 = "0.0.0.0";

    private final LoopCore core;
    private final ServerOptions options;
    private Tcp handle;
    /** Counts the listens, so that what a lookup finds for one that was closed meanwhile is recognised. */
    private int listens;
    private boolean lookingUp;
    private boolean referenced = true;
    private int connections;
    private boolean closing;
    private Listeners<Consumer<? super Socket>> connectionListeners;
    private Listeners<Runnable> listeningListeners;
    private Listeners<Consumer<? super ChagresException>> errorListeners;
    private Listeners<Runnable> closeListeners;

    Server(Loop loop, ServerOptions options) {
        core = UsageException.requireArgument(loop, "loop").core();
        core.checkThread();
        this.options = options;
    }

    /** The loop that it lives on. */
    public Loop loop() {
        return core.loop();
    }

    // ---- listening ---------------------------------------------------------------------------------------------

    /** Listens on {@code port} of all addresses, 0 for one that is free; see {@link #listen(ListenOptions, Runnable)}. */
    public Server listen(int port) {
        return listen(port, (Runnable) null);
    }

    /** As {@link #listen(int)}; {@code onListening} runs once, when it does. */
    public Server listen(int port, Runnable onListening) {
        return listen(new ListenOptions().port(port), onListening);
    }

    /** Listens on {@code port} of {@code host}, an address of this machine or a name to look up. */
    public Server listen(int port, String host) {
        return listen(port, host, null);
    }

    /** As {@link #listen(int, String)}; {@code onListening} runs once, when it does. */
    public Server listen(int port, String host, Runnable onListening) {
        return listen(new ListenOptions().port(port).host(host), onListening);
    }

    /**
     * Listens. The port is bound inside this call, unless the host has to be looked up; {@code onListening}, or
     * {@link #onError} where it does not work out (EADDRINUSE, EADDRNOTAVAIL, EACCES; a failed lookup), comes on a tick. After
     * an error it can listen again.
     *
     * @param onListening may be null
     * @throws UsageException ERR_SERVER_ALREADY_LISTEN
     */
    public Server listen(ListenOptions where, Runnable onListening) {
        core.checkThread();
        UsageException.requireArgument(where, "options");
        if (handle != null || lookingUp) {
            throw new UsageException("ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.");
        }
        closing = false;
        listens++;
        String host = where.host();
        if (host == null) {
            listenOnAll(where, onListening);
        } else if (Ip.version(host) != 0) {
            listenOn(host, where, onListening);
        } else {
            listenOnName(host, where, onListening);
        }
        return this;
    }

    /** On IPv6, which takes IPv4 connections too; on IPv4 where the system has no IPv6. */
    private void listenOnAll(ListenOptions where, Runnable onListening) {
        Tcp socket = new Tcp(loop());
        try {
            socket.bind(new SocketAddress(ALL_IPV6, where.port()), where.ipv6Only());
        } catch (SystemException noIPv6) {
            socket.close();
            listenOn(ALL_IPV4, where, onListening);
            return;
        }
        listen(socket, ALL_IPV6, where, onListening);
    }

    private void listenOn(String address, ListenOptions where, Runnable onListening) {
        Tcp socket = new Tcp(loop());
        SocketAddress local = new SocketAddress(address, where.port());
        try {
            socket.bind(local, where.ipv6Only() && local.isIPv6());
        } catch (SystemException refused) {
            fail(socket, refused, address, where.port());
            return;
        }
        listen(socket, address, where, onListening);
    }

    private void listen(Tcp socket, String address, ListenOptions where, Runnable onListening) {
        try {
            socket.listen(where.backlog(), this::onConnectionReady);
        } catch (SystemException refused) {
            fail(socket, refused, address, where.port());
            return;
        }
        handle = socket;
        handle.onClose(this::close);
        if (!referenced) {
            handle.unref();
        }
        int mine = listens;
        core.tick(() -> {
            if (handle != null && mine == listens) {
                if (onListening != null) {
                    onListening.run();
                }
                Listeners.run(listeningListeners);
            }
        });
    }

    private void fail(Tcp socket, SystemException refused, String address, int port) {
        socket.close();
        failLater(SystemException.described(refused.errno(), "listen", address, port));
    }

    private void failLater(ChagresException error) {
        core.tick(() -> emitError(error));
    }

    private void listenOnName(String host, ListenOptions where, Runnable onListening) {
        lookingUp = true;
        int mine = listens;
        Lookup.start(loop(), host, (addresses, failure) -> {
            if (mine != listens || !lookingUp || core.isClosing()) {
                return;
            }
            lookingUp = false;
            if (failure instanceof ChagresException error) {
                emitError(error);
            } else {
                listenOn(preferred(addresses), where, onListening);
            }
        });
    }

    /** A link-local address, which would need a zone, only where there is no other. */
    private static String preferred(List<String> addresses) {
        return addresses.stream().filter(address -> !address.startsWith("fe80:")).findFirst().orElse(addresses.get(0));
    }

    /** Whether it listens. */
    public boolean isListening() {
        core.checkThread();
        return handle != null;
    }

    /** The address that it listens on, with the port that the kernel chose; null where it does not listen. */
    public SocketAddress address() {
        core.checkThread();
        return handle == null ? null : handle.localAddress();
    }

    // ---- connections -------------------------------------------------------------------------------------------

    private void onConnectionReady() {
        Tcp connection = new Tcp(loop());
        handle.accept(connection);
        connections++;
        Socket socket = new Socket(loop(), options.duplex(), connection, this, options.pauseOnConnect());
        applyOptions(socket);
        for (var at = connectionListeners; at != null; at = at.next()) {
            at.listener().accept(socket);
        }
    }

    /** A connection that the kernel refuses an option is a connection all the same; who asked for the option may want to know. */
    private void applyOptions(Socket socket) {
        try {
            options.applyTo(socket);
        } catch (SystemException refused) {
            for (var at = errorListeners; at != null; at = at.next()) {
                at.listener().accept(refused);
            }
        }
    }

    /** A socket of this server was destroyed. */
    void connectionGone() {
        connections--;
        closeWhenDrained();
    }

    /** How many of its connections are open: accepted and not destroyed. */
    public int connections() {
        core.checkThread();
        return connections;
    }

    // ---- closing -----------------------------------------------------------------------------------------------

    /** Stops listening; see the class. On a server that does not listen, the close event comes on a tick. */
    public Server close() {
        return close(null);
    }

    /**
     * As {@link #close()}.
     *
     * @param callback is told when it has closed: null, or ERR_SERVER_NOT_RUNNING where it did not listen; may be null
     */
    public Server close(Consumer<? super ChagresException> callback) {
        core.checkThread();
        if (callback != null) {
            ChagresException error = handle != null || lookingUp ? null
                : new ChagresException("ERR_SERVER_NOT_RUNNING", "Server is not running.");
            closeListeners = Listeners.add(closeListeners, new OneShot(() -> callback.accept(error)));
        }
        listens++;
        lookingUp = false;
        if (handle != null && !handle.isClosing()) {
            handle.close(() -> { });
        }
        handle = null;
        closing = true;
        closeWhenDrained();
        return this;
    }

    /** A listener for the next close only. */
    private static final class OneShot implements Runnable {

        private Runnable listener;

        OneShot(Runnable listener) {
            this.listener = listener;
        }

        @Override
        public void run() {
            Runnable once = listener;
            listener = null;
            if (once != null) {
                once.run();
            }
        }
    }

    private void closeWhenDrained() {
        if (closing && handle == null && connections == 0) {
            closing = false;
            core.tick(() -> Listeners.run(closeListeners));
        }
    }

    // ---- the loop ------------------------------------------------------------------------------------------------

    /** Makes the loop run as long as it listens; it does from the start. */
    public Server ref() {
        return setReferenced(true);
    }

    /** Makes the loop not run for it alone. */
    public Server unref() {
        return setReferenced(false);
    }

    private Server setReferenced(boolean wanted) {
        core.checkThread();
        referenced = wanted;
        if (handle != null) {
            if (wanted) {
                handle.ref();
            } else {
                handle.unref();
            }
        }
        return this;
    }

    // ---- events ------------------------------------------------------------------------------------------------

    /** Adds a listener for new connections. */
    public Server onConnection(Consumer<? super Socket> listener) {
        core.checkThread();
        connectionListeners = Listeners.add(connectionListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Adds a listener for "it listens". */
    public Server onListening(Runnable listener) {
        core.checkThread();
        listeningListeners = Listeners.add(listeningListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /**
     * Adds a listener for a listen that failed; where there is none, that goes to the loop's uncaught handler. It hears too of
     * an option of {@link ServerOptions} that the kernel refuses an accepted socket, which lives on without it.
     */
    public Server onError(Consumer<? super ChagresException> listener) {
        core.checkThread();
        errorListeners = Listeners.add(errorListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Adds a listener for the close: it listens no more, and all its connections have ended. */
    public Server onClose(Runnable listener) {
        core.checkThread();
        closeListeners = Listeners.add(closeListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    private void emitError(ChagresException error) {
        if (errorListeners == null) {
            core.raise(error);
        }
        for (var at = errorListeners; at != null; at = at.next()) {
            at.listener().accept(error);
        }
    }
}
