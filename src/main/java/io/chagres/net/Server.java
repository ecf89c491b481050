package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.socket.SocketHandle;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server: listens, over TCP or a Unix socket, and makes a {@link Socket} of each connection. It is made by {@link Net#createServer}.
 *
 * <pre>{@code
 * Server server = Net.createServer(loop, socket -> socket.onData(socket::write));
 * server.onError(System.err::println);
 * server.listen(9297, () -> System.out.println("listening on " + server.address()));
 * Signal.on(loop, "INT", () -> server.close(Duration.ofSeconds(10))).unref();
 * }</pre>
 *
 * <p>After {@link #close()} it accepts no new connections. Those that are open live on, and the close event comes a tick after the last
 * of them has ended. This is a graceful exit if the clients leave by themselves; {@link #close(Duration)} does not depend on that.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netserver">net.Server</a>
 */
public final class Server {

    private final LoopCore core;
    private final ServerConnections connections;
    private final Listening listening;
    /** True after a close whose event was not emitted yet. */
    private boolean closing;
    /** Null unless it is closed with a grace period. */
    private @Nullable Grace grace;

    private @Nullable Listeners<Consumer<? super Socket>> connectionListeners;
    private @Nullable Listeners<Consumer<? super ChagresException>> errorListeners;
    private @Nullable Listeners<Runnable> closeListeners;

    Server(Loop loop, ServerOptions options) {
        core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
        connections = new ServerConnections(this, options);
        listening = new Listening(this, connections);
    }

    /** Returns the loop that it lives on; any thread. */
    public Loop loop() {
        return (Loop) core.loop();
    }

    private <L> L require(L listener) {
        core.checkThread();
        return UsageException.requireArgument(listener, "listener");
    }

    // ---- listening

    /** Listens on a free port of all addresses, see {@link #listen(ListenOptions, Runnable)}. */
    public Server listen() {
        return listen(ListenOptions.at(0), null);
    }

    /** Listens on {@code port} of all addresses, 0 for a free one, see {@link #listen(ListenOptions, Runnable)}. */
    public Server listen(int port) {
        return listen(ListenOptions.at(port), null);
    }

    /** Listens on {@code port} of all addresses; {@code onListening}, which may be null, is called once, when it listens. */
    public Server listen(int port, @Nullable Runnable onListening) {
        return listen(ListenOptions.at(port), onListening);
    }

    /** Listens on {@code port} of {@code host}, an address of this machine or a name to look up; null for all addresses. */
    public Server listen(int port, @Nullable String host) {
        return listen(ListenOptions.at(host, port), null);
    }

    /** Listens on {@code port} of {@code host}, null for all addresses; {@code onListening}, which may be null, is called once, when it listens. */
    public Server listen(int port, @Nullable String host, @Nullable Runnable onListening) {
        return listen(ListenOptions.at(host, port), onListening);
    }

    /**
     * Listens on {@code port} of {@code host}, null for all addresses; {@code backlog} connections can wait to be accepted. {@code
     * onListening}, which may be null, is called once, when it listens.
     */
    public Server listen(int port, @Nullable String host, int backlog, @Nullable Runnable onListening) {
        return listen(ListenOptions.at(host, port).backlog(backlog), onListening);
    }

    /** Listens on a Unix socket, or on a port in text form, see {@link #listen(String, Runnable)}. */
    public Server listen(String portOrPath) {
        return listen(portOrPath, null);
    }

    /**
     * Listens on the Unix socket of that path, see {@link ListenOptions#atPath}. As in Node, a text that is a number, "9297" or
     * "0x2451", as the argument of a program may be, is a TCP port. The Unix socket of such a name is "./9297".
     *
     * @param onListening called once, when it listens; may be null
     * @throws UsageException ERR_SOCKET_BAD_PORT if the text is a number above 65535
     */
    public Server listen(String portOrPath, @Nullable Runnable onListening) {
        return listen(ListenOptions.atPortOrPath(portOrPath), onListening);
    }

    /** Listens on a handle that is bound, see {@link ListenOptions#atHandle}. */
    public Server listen(SocketHandle handle) {
        return listen(handle, null);
    }

    /** Listens on a handle that is bound; {@code onListening}, which may be null, is called once, when it listens. */
    public Server listen(SocketHandle handle, @Nullable Runnable onListening) {
        return listen(ListenOptions.atHandle(handle), onListening);
    }

    /** Listens as {@code options} say, see {@link #listen(ListenOptions, Runnable)}. */
    public Server listen(ListenOptions options) {
        return listen(options, null);
    }

    /**
     * Listens. The place is bound inside this call, unless a host has to be looked up. {@code onListening}, or {@link #onError}
     * if it fails, is called on a tick. Errors are EADDRINUSE, also for a socket file that another process has left behind,
     * EADDRNOTAVAIL, EACCES, EINVAL, also for a path of more than 107 bytes, and those of a lookup. After an error it can listen
     * again.
     *
     * @param onListening called once, before the listeners of {@link #onListening}; may be null
     * @throws UsageException ERR_SERVER_ALREADY_LISTEN; EINVAL if a handle is closed or of another loop; EEXIST if another handle has
     *     the descriptor
     * @see <a href="https://nodejs.org/api/net.html#serverlistenoptions-callback">server.listen</a>
     */
    public Server listen(ListenOptions options, @Nullable Runnable onListening) {
        core.checkThread();
        listening.require(options);
        listening.start(options, onListening);
        return this;
    }

    /** Called when a listen has failed. */
    void listenFailed(ChagresException error) {
        closeWhenDrained();
        if (errorListeners == null) {
            core.callbacks().raiseUnheard(error, this);
        } else {
            report(error);
        }
    }

    /** Returns the handle that listens, or null. */
    @Nullable
    SocketHandle handle() {
        return listening.handle();
    }

    /** Returns the descriptor that it listens on, which it owns; -1 if it does not listen. */
    public int fd() {
        core.checkThread();
        return handle() == null ? -1 : handle().fd();
    }

    /**
     * Stops listening, and leaves the listening socket open, with the connections that wait in its backlog: another server, loop or process
     * goes on with it, see {@link ListenOptions#atFd}. The file of a Unix socket stays. The connections of this server live on. It may
     * listen again, and is closed by {@link #close()} as before.
     *
     * @return the descriptor, which is non-blocking, and which the caller owns
     * @throws UsageException ERR_SERVER_NOT_RUNNING if it does not listen
     */
    public int detach() {
        core.checkThread();
        return listening.detach();
    }

    /** Returns whether it listens. */
    public boolean isListening() {
        core.checkThread();
        return handle() != null;
    }

    /** Returns the address that it listens on, with the port that the kernel chose; null if it does not listen, or on a Unix socket. */
    public @Nullable SocketAddress address() {
        core.checkThread();
        return handle() == null ? null : handle().localAddress();
    }

    /** Returns the name of the Unix socket that it listens on; null if it does not. */
    public @Nullable String path() {
        core.checkThread();
        return handle() == null ? null : handle().localName();
    }

    /**
     * Returns its state, place and number of connections, as in "Server (listening on 127.0.0.1:80, 3 connections)". Any thread: on another
     * than the loop's, a count may be a moment old.
     */
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
     * Takes over a connection that was accepted elsewhere, by another loop or process that has passed the descriptor on, as if this
     * server had accepted it. The connection listeners are called inside this call, or later, once the header of {@link
     * ServerOptions#proxyProtocol} is complete. The server need not listen.
     *
     * @param connection a handle of this loop that is connected and not read
     * @return false if the server has its maximum of connections, or blocks the peer: the caller still owns the handle then, and may
     *     offer it to another server
     * @throws UsageException EINVAL if it is no such handle
     */
    public boolean adopt(SocketHandle connection) {
        core.checkThread();
        UsageException.requireArgument(connection, "connection");
        if (connection.loop() != loop()
                || !connection.isReadable()
                || connection.isConnecting()
                || connection.isActive()) {
            throw new UsageException(
                    "EINVAL", "a connection of this loop that is not read is wanted. Received " + connection);
        }
        return connections.adopt(connection);
    }

    /**
     * Takes over a connection that {@link Socket#detach()} has taken out of another socket, or that is made by hand. The connection
     * listeners are called inside this call with a new socket, whose first data are the unread bytes. The server need not listen.
     *
     * <p>The options of this server apply to the new socket as to one that it has accepted. But the connection keeps its own {@code
     * allowHalfOpen} and its idle timeout, and an option of the kernel's socket that this server does not set.
     *
     * @return false if the server has its maximum of connections, or blocks the peer: the caller still owns {@code connection} then
     * @throws UsageException EBADF if it was adopted or closed before; ERR_INVALID_FD_TYPE if the descriptor is no stream socket; EEXIST
     *     if a handle of this loop has the descriptor; EINVAL if it has unread bytes and this server reads into a buffer of its own
     *     ({@link ServerOptions#onRead}). The caller still owns it then
     * @throws io.chagres.SystemException EBADF if the descriptor is not open
     */
    public boolean adopt(DetachedSocket connection) {
        core.checkThread();
        return connections.adopt(UsageException.requireArgument(connection, "connection"));
    }

    /** Called when a socket of this server was destroyed. */
    void connectionGone(Socket socket) {
        connections.remove(socket);
        closeWhenDrained();
    }

    /**
     * Returns the number of its open connections, accepted and not destroyed: Node's getConnections. Those that wait for their header
     * of the PROXY protocol count. Any thread: see {@link #toString}.
     */
    public int connectionCount() {
        return connections.count();
    }

    /** Returns its open connections that have become sockets, in order of their arrival. */
    public List<Socket> connections() {
        core.checkThread();
        return connections.open(socket -> true);
    }

    /**
     * Returns the number of connections that it has accepted and closed without making a socket of them, for a {@link
     * DroppedConnection.Reason}, see {@link #onDrop}. It is never reset. Any thread.
     */
    public long droppedCount() {
        return connections.droppedCount();
    }

    /**
     * Returns the number of connections that it has accepted or {@linkplain #adopt adopted}, and that became sockets. It only grows. Any
     * thread.
     */
    public long acceptedCount() {
        return connections.acceptedCount();
    }

    /** Returns the number of connections that it has accepted and closed at once, since the block list has their peer. It only grows. */
    public long blockedCount() {
        core.checkThread();
        return connections.blockedCount();
    }

    /** Returns the number of times that accept(2) has failed in a way that lasts, see {@link #onError}. It only grows. */
    public long acceptErrorCount() {
        core.checkThread();
        return connections.errorCount();
    }

    /** Returns the list of its connections, for its MBean. */
    ServerConnections list() {
        return connections;
    }

    /**
     * Sets the maximum number of connections. Further connections are accepted and closed at once, see {@link #onDrop}; open ones
     * stay. {@link Integer#MAX_VALUE} by default; 0 drops all.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code maxConnections} is negative
     */
    public Server setMaxConnections(int maxConnections) {
        core.checkThread();
        connections.setMax(maxConnections);
        return this;
    }

    /** Returns the maximum number of connections, see {@link #setMaxConnections}. */
    public int maxConnections() {
        core.checkThread();
        return connections.max();
    }

    /**
     * Stops accepting connections until {@link #resumeAccepting()}, or the next listen: they wait in the kernel's backlog, while {@link
     * #setMaxConnections} would turn them away. Without effect on a server that does not listen. Calling it again is a no-op.
     */
    public Server pauseAccepting() {
        core.checkThread();
        if (handle() != null) {
            handle().pauseAccepting();
        }
        return this;
    }

    /** Accepts connections again. Calling it again is a no-op. */
    public Server resumeAccepting() {
        core.checkThread();
        if (handle() != null) {
            handle().resumeAccepting();
        }
        return this;
    }

    /**
     * Destroys the connections that are idle: all bytes that were written have been sent, all bytes that arrived were taken by a
     * listener, and something was written after them, or nothing has arrived at all. A connection whose last request has no answer
     * yet stays. An answer in pieces can't be told from a complete one: a server that sends such answers destroys idle connections
     * itself.
     *
     * <p>For a socket with a layer, the layer is asked and destroyed: {@link Socket#setLayer}.
     */
    public void closeIdleConnections() {
        core.checkThread();
        connections.destroyIdle();
    }

    /** Destroys all its connections; it goes on listening. Bytes that were written and not sent yet are lost. */
    public void closeAllConnections() {
        core.checkThread();
        connections.destroyAll();
    }

    // ---- closing

    /** Stops listening. If it does not listen and has no connections, the close event comes on a tick. */
    public Server close() {
        return close((Consumer<ChagresException>) null);
    }

    /**
     * Stops listening.
     *
     * @param callback called when it has closed, with null, or with ERR_SERVER_NOT_RUNNING if it did not listen; may be null
     */
    public Server close(@Nullable Consumer<? super ChagresException> callback) {
        core.checkThread();
        if (callback != null) {
            ChagresException error = listening.isRunning()
                    ? null
                    : new ChagresException("ERR_SERVER_NOT_RUNNING", "Server is not running.");
            onClose(new Listeners.Once(() -> callback.accept(error)));
        }
        listening.stop();
        closing = true;
        closeWhenDrained();
        return this;
    }

    /**
     * Stops listening, and gives the connections {@code grace} to end. Connections that are idle, in the sense of {@link
     * #closeIdleConnections()}, are ended at once, the others as soon as they are. Connections that are still open after that time
     * are destroyed. Called again, the new time counts.
     *
     * <p>For a socket with a layer, a TLS stream for example, the layer is asked, ended and destroyed: {@link Socket#setLayer}.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code grace} is negative
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

    /** Emits the close a tick later, if it is closed and has no connections. */
    void closeWhenDrained() {
        if (connections.count() == 0) {
            endGrace();
            if (closing && !listening.isRunning()) {
                closing = false;
                core.tick(this::emitClose);
            }
        }
    }

    // ---- the loop

    /** Makes the loop run as long as it listens; this is the default. */
    public Server ref() {
        core.checkThread();
        listening.setReferenced(true);
        return this;
    }

    /** Lets the loop end although it listens. */
    public Server unref() {
        core.checkThread();
        listening.setReferenced(false);
        return this;
    }

    // ---- events

    /** Adds a listener that is called when it listens. */
    public Server onListening(Runnable listener) {
        listening.onListening(require(listener));
        return this;
    }

    /** Removes a listener of {@link #onListening}. */
    public void offListening(Runnable listener) {
        listening.offListening(require(listener));
    }

    /**
     * Adds a listener for new connections. If it throws, the connection is destroyed, the remaining listeners are not called, and the
     * loop's uncaught handler gets the exception.
     */
    public Server onConnection(Consumer<? super Socket> listener) {
        connectionListeners = Listeners.add(connectionListeners, require(listener));
        return this;
    }

    /** Removes a listener of {@link #onConnection}. */
    public void offConnection(Consumer<? super Socket> listener) {
        connectionListeners = Listeners.remove(connectionListeners, require(listener));
    }

    void emitConnection(Socket socket) {
        for (var at = connectionListeners; at != null; at = at.next()) {
            at.listener().accept(socket);
        }
    }

    /**
     * Adds a listener for connections that are accepted and closed without a socket: {@link DroppedConnection.Reason} says why that
     * happens. The limit of descriptors may be changed by prlimit(1) while the server runs.
     */
    public Server onDrop(Consumer<? super DroppedConnection> listener) {
        connections.onDrop(require(listener));
        return this;
    }

    /** Removes a listener of {@link #onDrop}. */
    public void offDrop(Consumer<? super DroppedConnection> listener) {
        connections.offDrop(require(listener));
    }

    /**
     * Adds a listener for errors. A failed listen is one; without a listener it goes to the loop's uncaught handler. Two more are
     * ignored without a listener: an option of {@link ServerOptions} that the kernel refuses for an accepted socket, which lives on
     * without it; and an accept(2) that fails in a way that lasts, "accept ENOBUFS", while the server tries again by itself.
     */
    public Server onError(Consumer<? super ChagresException> listener) {
        errorListeners = Listeners.add(errorListeners, require(listener));
        return this;
    }

    /** Removes a listener of {@link #onError}. */
    public void offError(Consumer<? super ChagresException> listener) {
        errorListeners = Listeners.remove(errorListeners, require(listener));
    }

    /** Calls the error listeners, if there are any: a server must not end for lack of memory or descriptors. */
    void report(ChagresException error) {
        for (var at = errorListeners; at != null; at = at.next()) {
            at.listener().accept(error);
        }
    }

    /** Adds a listener for the close: it does not listen any more, and all its connections have ended. */
    public Server onClose(Runnable listener) {
        closeListeners = Listeners.add(closeListeners, require(listener));
        return this;
    }

    /** Removes a listener of {@link #onClose}. */
    public void offClose(Runnable listener) {
        closeListeners = Listeners.remove(closeListeners, require(listener));
    }

    private void emitClose() {
        Listeners<Runnable> called = closeListeners;
        closeListeners = Listeners.lasting(called);
        Listeners.run(called);
    }
}
