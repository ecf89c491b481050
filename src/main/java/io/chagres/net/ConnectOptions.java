package io.chagres.net;

import io.chagres.loop.UsageException;
import io.chagres.stream.Duplex;

/**
 * Where to connect to, and how the socket shall behave: the options of Node's net.connect.
 *
 * <pre>{@code new ConnectOptions().host("example.org").port(80).noDelay(true)}</pre>
 *
 * @see <a href="https://nodejs.org/api/net.html#socketconnectoptions-connectlistener">socket.connect(options)</a>
 */
public final class ConnectOptions {

    private int port = -1;
    private String host = "localhost";
    private SocketAddress local;
    private boolean allowHalfOpen;
    private boolean noDelay;
    private boolean keepAlive;
    private long keepAliveInitialDelayMillis;
    private long timeoutMillis;
    private int highWaterMark = Duplex.DEFAULT_HIGH_WATER_MARK;

    /** Node's defaults; a port must be given. */
    public ConnectOptions() {
    }

    /** The port to connect to, 0 to 65535. */
    public ConnectOptions port(int port) {
        this.port = SocketAddress.requirePort(port, "options.port");
        return this;
    }

    /** The host, an IP address or a name to look up; by default "localhost". */
    public ConnectOptions host(String host) {
        if (host == null || host.isEmpty()) {
            throw new UsageException("ERR_INVALID_ARG_TYPE",
                "The \"options.host\" property must be a host name or an IP address. Received " + quoted(host));
        }
        this.host = host;
        return this;
    }

    static String quoted(String text) {
        return text == null ? "null" : "'" + text + "'";
    }

    /** The address to connect from; by default the kernel chooses. */
    public ConnectOptions local(SocketAddress local) {
        this.local = local;
        return this;
    }

    /** Whether writing may go on when the peer has ended; by default the socket ends itself a tick after the peer. */
    public ConnectOptions allowHalfOpen(boolean allow) {
        this.allowHalfOpen = allow;
        return this;
    }

    /** See {@link Socket#setNoDelay}; by default false. */
    public ConnectOptions noDelay(boolean on) {
        this.noDelay = on;
        return this;
    }

    /** See {@link Socket#setKeepAlive}; by default off. */
    public ConnectOptions keepAlive(boolean on, long initialDelayMillis) {
        this.keepAlive = on;
        this.keepAliveInitialDelayMillis = initialDelayMillis;
        return this;
    }

    /** See {@link Socket#setTimeout}; by default 0, none. It counts from the beginning of the connect. */
    public ConnectOptions timeoutMillis(long millis) {
        this.timeoutMillis = millis;
        return this;
    }

    /** How many bytes each direction buffers before it asks for a pause; by default 64 KiB. */
    public ConnectOptions highWaterMark(int bytes) {
        this.highWaterMark = SocketSettings.requireHighWaterMark(bytes);
        return this;
    }

    int port() {
        if (port < 0) {
            throw new UsageException("ERR_MISSING_ARGS", "The \"options\" or \"port\" or \"path\" argument must be specified");
        }
        return port;
    }

    String host() {
        return host;
    }

    SocketAddress local() {
        return local;
    }

    Duplex.Options duplex() {
        return new Duplex.Options(allowHalfOpen, highWaterMark, highWaterMark, false);
    }

    /** Applies what {@code socket} keeps until it is connected. */
    void applyTo(Socket socket) {
        socket.setNoDelay(noDelay);
        if (keepAlive) {
            socket.setKeepAlive(true, keepAliveInitialDelayMillis);
        }
        if (timeoutMillis > 0) {
            socket.setTimeout(timeoutMillis);
        }
    }
}
