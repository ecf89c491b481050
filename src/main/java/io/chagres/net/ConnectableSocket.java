package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.stream.DuplexOptions;
import java.util.List;

/** How a socket connects. */
abstract sealed class ConnectableSocket extends SocketControls permits Socket {

    /** The way to the connection; null where it is on none. */
    Opening opening;

    ConnectableSocket(Loop loop, DuplexOptions options) {
        super(loop, options);
    }

    abstract boolean isConnected();

    /** Its close has come, and it is as good as new. */
    abstract void beginAnew();

    /** Connects to {@code port} of this machine; see {@link #connect(ConnectOptions, Runnable)}. */
    public Socket connect(int port) {
        return connect(port, (Runnable) null);
    }

    /** As {@link #connect(int)}; {@code onConnect} runs once, when it is connected. */
    public Socket connect(int port, Runnable onConnect) {
        return connect(ConnectOptions.to(port), onConnect);
    }

    /** Connects to {@code port} of {@code host}, an IP address or a name to look up. */
    public Socket connect(int port, String host) {
        return connect(port, host, null);
    }

    /** As {@link #connect(int, String)}; {@code onConnect} runs once, when it is connected. */
    public Socket connect(int port, String host, Runnable onConnect) {
        return connect(ConnectOptions.to(host, port), onConnect);
    }

    /**
     * Connects to the Unix socket of that path, see {@link ConnectOptions#toPath}; or, as in Node, to that port of this machine if
     * the text is a number, "9297" or "0x2451". The Unix socket of such a name is "./9297".
     *
     * @throws UsageException ERR_SOCKET_BAD_PORT if it is a number above 65535
     */
    public Socket connect(String portOrPath) {
        return connect(portOrPath, null);
    }

    /** As {@link #connect(String)}; {@code onConnect} runs once, when it is connected. */
    public Socket connect(String portOrPath, Runnable onConnect) {
        return connect(ConnectOptions.toPortOrPath(portOrPath), onConnect);
    }

    /** As {@link #connect(ConnectOptions, Runnable)}. */
    public Socket connect(ConnectOptions options) {
        return connect(options, null);
    }

    /**
     * Connects as {@code options} say. What goes wrong from here on arrives at {@link #onError}; what is written meanwhile goes
     * out when it is connected.
     *
     * <p>A socket whose close event has come may be connected again. What its user has set stays: listeners, options of the
     * kernel's socket, {@link #ref()} and {@link #unref()}, a block list, a signal that is not aborted yet, and the last call of
     * {@link #pause()} or {@link #resume()}. Everything else is as in a new socket. The timeout ends with the connection, as in
     * Node, and so do pipes: they must be set again.
     *
     * @param onConnect runs once, when it is connected; may be null
     * @throws UsageException ERR_MISSING_ARGS if {@code options} is null; EALREADY while the socket connects; EISCONN while it is
     *     connected; ERR_STREAM_DESTROYED if it was destroyed and its close event has not been emitted
     */
    public Socket connect(ConnectOptions options, Runnable onConnect) {
        checkThread();
        ConnectOptions.require(options);
        requireUnconnected();
        client().requireKind(options.path() != null);
        if (isDestroyed()) {
            beginAnew();
        }
        client().attempted = List.of();
        opening = new Opening(self(), options);
        touch();
        begin();
        if (isConnecting() && options.timeoutMillis() > 0) {
            setTimeout(options.timeoutMillis());
        }
        if (onConnect != null && isConnecting()) {
            onceConnect(onConnect);
        }
        return self();
    }

    /** Where the user's lookup throws there is no connect, and no callback. */
    private void begin() {
        Opening begun = opening;
        try {
            begun.begin();
        } catch (Throwable thrown) {
            begun.cancel();
            opening = null;
            throw thrown;
        }
    }

    private void requireUnconnected() {
        if (opening != null) {
            throw new UsageException("EALREADY", "connect on a socket that connects: " + this);
        }
        if (isConnected()) {
            throw new UsageException("EISCONN", "connect on a socket that is connected: " + this);
        }
        if (isDestroyed() && !isClosed()) {
            throw new UsageException(
                    "ERR_STREAM_DESTROYED", "connect on a socket that was destroyed, before its close: " + this);
        }
    }

    /** Whether it is not connected yet, and going to be. */
    public boolean isConnecting() {
        checkThread();
        return opening != null;
    }

    /** The addresses that were tried, where the last connect had several to try; else none. */
    public List<SocketAddress> autoSelectFamilyAttemptedAddresses() {
        checkThread();
        return clientOrNull() == null ? List.of() : List.copyOf(clientOrNull().attempted);
    }
}
