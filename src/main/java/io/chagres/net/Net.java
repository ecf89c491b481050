package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.address.Ip;
import io.chagres.loop.Loop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes servers and connects sockets: the functions of Node's net module.
 *
 * <pre>{@code
 * Server server = Net.createServer(loop, socket -> socket.pipe(socket));
 * server.listen(9297);
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/net.html">Node's net module</a>
 */
public final class Net {

    private static final long MIN_ATTEMPT_TIMEOUT_MILLIS = 10;

    private static volatile boolean autoSelectFamily = true;
    private static volatile long attemptTimeoutMillis = 500;

    private Net() {}

    /** Returns a server without connection listeners: see {@link Server#onConnection}. It does not listen yet. */
    public static Server createServer(Loop loop) {
        return createServer(loop, ServerOptions.defaults());
    }

    /** Returns a server with {@code options}, without connection listeners. It does not listen yet. */
    public static Server createServer(Loop loop, ServerOptions options) {
        return new Server(loop, UsageException.requireArgument(options, "options"));
    }

    /** Returns a server that calls {@code listener} with each connection. It does not listen yet. */
    public static Server createServer(Loop loop, Consumer<? super Socket> listener) {
        return createServer(loop, ServerOptions.defaults(), listener);
    }

    /** Returns a server with {@code options} that calls {@code listener} with each connection. It does not listen yet. */
    public static Server createServer(Loop loop, ServerOptions options, Consumer<? super Socket> listener) {
        return createServer(loop, options).onConnection(UsageException.requireArgument(listener, "listener"));
    }

    // ---- connections

    /** Connects to {@code port} of this machine; see {@link #connect(Loop, SocketOptions, ConnectOptions, Runnable)}. */
    public static Socket connect(Loop loop, int port) {
        return connect(loop, port, (Runnable) null);
    }

    /** Like {@link #connect(Loop, int)}; calls {@code onConnect}, which may be null, once the socket is connected. */
    public static Socket connect(Loop loop, int port, @Nullable Runnable onConnect) {
        return connect(loop, ConnectOptions.to(port), onConnect);
    }

    /** Connects to {@code port} of {@code host}, an IP address or a name to look up. */
    public static Socket connect(Loop loop, int port, String host) {
        return connect(loop, port, host, null);
    }

    /** Like {@link #connect(Loop, int, String)}; calls {@code onConnect}, which may be null, once the socket is connected. */
    public static Socket connect(Loop loop, int port, String host, @Nullable Runnable onConnect) {
        return connect(loop, ConnectOptions.to(host, port), onConnect);
    }

    /** Connects to the Unix socket of a path, or to a port if the text is a number: see {@link Socket#connect(String)}. */
    public static Socket connect(Loop loop, String portOrPath) {
        return connect(loop, portOrPath, null);
    }

    /** Like {@link #connect(Loop, String)}; calls {@code onConnect}, which may be null, once the socket is connected. */
    public static Socket connect(Loop loop, String portOrPath, @Nullable Runnable onConnect) {
        return connect(loop, ConnectOptions.toPortOrPath(portOrPath), onConnect);
    }

    /** Connects as {@code options} say; see {@link #connect(Loop, SocketOptions, ConnectOptions, Runnable)}. */
    public static Socket connect(Loop loop, ConnectOptions options) {
        return connect(loop, options, null);
    }

    /** Connects as {@code options} say, and calls {@code onConnect}, which may be null, once the socket is connected. */
    public static Socket connect(Loop loop, ConnectOptions options, @Nullable Runnable onConnect) {
        return connect(loop, SocketOptions.defaults(), options, onConnect);
    }

    /** Connects a socket that is made with {@code socketOptions}; see {@link #connect(Loop, SocketOptions, ConnectOptions, Runnable)}. */
    public static Socket connect(Loop loop, SocketOptions socketOptions, ConnectOptions options) {
        return connect(loop, socketOptions, options, null);
    }

    /**
     * Makes a socket with {@code socketOptions} and connects it as {@code options} say. Errors of the connect arrive at
     * {@link Socket#onError}.
     *
     * <pre>{@code
     * Socket socket = Net.connect(
     *         loop,
     *         SocketOptions.defaults().noDelay(true),
     *         ConnectOptions.to("example.org", 80),
     *         () -> System.out.println("connected"));
     * }</pre>
     *
     * @param onConnect is called once, when the socket is connected; may be null
     * @return the socket; if its signal is aborted already, it is destroyed and does not connect
     * @throws UsageException those of {@link Socket#Socket(Loop, SocketOptions)} and {@link Socket#connect(ConnectOptions, Runnable)}
     */
    public static Socket connect(
            Loop loop, SocketOptions socketOptions, ConnectOptions options, @Nullable Runnable onConnect) {
        ConnectOptions.require(options);
        Socket socket = new Socket(loop, socketOptions);
        return socket.isDestroyed() ? socket : socket.connect(options, onConnect);
    }

    /** Returns the default of {@link ConnectOptions#autoSelectFamily}; true at first. */
    public static boolean defaultAutoSelectFamily() {
        return autoSelectFamily;
    }

    /** Sets the default of {@link ConnectOptions#autoSelectFamily}, in the whole process, for options that are made after this call. */
    public static void setDefaultAutoSelectFamily(boolean on) {
        autoSelectFamily = on;
    }

    /** Returns the default of {@link ConnectOptions#autoSelectFamilyAttemptTimeoutMillis}; 500 at first. */
    public static long defaultAutoSelectFamilyAttemptTimeoutMillis() {
        return attemptTimeoutMillis;
    }

    /**
     * Sets the default of {@link ConnectOptions#autoSelectFamilyAttemptTimeoutMillis}, in the whole process, for options that are made
     * after this call.
     *
     * @param millis 1 or more; less than 10 become 10
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public static void setDefaultAutoSelectFamilyAttemptTimeoutMillis(long millis) {
        attemptTimeoutMillis = requireAttemptTimeout(millis, "millis");
    }

    static long requireAttemptTimeout(long millis, String name) {
        return Math.max(UsageException.requireRange(millis, 1, Integer.MAX_VALUE, name), MIN_ATTEMPT_TIMEOUT_MILLIS);
    }

    // ---- addresses

    /** Returns 4 or 6 if {@code text} is an IP address of that version, else 0, also for null. */
    public static int isIP(@Nullable String text) {
        return text == null ? 0 : Ip.version(text);
    }

    /** Returns whether {@code text} is an IPv4 address: four decimal numbers, without leading zeros. Null is none. */
    public static boolean isIPv4(@Nullable String text) {
        return isIP(text) == 4;
    }

    /** Returns whether {@code text} is an IPv6 address, with a zone or without. Null is none. */
    public static boolean isIPv6(@Nullable String text) {
        return isIP(text) == 6;
    }
}
