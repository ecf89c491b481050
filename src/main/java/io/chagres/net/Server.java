package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * Listens, over TCP or a Unix socket, and makes a {@link Socket} of each connection: net.Server.
 *
 * <p>It is closed by {@link #close()}: no new connections from then on; those that it has live on, and the close event comes
 * a tick after the last of them has ended. That is all a graceful exit takes where clients leave by themselves; where they
 * don't, {@link #close(Duration)} sees to it.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netserver">net.Server</a>
 */
public final class Server extends ServerListeners {

    private final ServerConnections connections;
    private final Listening listening;
    /** Whether a close is still to be told. */
    private boolean closing;
    /** Null where there is none, as mostly. */
    private Grace grace;

    Server(Loop loop, ServerOptions options) {
        super(loop);
        connections = new ServerConnections(this, options);
        listening = new Listening(this, connections);
    }

    /** The loop that it lives on. */
    public Loop loop() {
        return core.loop();
    }

    // ---- listening

    /** Listens on a port of all addresses that is free; see {@link #listen(ListenOptions, Runnable)}. */
    public Server listen() {
        return listen(ListenOptions.at(0), null);
    }

    /** Listens on {@code port} of all addresses, 0 for one that is free; see {@link #listen(ListenOptions, Runnable)}. */
    public Server listen(int port) {
        return listen(port, (Runnable) null);
    }

    /** As {@link #listen(int)}; {@code onListening} runs once, when it does. */
    public Server listen(int port, Runnable onListening) {
        return listen(ListenOptions.at(port), onListening);
    }

    /** Listens on {@code port} of {@code host}, an address of this machine or a name to look up. */
    public Server listen(int port, String host) {
        return listen(port, host, null);
    }

    /** As {@link #listen(int, String)}; {@code onListening} runs once, when it does. */
    public Server listen(int port, String host, Runnable onListening) {
        return listen(ListenOptions.at(host, port), onListening);
    }

    /** As {@link #listen(int, String, Runnable)}; {@code backlog} connections may wait to be accepted. */
    public Server listen(int port, String host, int backlog, Runnable onListening) {
        return listen(ListenOptions.at(host, port).backlog(backlog), onListening);
    }

    /**
     * Listens on the Unix socket of that path, see {@link ListenOptions#atPath}; or, as in Node, on the TCP port if the text is a
     * number, "9297" or "0x2451", as a program's argument may be. The Unix socket of such a name is "./9297".
     *
     * @throws UsageException ERR_SOCKET_BAD_PORT if it is a number above 65535
     */
    public Server listen(String portOrPath) {
        return listen(portOrPath, null);
    }

    /** As {@link #listen(String)}; {@code onListening} runs once, when it does. */
    public Server listen(String portOrPath, Runnable onListening) {
        return listen(ListenOptions.atPortOrPath(portOrPath), onListening);
    }

    /** Listens on a {@link Tcp} or {@link Pipe} that is bound: see {@link ListenOptions#atHandle}. */
    public Server listen(SocketHandle handle) {
        return listen(handle, null);
    }

    /** As {@link #listen(SocketHandle)}; {@code onListening} runs once, when it does. */
    public Server listen(SocketHandle handle, Runnable onListening) {
        return listen(ListenOptions.atHandle(handle), onListening);
    }

    /** As {@link #listen(ListenOptions, Runnable)}, without a listener of its own. */
    public Server listen(ListenOptions options) {
        return listen(options, null);
    }

    /**
     * Listens. The place is bound inside this call, unless a host has to be looked up; {@code onListening}, or {@link #onError}
     * if it fails, is called on a tick. Errors are EADDRINUSE, also for a socket file that another process has left behind,
     * EADDRNOTAVAIL, EACCES, EINVAL, also for a path of more than 107 bytes, and those of a lookup. After an error it can listen
     * again.
     *
     * @param onListening may be null
     * @throws UsageException ERR_SERVER_ALREADY_LISTEN; EINVAL if a handle is closed or of another loop; EEXIST if another handle has
     *     the descriptor
     */
    public Server listen(ListenOptions options, Runnable onListening) {
        core.checkThread();
        listening.require(options);
        listening.start(options, onListening);
        return this;
    }

    void listenFailed(ChagresException error) {
        closeWhenDrained();
        if (hasErrorListeners()) {
            report(error);
        } else {
            core.callbacks().raiseUnheard(error, this);
        }
    }

    SocketHandle handle() {
        return listening.handle();
    }

    /** Whether it listens. */
    public boolean isListening() {
        core.checkThread();
        return handle() != null;
    }

    /** The address that it listens on, with the port that the kernel chose; null where it does not listen, or on a Unix socket. */
    public SocketAddress address() {
        core.checkThread();
        return handle() == null ? null : handle().localAddress();
    }

    /** The name of the Unix socket that it listens on; null where it does not. */
    public String path() {
        core.checkThread();
        return handle() == null ? null : handle().localName();
    }

    /** Returns its state, place and number of connections, as in "Server (listening on 127.0.0.1:80, 3 connections)"; any thread. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "Server (", ")");
        text.add(listening.toString());
        if (closing) {
            text.add("closing");
        }
        return text.add(connections.count() + (connections.count() == 1 ? " connection" : " connections"))
                .toString();
    }

    // ---- connections

    /**
     * Takes over a connection that was accepted elsewhere, as if it had accepted it itself: by another loop or process, which has
     * passed the descriptor on. The connection listeners hear of it inside this call. The server need not listen for it.
     *
     * @param connection a {@link Tcp} or {@link Pipe} of this loop that is connected, and not read
     * @return false where the server has as many as it may, or blocks the peer: the handle stays the caller's then, who may offer
     *     it to somebody else
     * @throws UsageException EINVAL where it is no such handle
     */
    public boolean adopt(SocketHandle connection) {
        core.checkThread();
        UsageException.requireArgument(connection, "connection");
        if (connection.loop() != loop()
                || !connection.isReadable()
                || connection.isConnecting()
                || connection.isActive()) {
            throw new UsageException(
                    "EINVAL", "a connection of this loop that nobody reads is wanted. Received " + connection);
        }
        return connections.adopt(connection);
    }

    /** A socket of this server was destroyed. */
    void connectionGone(Socket socket) {
        connections.remove(socket);
        closeWhenDrained();
    }

    /** How many of its connections are open: accepted and not destroyed. Node's getConnections. */
    public int connectionCount() {
        core.checkThread();
        return connections.count();
    }

    /** Its connections that are open at this moment, in order of their arrival. */
    public List<Socket> connections() {
        core.checkThread();
        return connections.open(socket -> true);
    }

    /**
     * How many connections it has accepted and closed at once, since it had as many as it may, or since the process had no
     * descriptor to spare: {@link #onDrop} has more of each. It counts from the start, over all times that it listens.
     */
    public long droppedCount() {
        core.checkThread();
        return connections.droppedCount();
    }

    /**
     * How many connections it may have. What comes when there are so many is accepted and closed at once: {@link #onDrop}
     * hears of it. Those that are open stay. By default {@link Integer#MAX_VALUE}; 0 drops all.
     *
     * @throws UsageException ERR_OUT_OF_RANGE where {@code maxConnections} is negative
     */
    public Server setMaxConnections(int maxConnections) {
        core.checkThread();
        connections.setMost(maxConnections);
        return this;
    }

    /** See {@link #setMaxConnections}. */
    public int maxConnections() {
        core.checkThread();
        return connections.most();
    }

    /**
     * Accepts no more connections until {@link #resumeAccepting()}, or the next listen: they wait in the kernel's backlog, where
     * {@link #setMaxConnections} would turn them away. Has no effect on a server that does not listen. Idempotent.
     */
    public Server pauseAccepting() {
        core.checkThread();
        if (handle() != null) {
            handle().pauseAccepting();
        }
        return this;
    }

    /** Accepts connections again. Idempotent. */
    public Server resumeAccepting() {
        core.checkThread();
        if (handle() != null) {
            handle().resumeAccepting();
        }
        return this;
    }

    /**
     * Destroys the connections that nothing is under way on: all that was written has gone out, all that came was taken by a
     * listener, and something was written after it, or nothing has come at all. So one whose last request has no answer yet
     * stays. An answer in pieces can't be told from a complete one: who sends such ones destroys connections himself.
     */
    public void closeIdleConnections() {
        core.checkThread();
        connections.open(Socket::isIdleOnTop).forEach(Socket::destroyFromTop);
    }

    /** Destroys all its connections; it goes on listening. What was written and has not gone out is lost. */
    public void closeAllConnections() {
        core.checkThread();
        connections().forEach(Socket::destroyFromTop);
    }

    // ---- closing

    /** Stops listening; see the class. On a server that does not listen, the close event comes on a tick. */
    public Server close() {
        return close((Consumer<ChagresException>) null);
    }

    /**
     * As {@link #close()}.
     *
     * @param callback is told when it has closed: null, or ERR_SERVER_NOT_RUNNING where it did not listen; may be null
     */
    public Server close(Consumer<? super ChagresException> callback) {
        core.checkThread();
        if (callback != null) {
            ChagresException error = listening.isRunning()
                    ? null
                    : new ChagresException("ERR_SERVER_NOT_RUNNING", "Server is not running.");
            onceClose(() -> callback.accept(error));
        }
        listening.stop();
        closing = true;
        closeWhenDrained();
        return this;
    }

    /**
     * As {@link #close()}, and gives the connections {@code grace} to come to their end. Those that nothing is under way on, as
     * {@link #closeIdleConnections()} has it, are ended at once, the others when they have come so far; what is still open after
     * that time is destroyed. Called again, the new time counts.
     *
     * <p>For a socket with a layer, a TLS stream for example, the layer is asked, ended and destroyed: {@link Socket#setLayer}.
     *
     * @throws UsageException ERR_OUT_OF_RANGE where it is negative
     */
    public Server close(Duration grace) {
        core.checkThread();
        Grace.require(grace);
        close();
        endGrace();
        if (connections.count() > 0 && !core.residents().areRefused()) {
            this.grace = new Grace(core, connections, grace);
            this.grace.look();
        }
        return this;
    }

    private void endGrace() {
        if (grace != null) {
            grace.end();
            grace = null;
        }
    }

    private void closeWhenDrained() {
        if (connections.count() == 0) {
            endGrace();
            if (closing && !listening.isRunning()) {
                closing = false;
                core.tick(this::tellClose);
            }
        }
    }

    // ---- the loop

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
        listening.setReferenced(wanted);
        return this;
    }

    // ---- events

    /**
     * Adds a listener for connections that are accepted and closed at once: {@link DroppedConnection.Reason} says why that
     * happens. The limit of descriptors may be changed by prlimit(1) while the server runs.
     */
    public Server onDrop(Consumer<? super DroppedConnection> listener) {
        core.checkThread();
        connections.onDrop(UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Takes a listener for dropped connections off. */
    public void offDrop(Consumer<? super DroppedConnection> listener) {
        core.checkThread();
        connections.offDrop(UsageException.requireArgument(listener, "listener"));
    }

    /** Adds a listener for "it listens". */
    public Server onListening(Runnable listener) {
        core.checkThread();
        listening.onListening(UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Takes a listener of {@link #onListening} off. */
    public void offListening(Runnable listener) {
        core.checkThread();
        listening.offListening(UsageException.requireArgument(listener, "listener"));
    }
}
