package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import io.chagres.stream.Readable;
import io.chagres.stream.Writable;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection over TCP or a Unix socket: net.Socket. Clients get one from {@link Net#connect}, or make one and {@link #connect} it;
 * a server gets one for each connection.
 *
 * <pre>{@code
 * Net.connect(loop, 9297, "localhost")
 *         .onText(UTF_8, System.out::print)
 *         .onError(System.err::println)
 *         .end("hello\n");
 * }</pre>
 *
 * <p>An error arrives at {@link #onError}, once; the last event is {@link #onClose}. A socket that is not read does not end: a user who
 * does not want the data calls {@link #resume()}. After the close event it may be connected again; its listeners stay.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netsocket">net.Socket</a>
 */
public final class Socket extends Duplex {

    /** The user's read buffer; null if the socket has data events. */
    final @Nullable LentBuffer lent;
    /** Null before the connection; kept after the socket was destroyed, for the questions that can be asked then. */
    @Nullable
    Connection connection;

    private @Nullable Server server;
    /** Its neighbours among the open connections of its server, see {@link ServerConnections}. */
    @Nullable
    Socket previous, next;
    /** Null until it connects, or gets an option of clients. */
    private @Nullable ClientState client;
    /** Null until a setting other than noDelay is made: many servers make only that one. */
    @Nullable
    SocketSettings settings;
    /** Null until a timeout is set. */
    @Nullable
    IdleTimeout idle;

    private boolean noDelay;
    private boolean reset;
    private boolean wantsRead;

    /** A socket to {@link #connect}, with Node's defaults. */
    public Socket(Loop loop) {
        this(loop, SocketOptions.defaults());
    }

    /**
     * A socket to {@link #connect}; or one that is connected already, if the descriptor or the handle of the options is:
     * {@link SocketOptions#fd}, {@link SocketOptions#handle}.
     *
     * @throws UsageException ERR_INVALID_FD_TYPE if the descriptor is neither a stream socket nor an end of a pipe; EINVAL if the
     *     handle is closed, or belongs to another loop
     * @throws SystemException EBADF
     */
    public Socket(Loop loop, SocketOptions options) {
        super(loop, UsageException.requireArgument(options, "options").duplex());
        lent = options.lent();
        options.applyTo(this);
        if (options.blockList() != null || options.signal() != null) {
            client = new ClientState(this, options.blockList(), options.signal());
        }
        if (options.handle() != null) {
            take(GivenDescriptor.require(options.handle(), loop));
        } else if (options.fd() >= 0) {
            take(GivenDescriptor.open(loop, options.fd()));
        }
        if (client != null) {
            client.follow();
        }
    }

    /** A socket of a connection that a server has accepted, over TCP or a Unix socket. */
    Socket(
            Loop loop,
            ServerOptions options,
            DuplexOptions duplex,
            SocketHandle accepted,
            @Nullable Server server,
            @Nullable ProxyHeader header) {
        super(loop, duplex);
        lent = options.lent();
        this.server = server;
        settings = SocketSettings.of(header);
        connection = new Connection(this, accepted);
        if (options.pauseOnConnect()) {
            pause();
        } else {
            pull();
        }
    }

    /** Reads a given handle if it is connected, and otherwise keeps it for the connect. */
    private void take(SocketHandle given) {
        if (!given.hasPeer()) {
            client().keep(given);
            return;
        }
        begin(new Connection(this, given), false);
        if (isConnected()) {
            pull();
        }
    }

    ClientState client() {
        if (client == null) {
            client = new ClientState(this, null, null);
        }
        return client;
    }

    private SocketSettings settings() {
        if (settings == null) {
            settings = new SocketSettings();
        }
        return settings;
    }

    private <L> Listeners<L> with(@Nullable Listeners<L> list, L listener) {
        checkThread();
        return Listeners.add(list, UsageException.requireArgument(listener, "listener"));
    }

    private <L> @Nullable Listeners<L> without(@Nullable Listeners<L> list, L listener) {
        checkThread();
        return Listeners.remove(list, UsageException.requireArgument(listener, "listener"));
    }

    // ---- connecting

    /** Connects to {@code port} of this machine, see {@link #connect(ConnectOptions, Runnable)}. */
    public Socket connect(int port) {
        return connect(ConnectOptions.to(port), null);
    }

    /** Connects to {@code port} of this machine; {@code onConnect}, which may be null, is called once, when it is connected. */
    public Socket connect(int port, @Nullable Runnable onConnect) {
        return connect(ConnectOptions.to(port), onConnect);
    }

    /** Connects to {@code port} of {@code host}, an IP address or a name to look up. */
    public Socket connect(int port, String host) {
        return connect(ConnectOptions.to(host, port), null);
    }

    /** Connects to {@code port} of {@code host}; {@code onConnect}, which may be null, is called once, when it is connected. */
    public Socket connect(int port, String host, @Nullable Runnable onConnect) {
        return connect(ConnectOptions.to(host, port), onConnect);
    }

    /** Connects to a Unix socket, or a port in text form, see {@link #connect(String, Runnable)}. */
    public Socket connect(String portOrPath) {
        return connect(portOrPath, null);
    }

    /**
     * Connects to the Unix socket of that path, see {@link ConnectOptions#toPath}. As in Node, a text that is a number, "9297" or
     * "0x2451", is a port of this machine; the Unix socket of such a name is "./9297".
     *
     * @param onConnect called once, when it is connected; may be null
     * @throws UsageException ERR_SOCKET_BAD_PORT if the text is a number above 65535
     */
    public Socket connect(String portOrPath, @Nullable Runnable onConnect) {
        return connect(ConnectOptions.toPortOrPath(portOrPath), onConnect);
    }

    /** Connects as {@code options} say, see {@link #connect(ConnectOptions, Runnable)}. */
    public Socket connect(ConnectOptions options) {
        return connect(options, null);
    }

    /**
     * Connects as {@code options} say. Errors from here on arrive at {@link #onError}. Bytes that are written meanwhile are sent when
     * the socket is connected.
     *
     * <p>A socket whose close event was emitted may be connected again. The settings of its user stay: listeners, options of the
     * kernel's socket, {@link #ref()} and {@link #unref()}, a block list, a signal that is not aborted, and the last call of
     * {@link #pause()} or {@link #resume()}. Everything else is as in a new socket. The timeout ends with the connection, as in Node,
     * and so do pipes: they must be set again.
     *
     * @param onConnect called once, when it is connected; may be null
     * @throws UsageException ERR_MISSING_ARGS if {@code options} is null; EALREADY while it connects; EISCONN while it is connected;
     *     ERR_STREAM_DESTROYED if it is destroyed and its close was not emitted yet
     */
    public Socket connect(ConnectOptions options, @Nullable Runnable onConnect) {
        checkThread();
        ConnectOptions.require(options);
        if (isConnected()) {
            throw new UsageException("EISCONN", "connect on a socket that is connected: " + this);
        }
        client().connect(options, onConnect);
        return this;
    }

    /** Called when the socket is connected again after its close: everything but the user's settings is as in a new socket. */
    void beginNextLife() {
        reopen(options().readable(true).writable(true));
        connection = null;
        server = null;
        reset = false;
        wantsRead = false;
        if (settings != null) {
            settings.endLife();
        }
    }

    /** Takes over a connection; {@code hasOptions} if its kernel socket has the options. A setting that is refused destroys the socket. */
    void begin(Connection established, boolean hasOptions) {
        connection = established;
        touch();
        SocketHandle handle = established.open();
        try {
            if (!hasOptions) {
                applyOptions(handle);
            }
            if (noDelay && handle.has(SocketOption.TCP_NODELAY)) {
                handle.set(SocketOption.TCP_NODELAY, true);
            }
            if (settings != null) {
                settings.applyConnected(handle);
            }
        } catch (SystemException refused) {
            destroy(refused);
        }
    }

    /** Starts reading if that was asked for before the connection, or nothing was said. */
    void readOn() {
        if (connection != null && isConnected() && wantsRead) {
            connection.read();
        }
        wantsRead = false;
        if (isConnected() && !isPaused()) {
            pull();
        }
    }

    /** Sets the options of the kernel's socket. */
    void applyOptions(SocketHandle handle) {
        if (settings != null) {
            settings.applyOptions(handle);
        }
    }

    /** Adds a listener that is called when the connection is established. */
    public Socket onConnect(Runnable listener) {
        client().connectListeners = with(client().connectListeners, listener);
        return this;
    }

    /** Removes a listener of {@link #onConnect}, or one that was passed to {@code connect}. */
    public void offConnect(Runnable listener) {
        client().connectListeners = without(client().connectListeners, listener);
    }

    /** Adds a listener that is called when the socket is ready to be used, right after {@link #onConnect}. */
    public Socket onReady(Runnable listener) {
        client().readyListeners = with(client().readyListeners, listener);
        return this;
    }

    /** Removes a listener of {@link #onReady}. */
    public void offReady(Runnable listener) {
        client().readyListeners = without(client().readyListeners, listener);
    }

    /** Adds a listener for the lookup of a host: called for each address, or once with the error. An IP address is not looked up. */
    public Socket onLookup(LookupListener listener) {
        client().lookupListeners = with(client().lookupListeners, listener);
        return this;
    }

    /** Removes a listener of {@link #onLookup}. */
    public void offLookup(LookupListener listener) {
        client().lookupListeners = without(client().lookupListeners, listener);
    }

    /** Adds a listener that is called when an address is tried, over TCP: several times if there are several addresses. */
    public Socket onConnectionAttempt(Consumer<? super SocketAddress> listener) {
        client().attemptListeners = with(client().attemptListeners, listener);
        return this;
    }

    /** Removes a listener of {@link #onConnectionAttempt}. */
    public void offConnectionAttempt(Consumer<? super SocketAddress> listener) {
        client().attemptListeners = without(client().attemptListeners, listener);
    }

    /** Adds a listener that is called when the connect to an address has failed; after the last address, {@link #onError} follows. */
    public Socket onConnectionAttemptFailed(BiConsumer<? super SocketAddress, ? super ChagresException> listener) {
        client().attemptFailedListeners = with(client().attemptFailedListeners, listener);
        return this;
    }

    /** Removes a listener of {@link #onConnectionAttemptFailed}. */
    public void offConnectionAttemptFailed(BiConsumer<? super SocketAddress, ? super ChagresException> listener) {
        client().attemptFailedListeners = without(client().attemptFailedListeners, listener);
    }

    /** Adds a listener that is called when an address takes too long and the next is tried: {@link ConnectOptions#autoSelectFamily}. */
    public Socket onConnectionAttemptTimeout(Consumer<? super SocketAddress> listener) {
        client().attemptTimeoutListeners = with(client().attemptTimeoutListeners, listener);
        return this;
    }

    /** Removes a listener of {@link #onConnectionAttemptTimeout}. */
    public void offConnectionAttemptTimeout(Consumer<? super SocketAddress> listener) {
        client().attemptTimeoutListeners = without(client().attemptTimeoutListeners, listener);
    }

    // ---- its state

    boolean isConnected() {
        return handle() != null;
    }

    /** Returns the pending connect, or null. */
    private @Nullable Opening opening() {
        return client == null ? null : client.opening();
    }

    /** Returns the handle of the connection, or null. */
    @Nullable
    SocketHandle handle() {
        return connection == null ? null : connection.handle();
    }

    /** Returns the handle of the connection, or the one that connects now, or null. */
    private @Nullable SocketHandle target() {
        return opening() != null ? opening().handle() : handle();
    }

    /** Returns whether a connect is pending. */
    public boolean isConnecting() {
        checkThread();
        return opening() != null;
    }

    /** Returns whether there is no connection: not yet, or no more. */
    public boolean isPending() {
        checkThread();
        return !isConnected();
    }

    /** Returns which ways it is open. */
    public ReadyState readyState() {
        return isConnecting() ? ReadyState.OPENING : ReadyState.of(isReadable(), isWritable());
    }

    /** Returns the server that accepted it, or null. */
    public @Nullable Server server() {
        return server;
    }

    /** Returns its own address or null, see {@link #localAddress()}. */
    public @Nullable SocketAddress address() {
        return localAddress();
    }

    /** Returns its own address, or the one that {@link #proxyHeader()} names; null unless connected, and over a Unix socket. */
    public @Nullable SocketAddress localAddress() {
        checkThread();
        return connection == null ? null : connection.localAddress();
    }

    /**
     * Returns the peer's address, or the one that {@link #proxyHeader()} names; null while it connects, and over a Unix socket.
     * Listeners of {@link #onError} and {@link #onClose} still get it, and so does every caller until the socket is connected again. If
     * there is no such event or listener, and if another owner or the loop has closed the handle, it is known after the close only if
     * it was asked for before.
     */
    public @Nullable SocketAddress remoteAddress() {
        checkThread();
        return connection == null ? null : connection.remoteAddress();
    }

    /** Returns the address of the peer itself: that of the load balancer, if there is one; null after it was destroyed. */
    public @Nullable SocketAddress peerAddress() {
        checkThread();
        return handle() == null ? null : handle().peer();
    }

    /** Returns the header of the PROXY protocol that the connection began with, or null, see {@link ServerOptions#proxyProtocol}. */
    public @Nullable ProxyHeader proxyHeader() {
        checkThread();
        return settings == null ? null : settings.proxyHeader;
    }

    /** Returns the addresses that were tried if the last connect had several to try; otherwise an empty list. */
    public List<SocketAddress> autoSelectFamilyAttemptedAddresses() {
        checkThread();
        return client == null ? List.of() : List.copyOf(client.attempted);
    }

    /** Returns the number of bytes that have arrived. */
    public long bytesRead() {
        checkThread();
        return connection == null ? 0 : connection.bytesRead();
    }

    /** Returns the number of bytes that were written, those that still wait included. */
    public long bytesWritten() {
        checkThread();
        return (connection == null ? 0 : connection.bytesWritten())
                + waitingLength()
                + (opening() == null ? 0 : opening().deferredLength());
    }

    /** Returns the bytes that wait in the handle of the connection. */
    long queueSize() {
        return connection == null ? 0 : connection.queueSize();
    }

    /**
     * Returns whether the connection has nothing to do, as far as the socket knows: all bytes that were written have been sent, all
     * bytes that arrived were taken, and the last thing that passed was a write, or nothing has passed. A paused socket is not idle.
     */
    @Override
    public boolean isIdle() {
        boolean isQuiet = connection != null && isConnected() && connection.isIdle();
        return isQuiet && writableLength() == 0 && readableLength() == 0 && !isPaused();
    }

    /** Adds both addresses, or the destination of the connect. */
    @Override
    protected void describe(StringJoiner text) {
        Opening pending = opening();
        if (pending == null && connection != null) {
            connection.describe(text);
        } else {
            text.add(pending != null ? "connecting to " + pending.destination() : "not connected");
        }
    }

    // ---- settings

    /** Sends small writes at once, see {@link #setNoDelay(boolean)}. */
    public Socket setNoDelay() {
        return setNoDelay(true);
    }

    /**
     * Sets whether small writes are sent at once: TCP_NODELAY. Kept until the socket is connected. It makes no system call if nothing
     * changes, or over a Unix socket.
     */
    public Socket setNoDelay(boolean on) {
        checkThread();
        if (on != noDelay && handle() != null && handle().has(SocketOption.TCP_NODELAY)) {
            handle().set(SocketOption.TCP_NODELAY, on);
        }
        noDelay = on;
        return this;
    }

    /**
     * Sets whether a silent peer is probed, see {@link #setKeepAlive(KeepAlive)}.
     *
     * @param initialDelayMillis silence before the first probe, cut to whole seconds; 0 leaves the value of the system
     */
    public Socket setKeepAlive(boolean on, long initialDelayMillis) {
        return setKeepAlive(SocketSettings.keepAlive(on, initialDelayMillis));
    }

    /**
     * Sets whether a silent peer is probed, and how. Kept until the socket is connected. It makes no system call if nothing changes, or
     * over a Unix socket. While data is unacknowledged no probes are sent: set {@link SocketOption#TCP_USER_TIMEOUT} as well.
     *
     * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7): TCP_KEEPIDLE</a>
     */
    public Socket setKeepAlive(KeepAlive keepAlive) {
        checkThread();
        SocketOption.KEEP_ALIVE.require(UsageException.requireArgument(keepAlive, "keepAlive"));
        settings().setKeepAlive(keepAlive, handle());
        return this;
    }

    /**
     * Sets the type of service, the DSCP and ECN bits of IP. Kept until the socket connects; without effect over a Unix socket.
     *
     * @param tos 0 to 255
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public Socket setTypeOfService(int tos) {
        checkThread();
        settings().setTypeOfService(SocketOptions.requireTypeOfService(tos, "tos"), handle());
        return this;
    }

    /** Returns the type of service that the kernel has, which may leave out ECN bits; without a connection, the one that was set, or 0. */
    public int getTypeOfService() {
        checkThread();
        return settings().typeOfService(handle());
    }

    /**
     * Sets an option of the kernel's socket. An option that is set earlier is applied before connect(2), to each socket that is
     * tried; over a Unix socket, when it is connected.
     *
     * @throws UsageException EINVAL if {@code value} is null or out of range
     * @throws SystemException the error of setsockopt(2); a connect fails with it
     */
    public <T> Socket set(SocketOption<T> option, T value) {
        checkThread();
        UsageException.requireArgument(option, "option").require(UsageException.requireArgument(value, "value"));
        settings().set(option, value, target());
        return this;
    }

    /**
     * Returns an option as the kernel has it; without a connection, the value that was set.
     *
     * @throws UsageException EBADF if there is no connection and it was not set
     * @throws SystemException ENOPROTOOPT and others of getsockopt(2)
     */
    public <T> T get(SocketOption<T> option) {
        checkThread();
        UsageException.requireArgument(option, "option");
        return handle() != null ? handle().get(option) : settings().kept(option, this);
    }

    /** Makes the loop run as long as the socket is read; this is the default. */
    public Socket ref() {
        checkThread();
        settings().setReferenced(true, handle());
        return this;
    }

    /** Lets the loop end although the socket is open. */
    public Socket unref() {
        checkThread();
        settings().setReferenced(false, handle());
        return this;
    }

    /**
     * Names the stream that is layered over this socket, a TLS stream for example, and answers for it when its server closes.
     *
     * <p>{@link Server#close(java.time.Duration)}, {@link Server#closeIdleConnections()} and {@link Server#closeAllConnections()}
     * ask the layer instead of the socket whether it {@linkplain Duplex#isIdle() is idle}, and end or destroy the layer, so that it
     * can send its own farewell. A layer that ends must end the socket once its last bytes are written. After a layer that was
     * destroyed, the socket is destroyed too. Of several layers, one over the other, the topmost is named. A layer that is
     * destroyed no longer answers, and the socket does so again. Without effect on a later connection of this socket.
     *
     * @param layer a stream over this socket, or over another layer of it; null for none, the default
     * @throws UsageException EINVAL if it is this socket, or a stream of another loop
     */
    public Socket setLayer(@Nullable Duplex layer) {
        checkThread();
        settings().setLayer(layer, this);
        return this;
    }

    /** Returns the stream that {@link #setLayer} has named, or null. */
    public @Nullable Duplex layer() {
        checkThread();
        return settings == null ? null : settings.layer;
    }

    // ---- the timeout

    /** Sets the timeout, see {@link #setTimeout(long)}; {@code onTimeout} is called once, at the next timeout. With 0 it is removed. */
    public Socket setTimeout(long millis, Runnable onTimeout) {
        checkThread();
        IdleTimeout.requireMillis(millis, "millis");
        UsageException.requireArgument(onTimeout, "onTimeout");
        if (millis > 0 && !isDestroyed()) {
            onTimeout(new Listeners.Once(onTimeout));
        } else {
            offTimeout(onTimeout);
        }
        return setTimeout(millis);
    }

    /**
     * Calls {@link #onTimeout} when nothing has happened on the socket for {@code millis}; 0 turns it off. The socket stays open:
     * a listener closes it if that is wanted.
     *
     * <p>The time counts from this call, and again from each read and write, by the clock: a listener that works longer than
     * {@code millis} and then answers has the whole time after its answer. While the kernel takes bytes of a queued write, the
     * timeout does not expire, even if the write was queued before this call. The timeout does not keep the loop alive.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code millis} is negative
     */
    public Socket setTimeout(long millis) {
        checkThread();
        IdleTimeout.requireMillis(millis, "millis");
        if (isDestroyed()) {
            return this;
        }
        if (millis > 0) {
            if (idle == null) {
                idle = new IdleTimeout(LoopCore.of(loop()), this::queueSize, settings()::emitTimeout);
            }
            idle.start(millis);
        } else if (idle != null) {
            idle.stop();
        }
        return this;
    }

    /** Returns the timeout that was set, in milliseconds; 0 if there is none. */
    public long timeoutMillis() {
        checkThread();
        return idle == null ? 0 : idle.millis();
    }

    /** Adds a listener for idleness, see {@link #setTimeout(long)}. */
    public Socket onTimeout(Runnable listener) {
        settings().timeoutListeners = with(settings().timeoutListeners, listener);
        return this;
    }

    /** Removes a listener of {@link #onTimeout}, or one that was passed to {@code setTimeout}. */
    public void offTimeout(Runnable listener) {
        settings().timeoutListeners = without(settings().timeoutListeners, listener);
    }

    /** Called when there was activity. */
    void touch() {
        if (idle != null) {
            idle.touch();
        }
    }

    /** Called when a write has begun or completed, and {@code queued} bytes wait. */
    void wrote(long queued) {
        if (idle != null) {
            idle.wrote(queued);
        }
    }

    // ---- reading

    @Override
    protected void doRead() {
        if (connection != null && isConnected()) {
            connection.read();
        } else {
            wantsRead = true;
        }
    }

    @Override
    public Socket pause() {
        super.pause();
        if (lent != null && connection != null && isConnected()) {
            connection.stopReading();
        }
        return this;
    }

    @Override
    public Socket resume() {
        super.resume();
        if (lent != null && connection != null && isConnected()) {
            connection.read();
        }
        return this;
    }

    /** Takes a chunk that was read; returns whether to go on. */
    boolean received(ByteBuffer chunk) {
        return pushOwned(chunk);
    }

    /** Returns whether the next bytes can be lent. */
    boolean lends() {
        return canLend();
    }

    /** Takes a chunk as a loan; returns whether it was kept. */
    boolean receivedLoan(ByteBuffer loan) {
        return lend(loan);
    }

    void receivedEnd() {
        pushEnd();
        pull();
    }

    // ---- writing

    /**
     * Writes as {@link Writable#write(ByteBuffer, Completion)} does. If the peer has ended, and this side ended after it, as it does by
     * default, the error has code EPIPE: "This socket has been ended by the other party".
     */
    @Override
    public boolean write(ByteBuffer data, @Nullable Completion callback) {
        if (data != null && isReadableEnded() && !options().allowHalfOpen() && isWritableEnded()) {
            return refuseWrite(
                    callback, new ChagresException("EPIPE", "This socket has been ended by the other party"));
        }
        return super.write(data, callback);
    }

    @Override
    protected boolean releasesBuffers() {
        return true;
    }

    @Override
    protected boolean isVectored() {
        return true;
    }

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        if (connection != null && isConnected()) {
            connection.write(data, done);
        } else {
            writeUnconnected(new ByteBuffer[] {Buffers.view(data)}, done);
        }
    }

    @Override
    protected void doWriteVector(ByteBuffer[] data, Completion done) {
        if (connection != null && isConnected()) {
            connection.write(data, done);
        } else {
            writeUnconnected(data, done);
        }
    }

    private void writeUnconnected(ByteBuffer[] data, Completion done) {
        if (opening() != null) {
            opening().deferWrite(data, done);
        } else {
            done.onComplete(new ChagresException("ERR_SOCKET_CLOSED", "Socket is closed"));
        }
    }

    /** Shuts the connection down: the peer reads an end. */
    @Override
    protected void doFinal(Completion done) {
        if (opening() != null) {
            opening().deferFinal(done);
        } else if (connection != null && isConnected()) {
            connection.shutdown(done);
        } else {
            done.onComplete(null);
        }
    }

    // ---- the end

    /**
     * Takes the connection out of this socket, for a server of another loop or process: see {@link DetachedSocket}. The socket is destroyed,
     * without an error, and its close event comes on a tick; the peer notices nothing.
     *
     * @throws UsageException ENOTCONN or EALREADY if it is not connected; EBUSY if it has a layer, has bytes that are not sent yet, or was
     *     ended. Nothing is changed then
     */
    public DetachedSocket detach() {
        checkThread();
        Detaching.require(this, connection, opening() != null);
        return Detaching.from(this, connection, takeUnread(), options().allowHalfOpen());
    }

    @Override
    protected void doDestroy(@Nullable ChagresException error, Completion done) {
        Opening unopened = client == null ? null : client.end();
        if (connection != null && isConnected() && (error != null || hasCloseListeners())) {
            connection.rememberPeer();
        }
        boolean closesLater =
                connection != null && isConnected() && connection.close(reset, () -> emitClose(error != null));
        if (idle != null) {
            idle.stop();
            idle = null;
        }
        if (settings != null) {
            settings.timeoutListeners = Listeners.lasting(settings.timeoutListeners);
        }
        done.onComplete(error);
        if (!closesLater) {
            closeSoon(unopened, error != null);
        }
        if (server != null) {
            server.connectionGone(this);
        }
    }

    private void closeSoon(@Nullable Opening unopened, boolean hadError) {
        try {
            tick(() -> closeNow(unopened, hadError));
        } catch (Error noMemory) {
            closeNow(unopened, hadError); // too soon is better than never
        }
    }

    private void closeNow(@Nullable Opening unopened, boolean hadError) {
        if (unopened != null) {
            unopened.failWrite();
        }
        emitClose(hadError);
    }

    /** Ends it, and destroys it at the finish, once all bytes are written. */
    public void destroySoon() {
        checkThread();
        if (isWritableFinished()) {
            destroy();
        } else {
            end(error -> {
                if (error == null) {
                    tick(this::destroy);
                }
            });
        }
    }

    /**
     * Destroys it with a reset (RST), so that the peer gets ECONNRESET; while it connects, once it is connected. If it is neither
     * connected nor connecting, it is destroyed with ERR_SOCKET_CLOSED.
     *
     * @throws UsageException ERR_INVALID_HANDLE_TYPE over a Unix socket, which has no resets
     */
    public Socket resetAndDestroy() {
        checkThread();
        if (target() != null && !target().canReset()) {
            throw new UsageException("ERR_INVALID_HANDLE_TYPE", "There are no resets over a Unix socket: " + this);
        }
        if (opening() != null) {
            opening().deferReset();
            return this;
        }
        reset = true;
        return destroy(isConnected() ? null : new ChagresException("ERR_SOCKET_CLOSED", "Socket is closed"));
    }

    // ---- the calls of a Duplex, returning a Socket

    @Override
    public Socket onData(Consumer<? super ByteBuffer> listener) {
        super.onData(listener);
        return this;
    }

    @Override
    public Socket onText(Charset charset, Consumer<String> listener) {
        super.onText(charset, listener);
        return this;
    }

    @Override
    public Socket onReadable(Runnable listener) {
        super.onReadable(listener);
        return this;
    }

    @Override
    public Socket onEnd(Runnable listener) {
        super.onEnd(listener);
        return this;
    }

    @Override
    public Socket onPause(Runnable listener) {
        super.onPause(listener);
        return this;
    }

    @Override
    public Socket onResume(Runnable listener) {
        super.onResume(listener);
        return this;
    }

    @Override
    public Socket onDrain(Runnable listener) {
        super.onDrain(listener);
        return this;
    }

    @Override
    public Socket onPrefinish(Runnable listener) {
        super.onPrefinish(listener);
        return this;
    }

    @Override
    public Socket onFinish(Runnable listener) {
        super.onFinish(listener);
        return this;
    }

    @Override
    public Socket onPipe(Consumer<? super Readable> listener) {
        super.onPipe(listener);
        return this;
    }

    @Override
    public Socket onUnpipe(Consumer<? super Readable> listener) {
        super.onUnpipe(listener);
        return this;
    }

    @Override
    public Socket onError(Consumer<? super ChagresException> listener) {
        super.onError(listener);
        return this;
    }

    @Override
    public Socket onClose(CloseListener listener) {
        super.onClose(listener);
        return this;
    }

    @Override
    public Socket unpipe() {
        super.unpipe();
        return this;
    }

    @Override
    public Socket unpipe(Writable destination) {
        super.unpipe(destination);
        return this;
    }

    @Override
    public Socket end() {
        super.end();
        return this;
    }

    @Override
    public Socket end(@Nullable ByteBuffer last) {
        super.end(last);
        return this;
    }

    @Override
    public Socket end(@Nullable CharSequence last) {
        super.end(last);
        return this;
    }

    @Override
    public Socket end(@Nullable Completion callback) {
        super.end(callback);
        return this;
    }

    @Override
    public Socket end(@Nullable CharSequence last, @Nullable Completion callback) {
        super.end(last, callback);
        return this;
    }

    @Override
    public Socket end(@Nullable ByteBuffer last, @Nullable Completion callback) {
        super.end(last, callback);
        return this;
    }

    @Override
    public Socket destroy() {
        super.destroy();
        return this;
    }

    @Override
    public Socket destroy(@Nullable ChagresException error) {
        super.destroy(error);
        return this;
    }
}
