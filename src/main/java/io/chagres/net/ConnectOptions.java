package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.address.Family;
import io.chagres.address.HostLookup;
import io.chagres.address.Ip;
import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.address.SocketAddress;
import io.chagres.socket.DeferredOptions;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortSignal;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where to connect to, and how the socket shall behave: the options of Node's net.connect. {@link Net#connect} takes them all.
 * Of two steps, {@link Socket#Socket(io.chagres.loop.Loop, ConnectOptions)} takes those of the second part here, and
 * {@link Socket#connect(ConnectOptions)} those of the first.
 *
 * <pre>{@code new ConnectOptions().host("example.org").port(80).noDelay(true)}</pre>
 *
 * @see <a href="https://nodejs.org/api/net.html#socketconnectoptions-connectlistener">socket.connect(options)</a>
 * @see <a href="https://nodejs.org/api/net.html#new-netsocketoptions">new net.Socket(options)</a>
 */
public final class ConnectOptions {

    /** The hints that say which addresses are wanted, as Node's dns.lookup takes them. */
    private static final Set<LookupOptions.Hint> ADDRESS_HINTS =
            Set.of(LookupOptions.Hint.AI_ADDRCONFIG, LookupOptions.Hint.AI_V4MAPPED, LookupOptions.Hint.AI_ALL);

    private static final int HIGHEST_TRAFFIC_CLASS = 255;

    String host = "localhost";
    String path;
    String localAddress;
    int localPort;
    LookupOptions lookupOptions = new LookupOptions();
    HostLookup lookup;
    boolean autoSelectFamily = Net.defaultAutoSelectFamily();
    long attemptTimeoutMillis = Net.defaultAutoSelectFamilyAttemptTimeoutMillis();
    BlockList blockList;
    AbortSignal signal;
    int fd = -1;
    SocketHandle handle;
    LentBuffer lent;
    private int port = -1;
    private boolean allowHalfOpen;
    private boolean noDelay;
    private KeepAlive keepAlive = KeepAlive.OFF;
    private int typeOfService = -1;
    private DeferredOptions early;
    private long timeoutMillis;
    long connectTimeoutMillis;
    private int highWaterMark = Duplex.DEFAULT_HIGH_WATER_MARK;

    /** Node's defaults; a port or a path must be given. */
    public ConnectOptions() {}

    // ---- of the connect

    /** The port to connect to, 0 to 65535. */
    public ConnectOptions port(int port) {
        this.port = SocketAddress.requirePort(port, "options.port");
        return this;
    }

    /** The host, an IP address or a name to look up; by default "localhost". */
    public ConnectOptions host(String host) {
        if (host == null || host.isEmpty()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE",
                    "The \"options.host\" property must be a host name or an IP address. Received " + quoted(host));
        }
        this.host = host;
        return this;
    }

    /** The path of a Unix socket to connect to, instead of a port; or, behind a NUL, a name of the abstract namespace. */
    public ConnectOptions path(String path) {
        this.path = requirePath(path);
        return this;
    }

    /** Throws unless {@code path} can name a Unix socket; how long it is, the kernel's address says. */
    static String requirePath(String path) {
        if (path == null) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE", "The \"options.path\" property must be a path. Received null");
        }
        if (path.isEmpty() || path.charAt(0) != 0 && path.indexOf('\0') > 0) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The property 'options.path' is invalid. Received " + quoted(path.replace('\0', '?')));
        }
        return path;
    }

    static String quoted(String text) {
        return text == null ? "null" : "'" + text + "'";
    }

    /** The IP address to connect from; by default the kernel chooses. */
    public ConnectOptions localAddress(String address) {
        if (address == null || Ip.version(address) == 0) {
            throw new UsageException("ERR_INVALID_IP_ADDRESS", "Invalid IP address: " + address);
        }
        localAddress = address;
        return this;
    }

    /** The port to connect from; by default 0, the kernel chooses. */
    public ConnectOptions localPort(int port) {
        localPort = SocketAddress.requirePort(port, "options.localPort");
        return this;
    }

    /** Only addresses of this family, where the host has to be looked up; by default both. */
    public ConnectOptions family(Family family) {
        lookupOptions = lookupOptions.family(family);
        return this;
    }

    /**
     * How the host is looked up: AI_ADDRCONFIG, AI_V4MAPPED and AI_ALL make sense here. By default AI_ADDRCONFIG, unless a
     * family is given.
     */
    public ConnectOptions hints(LookupOptions.Hint... hints) {
        for (LookupOptions.Hint hint : UsageException.requireArgument(hints, "hints")) {
            if (hint == null || !ADDRESS_HINTS.contains(hint)) {
                throw new UsageException("ERR_INVALID_ARG_VALUE", "The argument 'hints' is invalid. Received " + hint);
            }
        }
        lookupOptions = lookupOptions.hints(hints);
        return this;
    }

    /** Finds the addresses of the host; by default {@link Lookup#address}, getaddrinfo(3). */
    public ConnectOptions lookup(HostLookup lookup) {
        this.lookup = UsageException.requireArgument(lookup, "lookup");
        return this;
    }

    /**
     * Whether all addresses of the host are tried, one after the other and the families in turns, beginning with that of the
     * first; not only the first. By default {@link Net#defaultAutoSelectFamily()}. Where a family or a local address is given,
     * only the first is.
     *
     * <p>At most 100 addresses of one lookup are tried. An answer of the name server may hold thousands, and each one that does
     * not reply takes {@link #autoSelectFamilyAttemptTimeout} of its own.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8305">RFC 8305: Happy Eyeballs</a>
     */
    public ConnectOptions autoSelectFamily(boolean on) {
        autoSelectFamily = on;
        return this;
    }

    /**
     * How long one of several addresses may take until the next is tried, 1 or more, of which less than 10 become 10; the last
     * may take as long as the kernel has patience. By default {@link Net#defaultAutoSelectFamilyAttemptTimeoutMillis()}.
     */
    public ConnectOptions autoSelectFamilyAttemptTimeout(long millis) {
        attemptTimeoutMillis = Net.requireAttemptTimeout(millis, "options.autoSelectFamilyAttemptTimeout");
        return this;
    }

    /**
     * Sets how long the whole connect may take: the lookup and all attempts together. By default 0, no limit but the kernel's, which is
     * some two minutes an address. If the socket is not connected by then, it is destroyed with the error
     * ERR_SOCKET_CONNECTION_TIMEOUT, which has the errors of failed attempts as suppressed ones. The time counts from the call of
     * connect and has no effect on a connection that is established; see {@link #timeoutMillis} for idleness. It does not keep
     * the loop alive.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if it is negative
     */
    public ConnectOptions connectTimeoutMillis(long millis) {
        connectTimeoutMillis = IdleTimeout.requireMillis(millis, "options.connectTimeoutMillis");
        return this;
    }

    // ---- of the socket

    /** Whether writing may go on when the peer has ended; by default the socket ends itself a tick after the peer. */
    public ConnectOptions allowHalfOpen(boolean allow) {
        this.allowHalfOpen = allow;
        return this;
    }

    /** See {@link Socket#setNoDelay(boolean)}; by default false. */
    public ConnectOptions noDelay(boolean on) {
        this.noDelay = on;
        return this;
    }

    /** See {@link Socket#setKeepAlive(boolean, long)}; by default off. */
    public ConnectOptions keepAlive(boolean on, long initialDelayMillis) {
        return keepAlive(SocketSettings.keepAlive(on, initialDelayMillis));
    }

    /** See {@link Socket#setKeepAlive(KeepAlive)}; by default off. */
    public ConnectOptions keepAlive(KeepAlive keepAlive) {
        SocketOption.KEEP_ALIVE.require(UsageException.requireArgument(keepAlive, "keepAlive"));
        this.keepAlive = keepAlive;
        return this;
    }

    /** See {@link Socket#setTypeOfService}; by default 0. */
    public ConnectOptions typeOfService(int tos) {
        typeOfService = requireTypeOfService(tos, "options.typeOfService");
        return this;
    }

    static int requireTypeOfService(int tos, String name) {
        return (int) UsageException.requireRange(tos, 0, HIGHEST_TRAFFIC_CLASS, name);
    }

    /** See {@link Socket#set}. */
    public <T> ConnectOptions set(SocketOption<T> option, T value) {
        if (early == null) {
            early = new DeferredOptions();
        }
        early.add(option, value);
        return this;
    }

    /** See {@link Socket#setTimeout(long)}; by default 0, none. It counts from the beginning of the connect. */
    public ConnectOptions timeoutMillis(long millis) {
        timeoutMillis = IdleTimeout.requireMillis(millis, "options.timeoutMillis");
        return this;
    }

    /** How many bytes each direction buffers before it asks for a pause; by default 64 KiB. */
    public ConnectOptions highWaterMark(int bytes) {
        this.highWaterMark = SocketSettings.requireHighWaterMark(bytes);
        return this;
    }

    /**
     * Reads into {@code buffer}, from its position to its limit, and lends that to {@code reader}, instead of data events: no
     * garbage, but what is to be kept must be copied. One buffer will do for all sockets of a loop. Position and limit are read
     * during this call only, and set again before each read.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code buffer} has no room, or is read-only
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if its arena is confined to another thread
     */
    public ConnectOptions onRead(ByteBuffer buffer, BufferReader reader) {
        lent = LentBuffer.of(buffer, reader);
        return this;
    }

    /**
     * As {@link #onRead(ByteBuffer, BufferReader)}, with a buffer that is asked for before each read. One that is read-only, or of a
     * closed arena, destroys the socket with ERR_INVALID_ARG_VALUE or EFAULT.
     */
    public ConnectOptions onRead(Supplier<ByteBuffer> buffers, BufferReader reader) {
        lent = new LentBuffer(buffers, reader);
        return this;
    }

    /** Destroys the socket, with code ABORT_ERR, when it is aborted; where it is so already, at once. */
    public ConnectOptions signal(AbortSignal signal) {
        this.signal = UsageException.requireArgument(signal, "signal");
        return this;
    }

    /**
     * Addresses that the socket must not be connected to: ERR_IP_BLOCKED where there is no other. The list itself is asked at each
     * attempt to connect: unlike options, it may be changed at any time.
     */
    public ConnectOptions blockList(BlockList blockList) {
        this.blockList = UsageException.requireArgument(blockList, "blockList");
        return this;
    }

    /**
     * A descriptor that the socket takes over: a TCP or Unix socket that is connected, or that is to be; or an end of a pipe(7)
     * or FIFO, which goes one way only. By default it makes one of its own.
     */
    public ConnectOptions fd(int fd) {
        this.fd = (int) UsageException.requireRange(fd, 0, Integer.MAX_VALUE, "options.fd");
        return this;
    }

    /**
     * A {@link Tcp} or {@link Pipe} of the socket's loop that it takes over, connected or to be connected: bound already, as
     * Node's BoundSocket, for one.
     *
     * @throws UsageException ERR_INVALID_ARG_TYPE where it is null or of another kind
     */
    public ConnectOptions handle(SocketHandle handle) {
        if (handle == null) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE", "The \"options.handle\" property must be a Tcp or a Pipe. Received null");
        }
        this.handle = handle;
        return this;
    }

    /** The options of a connect to a port, if {@code portOrPath} is a number, or else to a path. */
    static ConnectOptions to(String portOrPath) {
        int port = PortText.port(portOrPath);
        ConnectOptions options = new ConnectOptions();
        return port < 0 ? options.path(portOrPath) : options.port(port);
    }

    // ---- reading them

    /** @throws UsageException ERR_MISSING_ARGS where there is neither a port nor a path */
    static ConnectOptions requireDestination(ConnectOptions options) {
        if (UsageException.requireArgument(options, "options").port < 0 && options.path == null) {
            throw new UsageException(
                    "ERR_MISSING_ARGS", "The \"options\" or \"port\" or \"path\" argument must be specified");
        }
        return options;
    }

    /** As these are now, as far as they are of the connect. */
    ConnectOptions ofConnect() {
        ConnectOptions copy = new ConnectOptions();
        copy.host = host;
        copy.port = port;
        copy.path = path;
        copy.localAddress = localAddress;
        copy.localPort = localPort;
        copy.lookupOptions =
                lookupOptions.family() == null && lookupOptions.hints().isEmpty()
                        ? lookupOptions.hints(LookupOptions.Hint.AI_ADDRCONFIG)
                        : lookupOptions;
        copy.lookup = lookup;
        copy.autoSelectFamily = autoSelectFamily;
        copy.attemptTimeoutMillis = attemptTimeoutMillis;
        copy.connectTimeoutMillis = connectTimeoutMillis;
        return copy;
    }

    int port() {
        return port;
    }

    /** Whether all addresses of the host are to be tried. */
    boolean triesAll() {
        return autoSelectFamily && lookupOptions.family() == null && localAddress == null;
    }

    DuplexOptions duplex() {
        DuplexOptions options = DuplexOptions.defaults()
                .allowHalfOpen(allowHalfOpen)
                .highWaterMark(highWaterMark)
                .emitClose(false);
        return fd < 0 ? options : GivenDescriptor.asOpened(fd, options);
    }

    /** Applies what {@code socket} keeps until it is connected. */
    void applyTo(Socket socket) {
        if (noDelay) {
            socket.setNoDelay();
        }
        if (keepAlive.on()) {
            socket.setKeepAlive(keepAlive);
        }
        if (typeOfService >= 0) {
            socket.setTypeOfService(typeOfService);
        }
        if (early != null) {
            early.applyTo(socket::set);
        }
        socket.setTimeout(timeoutMillis);
    }

    /** "localhost:80", or a path; any thread. */
    String destination() {
        boolean six = path == null && host.indexOf(':') >= 0;
        return path != null ? path.replace('\0', '@') : (six ? "[" + host + "]:" : host + ":") + port;
    }

    /** Returns the options that differ from their defaults. */
    @Override
    public String toString() {
        OptionText text = new OptionText("ConnectOptions");
        if (port >= 0 || path != null) {
            text.add("to", destination(), null);
        }
        text.add("fd", fd, -1)
                .add("handle", handle, null)
                .add("localAddress", localAddress, null)
                .add("localPort", localPort, 0)
                .add("family", lookupOptions.family(), null)
                .addFlag("lookup", lookup != null)
                .add("connectTimeoutMillis", connectTimeoutMillis, 0L)
                .add("autoSelectFamily", autoSelectFamily, Net.defaultAutoSelectFamily())
                .addFlag("allowHalfOpen", allowHalfOpen)
                .addFlag("noDelay", noDelay)
                .add("keepAlive", keepAlive, KeepAlive.OFF)
                .add("typeOfService", typeOfService, -1)
                .add("timeoutMillis", timeoutMillis, 0L)
                .add("highWaterMark", highWaterMark, Duplex.DEFAULT_HIGH_WATER_MARK)
                .addFlag("onRead", lent != null)
                .add("blockList", blockList, null)
                .add("signal", signal, null);
        return text.add("options", early, null).toString();
    }
}
