package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * TLS clients and servers: the functions of Node's tls module, on the JDK's own engine.
 *
 * <pre>{@code
 * SecureContext context = SecureContext.of(
 *         SecureContextOptions.defaults().certificate(Files.readString(chain), Files.readString(key)));
 * Tls.createServer(loop, TlsServerOptions.of(context), socket -> socket.pipe(socket)).listen(8443);
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/tls.html">Node: tls</a>
 */
public final class Tls {

    private Tls() {}

    /** Connects to {@code port} of {@code host}, which must prove its name; see {@link #connect(Loop, ConnectOptions, TlsClientOptions, Runnable)}. */
    public static TlsSocket connect(Loop loop, int port, String host, @Nullable Runnable onSecureConnect) {
        return connect(loop, ConnectOptions.to(host, port), TlsClientOptions.defaults(), onSecureConnect);
    }

    /** Connects with a socket that has the default options; see {@link #connect(Loop, SocketOptions, ConnectOptions, TlsClientOptions, Runnable)}. */
    public static TlsSocket connect(
            Loop loop, ConnectOptions where, TlsClientOptions options, @Nullable Runnable onSecureConnect) {
        return connect(loop, SocketOptions.defaults(), where, options, onSecureConnect);
    }

    /**
     * Connects as {@code where} says, and begins the handshake when the socket is connected. The server must prove the name of {@link
     * TlsClientOptions#servername}, or else the host of {@code where}. Errors of the connect and of the handshake arrive at {@link
     * TlsSocket#onError}.
     *
     * @param onSecureConnect called once, when the handshake has finished and the server is the right one; may be null
     * @throws UsageException ERR_MISSING_ARGS for a Unix socket without a {@code servername}; those of {@link Net#connect}
     * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">tls.connect</a>
     */
    public static TlsSocket connect(
            Loop loop,
            SocketOptions socketOptions,
            ConnectOptions where,
            TlsClientOptions options,
            @Nullable Runnable onSecureConnect) {
        UsageException.requireArgument(socketOptions, "socketOptions");
        UsageException.requireArgument(options, "options");
        String host = UsageException.requireArgument(where, "where").host();
        TlsClientOptions named =
                options.servername() == null && host != null ? options.servername(nameOf(host)) : options;
        Socket below = Net.connect(loop, socketOptions.allowHalfOpen(true), where, null);
        TlsSocket socket = TlsSocket.client(below, named);
        if (onSecureConnect != null) {
            socket.onSecureConnect(new Runnable() {
                @Override
                public void run() {
                    socket.offSecureConnect(this);
                    onSecureConnect.run();
                }
            });
        }
        return socket;
    }

    /** Returns {@code host} without the dot at the end, which a fully qualified name may have and a certificate has not. */
    private static String nameOf(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** Makes a server; see {@link #createServer(Loop, ServerOptions, TlsServerOptions, Consumer)}. */
    public static TlsServer createServer(
            Loop loop, TlsServerOptions options, @Nullable Consumer<? super TlsSocket> onSecureConnection) {
        return createServer(loop, ServerOptions.defaults(), options, onSecureConnection);
    }

    /**
     * Makes a server that is not listening yet.
     *
     * @param serverOptions those of the connections below; {@code allowHalfOpen} of it has no effect, that of {@code options} counts
     * @param onSecureConnection called for each connection whose handshake has finished; may be null
     * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">tls.createServer</a>
     */
    public static TlsServer createServer(
            Loop loop,
            ServerOptions serverOptions,
            TlsServerOptions options,
            @Nullable Consumer<? super TlsSocket> onSecureConnection) {
        TlsServer server = new TlsServer(loop, serverOptions, options);
        if (onSecureConnection != null) {
            server.onSecureConnection(onSecureConnection);
        }
        return server;
    }

    /**
     * Checks that {@code certificate} is one of {@code host}, as Node does: by the names and addresses of its subjectAltName, and only
     * if there are none of these by its common name. A star stands for the leftmost label, or a part of it.
     *
     * @return null if it is; else ERR_TLS_CERT_ALTNAME_INVALID, with the names that it has
     * @see <a href="https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert">tls.checkServerIdentity</a>
     */
    public static @Nullable ChagresException checkServerIdentity(String host, X509Certificate certificate) {
        return ServerIdentity.check(
                UsageException.requireArgument(host, "host"),
                UsageException.requireArgument(certificate, "certificate"));
    }

    /** Returns the roots that the JDK trusts, which {@link SecureContext#defaults()} trusts. */
    public static List<X509Certificate> rootCertificates() {
        return SecureContext.rootCertificates();
    }

    /** Returns the names of the cipher suites that are on by default, the preferred ones first. */
    public static List<String> ciphers() {
        return CipherNames.DEFAULTS;
    }
}
