package io.chagres.net;

import io.chagres.loop.Loop;
import io.chagres.loop.UsageException;
import java.util.function.Consumer;

/**
 * The way in: servers and connections.
 *
 * <pre>{@code
 * Server server = Net.createServer(loop, socket -> socket.pipe(socket));
 * server.listen(9297);
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/net.html">Node's net module</a>
 */
public final class Net {

    private Net() {
    }

    /** A server that nobody hears of connections from yet: see {@link Server#onConnection}. */
    public static Server createServer(Loop loop) {
        return createServer(loop, new ServerOptions());
    }

    /** As {@link #createServer(Loop)}, with options for its sockets. */
    public static Server createServer(Loop loop, ServerOptions options) {
        return new Server(loop, UsageException.requireArgument(options, "options"));
    }

    /** A server that hands each connection to {@code listener}; it does not listen yet. */
    public static Server createServer(Loop loop, Consumer<? super Socket> listener) {
        return createServer(loop, new ServerOptions(), listener);
    }

    /** As {@link #createServer(Loop, Consumer)}, with options for its sockets. */
    public static Server createServer(Loop loop, ServerOptions options, Consumer<? super Socket> listener) {
        return createServer(loop, options)
            .onConnection(UsageException.requireArgument(listener, "listener"));
    }

    /** Connects to {@code port} of this machine. */
    public static Socket connect(Loop loop, int port) {
        return connect(loop, new ConnectOptions().port(port), null);
    }

    /** Connects to {@code port} of {@code host}, an IP address or a name to look up. */
    public static Socket connect(Loop loop, int port, String host) {
        return connect(loop, new ConnectOptions().port(port).host(host), null);
    }

    /** As {@link #connect(Loop, int, String)}; {@code onConnect} runs when it is connected. */
    public static Socket connect(Loop loop, int port, String host, Runnable onConnect) {
        return connect(loop, new ConnectOptions().port(port).host(host), onConnect);
    }

    /**
     * Connects as {@code options} say. What goes wrong from here on arrives at {@link Socket#onError}.
     *
     * @param onConnect runs when it is connected; may be null
     */
    public static Socket connect(Loop loop, ConnectOptions options, Runnable onConnect) {
        int port = UsageException.requireArgument(options, "options").port();
        Socket socket = new Socket(loop, options.duplex());
        options.applyTo(socket);
        if (onConnect != null) {
            socket.onConnect(onConnect);
        }
        socket.connect(options.host(), port, options.local());
        return socket;
    }

    /** 4 or 6 where {@code text} is an IP address, else 0. */
    public static int isIP(String text) {
        return text == null ? 0 : Ip.version(text);
    }

    /** Whether {@code text} is an IPv4 address: four decimal numbers, without leading zeros. */
    public static boolean isIPv4(String text) {
        return isIP(text) == 4;
    }

    /** Whether {@code text} is an IPv6 address, with a zone or without. */
    public static boolean isIPv6(String text) {
        return isIP(text) == 6;
    }
}
