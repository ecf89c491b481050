package io.chagres.tls;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import io.chagres.stream.DuplexOptions;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of TLS for a server: those of Node's tls.createServer that concern TLS. Options are immutable: each method returns a changed
 * copy.
 *
 * <pre>{@code
 * SecureContext context = SecureContext.of(SecureContextOptions.defaults().certificate(chainPem, keyPem));
 * TlsServerOptions options = TlsServerOptions.of(context).alpn("http/1.1");
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">tls.createServer</a>
 */
@CheckReturnValue
public final class TlsServerOptions {

    /** Node's default. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(120);

    private static final class Values implements Cloneable {
        private SecureContext secureContext;
        private @Nullable SniCallback sni;
        private List<String> alpn = List.of();
        private @Nullable AlpnCallback alpnCallback;
        private boolean requestCert;
        private boolean rejectUnauthorized = true;
        private Duration handshakeTimeout = DEFAULT_TIMEOUT;
        private boolean requireCloseNotify = true;
        private DuplexOptions duplex = DuplexOptions.defaults().allowHalfOpen(false);

        private Values(SecureContext secureContext) {
            this.secureContext = secureContext;
        }

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private TlsServerOptions(Values values) {
        this.values = values;
    }

    private TlsServerOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new TlsServerOptions(changed);
    }

    /**
     * Returns Node's defaults, with the context that has the certificate of the server. A context without one is right only for a
     * server whose {@link #sni} callback always has another.
     */
    public static TlsServerOptions of(SecureContext context) {
        return new TlsServerOptions(new Values(UsageException.requireArgument(context, "context")));
    }

    /** Sets the context, see {@link #of}. A server changes it while it runs with {@link TlsServer#setSecureContext}. */
    public TlsServerOptions secureContext(SecureContext context) {
        UsageException.requireArgument(context, "context");
        return with(values -> values.secureContext = context);
    }

    /**
     * Sets the callback that chooses the context by the name that a client asks for. It is called on the loop thread, once a
     * connection, before the handshake, and may answer later: the client waits. It is not called for a client that names no server.
     */
    public TlsServerOptions sni(SniCallback callback) {
        UsageException.requireArgument(callback, "callback");
        return with(values -> values.sni = callback);
    }

    /**
     * Sets the protocols that the server speaks, in the order of preference; none by default. A client that offers only others is refused
     * with the alert no_application_protocol. One that offers none is served.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if a name is empty, or longer than 255 bytes; ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS if
     *     there is a callback
     */
    public TlsServerOptions alpn(String... protocols) {
        List<String> list = TlsNames.requireProtocols(protocols);
        requireOne(values.alpnCallback != null && !list.isEmpty());
        return with(values -> values.alpn = list);
    }

    /**
     * Sets the callback that chooses the protocol. It is called on the loop thread, before the handshake, if a client offers protocols.
     *
     * @throws UsageException ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS if there is a list, {@link #alpn(String...)}
     */
    public TlsServerOptions alpn(AlpnCallback callback) {
        UsageException.requireArgument(callback, "callback");
        requireOne(!values.alpn.isEmpty());
        return with(values -> values.alpnCallback = callback);
    }

    private static void requireOne(boolean both) {
        if (both) {
            throw new UsageException(
                    "ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS",
                    "The ALPNCallback and ALPNProtocols TLS options are mutually exclusive");
        }
    }

    /** Sets whether clients are asked for a certificate; false by default. See {@link #rejectUnauthorized}. */
    public TlsServerOptions requestCert(boolean request) {
        return with(values -> values.requestCert = request);
    }

    /**
     * Sets whether a client that was {@linkplain #requestCert asked} for a certificate, and has none or one that is not trusted, is
     * refused; true by default. If false, {@link TlsSocket#isAuthorized()} tells them apart.
     */
    public TlsServerOptions rejectUnauthorized(boolean reject) {
        return with(values -> values.rejectUnauthorized = reject);
    }

    /**
     * Sets the time in which the handshake must finish; zero for no limit. It is 120 seconds by default. The error is ERR_TLS_HANDSHAKE_TIMEOUT. The time
     * counts from the moment at which the stream is made, and its timer does not keep the loop alive.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code limit} is negative
     */
    public TlsServerOptions handshakeTimeout(Duration limit) {
        TlsNames.requireNotNegative(limit, "limit");
        return with(values -> values.handshakeTimeout = limit);
    }

    /** Sets whether the stream can still be written after the peer has ended; if not, it ends itself a tick after the peer. False by default. */
    public TlsServerOptions allowHalfOpen(boolean allow) {
        return with(values -> values.duplex = values.duplex.allowHalfOpen(allow));
    }

    /**
     * Sets the high-water mark of both directions, in bytes of plain text; 64 KiB by default.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code bytes} is negative
     */
    public TlsServerOptions highWaterMark(int bytes) {
        DuplexOptions marked = values.duplex.highWaterMark(bytes);
        return with(values -> values.duplex = marked);
    }

    /**
     * Sets whether an end without a close_notify is an error, ERR_SSL_UNEXPECTED_EOF_WHILE_READING; true by default. Anyone on the way can
     * end a TCP connection: without the check, a message that has no length of its own can be cut unnoticed. Peers that never send a
     * close_notify exist; set it to false for a protocol that knows the length of its messages, such as HTTP.
     *
     * <p>Many clients end without a close_notify once they have the whole answer: that is no error if the server has ended before. An end
     * inside a record is always an error.
     */
    public TlsServerOptions requireCloseNotify(boolean require) {
        return with(values -> values.requireCloseNotify = require);
    }

    // ---- for the handshake

    SecureContext secureContext() {
        return values.secureContext;
    }

    @Nullable
    SniCallback sni() {
        return values.sni;
    }

    List<String> alpn() {
        return values.alpn;
    }

    @Nullable
    AlpnCallback alpnCallback() {
        return values.alpnCallback;
    }

    /** Returns whether a callback has to know the hello of the client. */
    boolean readsHello() {
        return values.sni != null || values.alpnCallback != null;
    }

    boolean requestCert() {
        return values.requestCert;
    }

    boolean rejectUnauthorized() {
        return values.rejectUnauthorized;
    }

    Duration handshakeTimeout() {
        return values.handshakeTimeout;
    }

    boolean requireCloseNotify() {
        return values.requireCloseNotify;
    }

    DuplexOptions duplex() {
        return values.duplex;
    }

    private List<Object> list() {
        return List.of(
                values.secureContext,
                String.valueOf(values.sni),
                values.alpn,
                String.valueOf(values.alpnCallback),
                values.requestCert,
                values.rejectUnauthorized,
                values.handshakeTimeout,
                values.requireCloseNotify,
                values.duplex);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TlsServerOptions options
                && values.sni == options.values.sni
                && values.alpnCallback == options.values.alpnCallback
                && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns the options, as in "TlsServerOptions (secureContext ..., alpn [http/1.1], requestCert, rejectUnauthorized)". */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "TlsServerOptions (", ")");
        TlsNames.add(text, "secureContext", values.secureContext);
        TlsNames.add(text, "sni", values.sni);
        TlsNames.add(text, "alpn", values.alpn.isEmpty() ? values.alpnCallback : values.alpn);
        if (values.requestCert) {
            text.add("requestCert").add(values.rejectUnauthorized ? "rejectUnauthorized" : "authorizes anyone");
        }
        text.add("handshakeTimeout " + values.handshakeTimeout);
        text.add(values.requireCloseNotify ? "requireCloseNotify" : "any end");
        return text.add(values.duplex.toString()).toString();
    }
}
