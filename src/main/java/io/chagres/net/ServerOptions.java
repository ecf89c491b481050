package io.chagres.net;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.socket.KeepAlive;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options that a {@link Server} is made with, usually for its connections: those of Node's net.createServer. The options of one listen
 * are {@link ListenOptions}. Options are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * Server server = Net.createServer(loop, ServerOptions.defaults().noDelay(true), socket -> socket.pipe(socket));
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/net.html#netcreateserveroptions-connectionlistener">net.createServer</a>
 */
@CheckReturnValue
public final class ServerOptions {

    private static final ServerOptions DEFAULTS = new ServerOptions(new Values());

    private static final class Values implements Cloneable {
        private SocketOptions sockets = SocketOptions.defaults();
        private boolean pauseOnConnect;
        private @Nullable BlockList blockList;
        private @Nullable ProxyProtocol proxyProtocol;

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private ServerOptions(Values values) {
        this.values = values;
    }

    private ServerOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new ServerOptions(changed);
    }

    /** Returns Node's defaults. */
    public static ServerOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets whether a connection can still be written after its peer has ended; if not, it ends itself a tick after the peer. False by
     * default.
     */
    public ServerOptions allowHalfOpen(boolean allow) {
        return with(values -> values.sockets = values.sockets.allowHalfOpen(allow));
    }

    /** Sets whether connections are not read before {@link Socket#resume()}. False by default: they are read from the start. */
    public ServerOptions pauseOnConnect(boolean pause) {
        return with(values -> values.pauseOnConnect = pause);
    }

    /** Sets whether small writes are sent at once, see {@link Socket#setNoDelay(boolean)}. False by default. */
    public ServerOptions noDelay(boolean on) {
        return with(values -> values.sockets = values.sockets.noDelay(on));
    }

    /**
     * Sets the keep-alive with the silence before the first probe only, see {@link Socket#setKeepAlive(boolean, long)}. Off by default.
     *
     * @param initialDelayMillis cut to whole seconds; 0, or a negative one, leaves what the system has
     */
    public ServerOptions keepAlive(boolean on, long initialDelayMillis) {
        return with(values -> values.sockets = values.sockets.keepAlive(on, initialDelayMillis));
    }

    /**
     * Sets the keep-alive, see {@link Socket#setKeepAlive(KeepAlive)}. Off by default.
     *
     * @throws UsageException EINVAL if a number is out of range
     */
    public ServerOptions keepAlive(KeepAlive keepAlive) {
        return with(values -> values.sockets = values.sockets.keepAlive(keepAlive));
    }

    /**
     * Sets the high-water mark of both directions of a connection, in bytes: how much is buffered before a write returns false, and
     * before reading pauses. 64 KiB by default.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code bytes} is negative
     */
    public ServerOptions highWaterMark(int bytes) {
        return with(values -> values.sockets = values.sockets.highWaterMark(bytes));
    }

    /**
     * Closes connections from the addresses in {@code blockList} at once, without an event. By default no address is blocked. The list
     * itself is asked at each connection: unlike options, it can be changed at any time. A connection that names its client, {@link
     * #proxyProtocol}, is closed if the list has the address of the balancer, or that of the client.
     */
    public ServerOptions blockList(BlockList blockList) {
        UsageException.requireArgument(blockList, "blockList");
        return with(values -> values.blockList = blockList);
    }

    /**
     * Sets the rules by which connections begin with a header of the PROXY protocol, as a load balancer sends it. By default none does.
     *
     * <p>The connection listeners are called once the header is complete. {@link Socket#remoteAddress()} is then the address of the
     * client, {@link Socket#localAddress()} the one that the client has connected to, and {@link Socket#proxyHeader()} the header. If
     * the header names no client, as that of a health check, they are the connection's own. Until then the connection is one of
     * {@link Server#connectionCount()}, but not of {@link Server#connections()}. No byte behind the header is read before the socket is
     * there.
     *
     * <pre>{@code
     * ServerOptions.defaults().proxyProtocol(ProxyProtocol.required().from("10.0.0.0/24"))
     * }</pre>
     *
     * @throws UsageException ERR_INCOMPATIBLE_OPTION_PAIR for {@link ProxyProtocol#optional()} together with {@code onRead}: the first
     *     bytes of a direct client are read before there is a socket
     */
    public ServerOptions proxyProtocol(ProxyProtocol proxyProtocol) {
        UsageException.requireArgument(proxyProtocol, "proxyProtocol");
        return requirePair(with(values -> values.proxyProtocol = proxyProtocol), "onRead", "proxyProtocol");
    }

    private static ServerOptions requirePair(ServerOptions options, String other, String name) {
        ProxyProtocol proxyProtocol = options.proxyProtocol();
        boolean isOptional = proxyProtocol != null && !proxyProtocol.isRequired();
        SocketOptions.requireNone(isOptional && options.lent() != null, other, name);
        return options;
    }

    /**
     * Reads all connections into {@code buffer}, from its position to its limit, and lends it to {@code reader}: there are no data
     * events, and no garbage. The reader must copy what it keeps. Position and limit are read during this call only, and set again
     * before each read.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code buffer} has no room, or is read-only
     * @throws IllegalStateException if the arena of {@code buffer} is closed
     * @throws WrongThreadException if the arena of {@code buffer} is confined to another thread
     */
    public ServerOptions onRead(ByteBuffer buffer, BufferReader reader) {
        return requirePair(
                with(values -> values.sockets = values.sockets.onRead(buffer, reader)), "proxyProtocol", "onRead");
    }

    /**
     * Like {@link #onRead(ByteBuffer, BufferReader)}, with a supplier that is asked for the buffer before each read. A buffer that is
     * read-only, or of a closed arena, destroys the socket with ERR_INVALID_ARG_VALUE or EFAULT.
     */
    public ServerOptions onRead(Supplier<ByteBuffer> buffers, BufferReader reader) {
        return requirePair(
                with(values -> values.sockets = values.sockets.onRead(buffers, reader)), "proxyProtocol", "onRead");
    }

    // ---- for the server

    @Nullable
    LentBuffer lent() {
        return values.sockets.lent();
    }

    @Nullable
    BlockList blockList() {
        return values.blockList;
    }

    @Nullable
    ProxyProtocol proxyProtocol() {
        return values.proxyProtocol;
    }

    boolean pauseOnConnect() {
        return values.pauseOnConnect;
    }

    DuplexOptions duplex() {
        return values.sockets.duplex();
    }

    /** Applies what each accepted socket gets before the connection listeners are called. */
    void applyTo(Socket socket) {
        values.sockets.applyTo(socket);
    }

    private OptionList list() {
        return values.sockets
                .addTo(new OptionList("ServerOptions"))
                .addFlag("pauseOnConnect", values.pauseOnConnect)
                .add("blockList", values.blockList, null)
                .add("proxyProtocol", values.proxyProtocol, null);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerOptions options && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns the options that differ from their defaults. */
    @Override
    public String toString() {
        return list().toString();
    }
}
