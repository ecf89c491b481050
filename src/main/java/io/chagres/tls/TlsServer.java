package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server over TLS: tls.Server. It is made by {@link Tls#createServer}. It makes a {@link TlsSocket} of each connection of a {@link
 * Server}, which it has: {@link #server()} is for all that has nothing to do with TLS.
 *
 * <pre>{@code
 * TlsServer server = Tls.createServer(loop, TlsServerOptions.of(context), socket -> socket.pipe(socket));
 * server.onTlsClientError((error, socket) -> log(error + " from " + socket.remoteAddress()));
 * server.listen(8443, () -> System.out.println("listening on " + server.address()));
 * Signal.on(loop, "HUP", () -> server.setSecureContext(load())); // a certificate is renewed without a restart
 * }</pre>
 *
 * <p>{@link Server#close(Duration)} ends idle connections with a close_notify. One whose handshake has not finished is not idle.
 *
 * <p>In a {@code LoopGroup}, the maker of a loop's server returns {@code Tls.createServer(...).server()}.
 *
 * @see <a href="https://nodejs.org/api/tls.html#class-tlsserver">tls.Server</a>
 */
public final class TlsServer {

    private final Server server;
    private final LoopCore core;
    private final Map<String, SecureContext> contexts = new LinkedHashMap<>();
    private TlsServerOptions options;

    private @Nullable Listeners<Consumer<? super TlsSocket>> secureListeners;
    private @Nullable Listeners<TlsClientErrorListener> errorListeners;

    TlsServer(Loop loop, ServerOptions serverOptions, TlsServerOptions options) {
        this.options = UsageException.requireArgument(options, "options");
        UsageException.requireArgument(serverOptions, "serverOptions");
        // the close_notify of a client, with the FIN behind it, must not end the answer: TlsSocket has an option of its
        // own
        server = Net.createServer(loop, serverOptions.allowHalfOpen(true), this::accepted);
        core = LoopCore.of(loop);
    }

    private void accepted(Socket socket) {
        TlsSocket secure = TlsSocket.server(socket, current());
        Consumer<ChagresException> failed = error -> clientFailed(error, secure);
        secure.onError(failed);
        secure.onSecureConnect(new Runnable() {
            @Override
            public void run() {
                secure.offError(failed);
                secure.offSecureConnect(this);
                emitSecure(secure);
            }
        });
    }

    private TlsServerOptions current() {
        return contexts.isEmpty() || options.sni() != null ? options : options.sni(this::choose);
    }

    private void emitSecure(TlsSocket socket) {
        try {
            for (var at = secureListeners; at != null; at = at.next()) {
                at.listener().accept(socket);
            }
        } catch (Throwable thrown) {
            socket.destroy();
            core.callbacks().raise(thrown);
        }
    }

    private void clientFailed(ChagresException error, TlsSocket socket) {
        for (var at = errorListeners; at != null; at = at.next()) {
            at.listener().onTlsClientError(error, socket);
        }
    }

    // ---- certificates

    /**
     * Uses {@code context} for the connections that are accepted from now on: a new certificate, without a restart. Sessions of the
     * earlier context are not resumed with the new one; their clients make a full handshake.
     *
     * @see <a href="https://nodejs.org/api/tls.html#serversetsecurecontextoptions">server.setSecureContext</a>
     */
    public TlsServer setSecureContext(SecureContext context) {
        core.checkThread();
        options = options.secureContext(context);
        return this;
    }

    /**
     * Uses {@code context} for clients that ask for {@code hostname}: {@code "example.org"}, or {@code "*.example.org"} for one label in
     * the place of the star. The latest context that fits counts. The names are not asked if there is an {@link TlsServerOptions#sni}
     * callback.
     *
     * @throws UsageException ERR_TLS_REQUIRED_SERVER_NAME if {@code hostname} is empty; EINVAL if an argument is null
     * @see <a href="https://nodejs.org/api/tls.html#serveraddcontexthostname-context">server.addContext</a>
     */
    public TlsServer addContext(String hostname, SecureContext context) {
        core.checkThread();
        UsageException.requireArgument(context, "context");
        if (UsageException.requireArgument(hostname, "hostname").isEmpty()) {
            throw new UsageException(
                    "ERR_TLS_REQUIRED_SERVER_NAME", "\"servername\" is required parameter for Server.addContext");
        }
        String name = hostname.toLowerCase(Locale.ROOT);
        contexts.remove(name);
        contexts.put(name, context);
        return this;
    }

    private void choose(String servername, SniAnswer answer) {
        SecureContext chosen = null;
        String name = servername.toLowerCase(Locale.ROOT);
        for (var entry : contexts.entrySet()) {
            if (fits(entry.getKey(), name)) {
                chosen = entry.getValue();
            }
        }
        answer.use(chosen);
    }

    private static boolean fits(String pattern, String name) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        int dot = name.indexOf('.');
        return dot > 0 && name.substring(dot).equals(pattern.substring(1));
    }

    // ---- the server below

    /** Returns the server below. Its connection listeners get the sockets before their handshakes. */
    public Server server() {
        return server;
    }

    /** Listens on {@code port} of all addresses, 0 for a free one, see {@link Server#listen(ListenOptions, Runnable)}. */
    public TlsServer listen(int port) {
        return listen(ListenOptions.at(port), null);
    }

    /** Listens on {@code port} of all addresses; {@code onListening}, which may be null, is called once, when it listens. */
    public TlsServer listen(int port, @Nullable Runnable onListening) {
        return listen(ListenOptions.at(port), onListening);
    }

    /** Listens on {@code port} of {@code host}, null for all addresses; {@code onListening}, which may be null, is called once, when it listens. */
    public TlsServer listen(int port, @Nullable String host, @Nullable Runnable onListening) {
        return listen(ListenOptions.at(host, port), onListening);
    }

    /** Listens as {@code where} says, see {@link Server#listen(ListenOptions, Runnable)}. */
    public TlsServer listen(ListenOptions where, @Nullable Runnable onListening) {
        server.listen(where, onListening);
        return this;
    }

    /** Returns the address that it listens on, see {@link Server#address()}. */
    public @Nullable SocketAddress address() {
        return server.address();
    }

    /** Stops listening, see {@link Server#close()}. */
    public TlsServer close() {
        server.close();
        return this;
    }

    /** Stops listening, and gives the connections {@code grace} to end, see {@link Server#close(Duration)}. */
    public TlsServer close(Duration grace) {
        server.close(grace);
        return this;
    }

    // ---- events

    /**
     * Adds a listener for connections whose handshake has finished. If it throws, the connection is destroyed, the remaining listeners are
     * not called, and the loop's uncaught handler gets the exception.
     */
    public TlsServer onSecureConnection(Consumer<? super TlsSocket> listener) {
        core.checkThread();
        secureListeners = Listeners.add(secureListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Removes a listener of {@link #onSecureConnection}. */
    public void offSecureConnection(Consumer<? super TlsSocket> listener) {
        core.checkThread();
        secureListeners = Listeners.remove(secureListeners, UsageException.requireArgument(listener, "listener"));
    }

    /**
     * Adds a listener for connections that fail before they are secure. The connection is destroyed already. Without a listener they are
     * ignored: a server must not end because of what a stranger sends.
     */
    public TlsServer onTlsClientError(TlsClientErrorListener listener) {
        core.checkThread();
        errorListeners = Listeners.add(errorListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Removes a listener of {@link #onTlsClientError}. */
    public void offTlsClientError(TlsClientErrorListener listener) {
        core.checkThread();
        errorListeners = Listeners.remove(errorListeners, UsageException.requireArgument(listener, "listener"));
    }

    /** Returns the text of the server below, as in "TlsServer over Server (listening on 127.0.0.1:443, 3 connections)". */
    @Override
    public String toString() {
        return "TlsServer over " + server;
    }
}
