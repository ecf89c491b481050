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
 * The options of TLS for a client: those of Node's tls.connect that concern TLS. Where to connect to is said by {@link
 * io.chagres.net.ConnectOptions}. Options are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * TlsClientOptions.defaults().alpn("http/1.1").secureContext(SecureContext.of(SecureContextOptions.defaults().ca(pem)))
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">tls.connect</a>
 */
@CheckReturnValue
public final class TlsClientOptions {

    private static final TlsClientOptions DEFAULTS = new TlsClientOptions(new Values());

    private static final class Values implements Cloneable {
        private @Nullable SecureContext secureContext;
        private @Nullable String servername;
        private List<String> alpn = List.of();
        private boolean rejectUnauthorized = true;
        private @Nullable ServerIdentityCheck identityCheck;
        private Duration handshakeTimeout = Duration.ZERO;
        private boolean requireCloseNotify = true;
        private DuplexOptions duplex = DuplexOptions.defaults().allowHalfOpen(false);

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private TlsClientOptions(Values values) {
        this.values = values;
    }

    private TlsClientOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new TlsClientOptions(changed);
    }

    /** Returns the defaults: the roots of the JDK, TLS 1.2 and 1.3, and a server that must prove its name. */
    public static TlsClientOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets the context, which has the trusted roots and, if a server asks for one, the certificate of this client. {@link
     * SecureContext#defaults()} by default. Connections with the same context to the same name and port resume each other's sessions.
     */
    public TlsClientOptions secureContext(SecureContext context) {
        UsageException.requireArgument(context, "context");
        return with(values -> values.secureContext = context);
    }

    /**
     * Sets the name that the server must prove, and that it is sent in the server_name extension. By default it is the host of the
     * connect. For an IP address, no extension is sent.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if it is neither a host name in ASCII nor an IP address
     */
    public TlsClientOptions servername(String name) {
        TlsNames.requireServername(name);
        return with(values -> values.servername = name);
    }

    /**
     * Sets the protocols that are offered by ALPN, in the order of preference; none by default. {@link TlsSocket#alpnProtocol()} is the
     * choice of the server.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if a name is empty, or longer than 255 bytes
     */
    public TlsClientOptions alpn(String... protocols) {
        List<String> list = TlsNames.requireProtocols(protocols);
        return with(values -> values.alpn = list);
    }

    /**
     * Sets whether a server that does not prove who it is fails the connection; true by default. If false, {@link
     * TlsSocket#authorizationError()} has the reason, and the program decides. Without a check, anyone on the way can read and change
     * everything.
     */
    public TlsClientOptions rejectUnauthorized(boolean reject) {
        return with(values -> values.rejectUnauthorized = reject);
    }

    /**
     * Sets the check of the server's name, which runs on the loop thread after the chain was found in order; {@link
     * Tls#checkServerIdentity} by default.
     */
    public TlsClientOptions checkServerIdentity(ServerIdentityCheck check) {
        UsageException.requireArgument(check, "check");
        return with(values -> values.identityCheck = check);
    }

    /**
     * Sets the time in which the handshake must finish; zero for no limit. There is none by default. The error is ERR_TLS_HANDSHAKE_TIMEOUT. The time
     * counts from the moment at which the stream is made, and its timer does not keep the loop alive.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code limit} is negative
     */
    public TlsClientOptions handshakeTimeout(Duration limit) {
        TlsNames.requireNotNegative(limit, "limit");
        return with(values -> values.handshakeTimeout = limit);
    }

    /** Sets whether the stream can still be written after the peer has ended; if not, it ends itself a tick after the peer. False by default. */
    public TlsClientOptions allowHalfOpen(boolean allow) {
        return with(values -> values.duplex = values.duplex.allowHalfOpen(allow));
    }

    /**
     * Sets the high-water mark of both directions, in bytes of plain text; 64 KiB by default.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code bytes} is negative
     */
    public TlsClientOptions highWaterMark(int bytes) {
        DuplexOptions marked = values.duplex.highWaterMark(bytes);
        return with(values -> values.duplex = marked);
    }

    /**
     * Sets whether an end without a close_notify is an error, ERR_SSL_UNEXPECTED_EOF_WHILE_READING; true by default. Anyone on the way can
     * end a TCP connection: without the check, a message that has no length of its own can be cut unnoticed. Peers that never send a
     * close_notify exist; set it to false for a protocol that knows the length of its messages, such as HTTP.
     *
     * <p>An end inside a record is always an error.
     */
    public TlsClientOptions requireCloseNotify(boolean require) {
        return with(values -> values.requireCloseNotify = require);
    }

    // ---- for the handshake

    SecureContext secureContext() {
        return values.secureContext != null ? values.secureContext : SecureContext.defaults();
    }

    @Nullable
    String servername() {
        return values.servername;
    }

    List<String> alpn() {
        return values.alpn;
    }

    boolean rejectUnauthorized() {
        return values.rejectUnauthorized;
    }

    ServerIdentityCheck identityCheck() {
        return values.identityCheck != null ? values.identityCheck : Tls::checkServerIdentity;
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
                String.valueOf(values.secureContext),
                String.valueOf(values.servername),
                values.alpn,
                values.rejectUnauthorized,
                String.valueOf(values.identityCheck),
                values.handshakeTimeout,
                values.requireCloseNotify,
                values.duplex);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TlsClientOptions options
                && values.secureContext == options.values.secureContext
                && values.identityCheck == options.values.identityCheck
                && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns the options that were set, as in "TlsClientOptions (servername example.org, alpn [h2], rejectUnauthorized)". */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "TlsClientOptions (", ")");
        TlsNames.add(text, "secureContext", values.secureContext);
        TlsNames.add(text, "servername", values.servername);
        TlsNames.add(text, "alpn", values.alpn.isEmpty() ? null : values.alpn);
        text.add(values.rejectUnauthorized ? "rejectUnauthorized" : "authorizes anyone");
        TlsNames.add(text, "checkServerIdentity", values.identityCheck);
        TlsNames.add(text, "handshakeTimeout", values.handshakeTimeout.isZero() ? null : values.handshakeTimeout);
        text.add(values.requireCloseNotify ? "requireCloseNotify" : "any end");
        return text.add(values.duplex.toString()).toString();
    }
}
