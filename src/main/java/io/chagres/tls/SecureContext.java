package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Certificates, keys, trusted authorities, versions and cipher suites, read and checked once and used for many connections. It is
 * immutable and belongs to no loop: any thread may use it. The sessions that can be resumed are kept in it, so connections that must
 * resume each other's sessions must share a context.
 *
 * <pre>{@code
 * SecureContext context = SecureContext.of(SecureContextOptions.defaults().certificate(chainPem, keyPem));
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions">tls.createSecureContext</a>
 */
public final class SecureContext {

    private static final class Shared {
        static final SecureContext DEFAULTS = of(SecureContextOptions.defaults());
    }

    private final SSLContext context;
    /** Null for the user's own SSLContext. */
    private final @Nullable SecureContextOptions options;

    private final @Nullable PeerTrust trust;
    private final Map<SSLEngine, PeerCheck> checks;
    private final String[] protocols;

    private SecureContext(
            SSLContext context,
            @Nullable SecureContextOptions options,
            @Nullable PeerTrust trust,
            Map<SSLEngine, PeerCheck> checks,
            String[] protocols) {
        this.context = context;
        this.options = options;
        this.trust = trust;
        this.checks = checks;
        this.protocols = protocols;
    }

    /**
     * Creates a context.
     *
     * @throws UsageException ERR_SSL_NO_CIPHER_MATCH if no version between minVersion and maxVersion has a cipher suite
     */
    public static SecureContext of(SecureContextOptions options) {
        UsageException.requireArgument(options, "options");
        String[] protocols = protocols(options);
        Map<SSLEngine, PeerCheck> checks = new ConcurrentHashMap<>();
        try {
            PeerTrust trust = new PeerTrust(TrustRules.of(options.authorities(), options.revocations()), checks);
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = {new IdentityKeys(options.identities(), checks)};
            context.init(keys, new TrustManager[] {trust}, null);
            applySessions(options, context.getClientSessionContext());
            applySessions(options, context.getServerSessionContext());
            return new SecureContext(context, options, trust, checks, protocols);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no TLS", e);
        }
    }

    private static String[] protocols(SecureContextOptions options) {
        String[] protocols = Stream.of(TlsVersion.values())
                .filter(version -> version.compareTo(options.minVersion()) >= 0)
                .filter(version -> version.compareTo(options.maxVersion()) <= 0)
                .filter(version -> CipherNames.hasAny(version, options.ciphers()))
                .map(TlsVersion::protocol)
                .toArray(String[]::new);
        if (protocols.length == 0) {
            throw new UsageException(
                    "ERR_SSL_NO_CIPHER_MATCH",
                    "no cipher match: no version from " + options.minVersion().protocol() + " to "
                            + options.maxVersion().protocol() + " has one of the ciphers " + options.ciphers());
        }
        return protocols;
    }

    private static void applySessions(SecureContextOptions options, SSLSessionContext sessions) {
        Duration timeout = options.sessionTimeout();
        if (timeout != null) {
            sessions.setSessionTimeout((int) timeout.toSeconds());
        }
        Integer size = options.sessionCacheSize();
        if (size != null) {
            sessions.setSessionCacheSize(size);
        }
    }

    /**
     * Returns a context that stands for {@code context}: its own managers choose certificates and decide about trust, and its provider's
     * engine is used. Of its versions, only TLS 1.2 and 1.3 are spoken.
     *
     * <p>A chain that is not trusted always fails the handshake then, and the error has no code of OpenSSL's.
     *
     * @param context an initialized one
     * @throws UsageException ERR_INVALID_ARG_VALUE if it is not initialized; ERR_TLS_INVALID_PROTOCOL_VERSION if it has neither TLS 1.2 nor
     *     1.3
     */
    public static SecureContext of(SSLContext context) {
        UsageException.requireArgument(context, "context");
        String[] supported = supported(context);
        String[] protocols = Stream.of(TlsVersion.values())
                .map(TlsVersion::protocol)
                .filter(Arrays.asList(supported)::contains)
                .toArray(String[]::new);
        if (protocols.length == 0) {
            throw new UsageException(
                    "ERR_TLS_INVALID_PROTOCOL_VERSION",
                    "context must have TLSv1.2 or TLSv1.3. Received " + Arrays.toString(supported));
        }
        return new SecureContext(context, null, null, Map.of(), protocols);
    }

    private static String[] supported(SSLContext context) {
        try {
            return context.getDefaultSSLParameters().getProtocols();
        } catch (IllegalStateException | UnsupportedOperationException notInitialized) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE", "context must be initialized: " + notInitialized.getMessage());
        }
    }

    /** Returns the context of clients without options: the JDK's trusted roots, no certificate. It is always the same. */
    public static SecureContext defaults() {
        return Shared.DEFAULTS;
    }

    /**
     * Returns whether this context has a certificate, which a server needs. Of a user's own SSLContext it cannot be known: then it is true.
     */
    public boolean hasCertificate() {
        return options == null || !options.identities().isEmpty();
    }

    /** @param host for the cache of sessions; null for a connection that resumes none */
    SSLEngine clientEngine(@Nullable String host, int port, PeerCheck check) {
        SSLEngine engine = host == null ? context.createSSLEngine() : context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        return prepared(engine, check);
    }

    SSLEngine serverEngine(PeerCheck check) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return prepared(engine, check);
    }

    private SSLEngine prepared(SSLEngine engine, PeerCheck check) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols);
        parameters.setUseCipherSuitesOrder(true);
        if (options != null) {
            parameters.setCipherSuites(options.ciphers().toArray(String[]::new));
            if (!options.groups().isEmpty()) {
                parameters.setNamedGroups(options.groups().toArray(String[]::new));
            }
            if (!options.signatureSchemes().isEmpty()) {
                parameters.setSignatureSchemes(options.signatureSchemes().toArray(String[]::new));
            }
            checks.put(engine, check);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** Forgets an engine whose handshake has finished, or was given up. */
    void forget(SSLEngine engine) {
        checks.remove(engine);
    }

    /** Returns whether {@code session}, of a handshake that has just finished, is one that was resumed. */
    boolean isReused(SSLSession session, PeerCheck check) {
        return options == null ? session.getCreationTime() < check.startedMillis() : !check.isFull();
    }

    /** Returns whether {@link #verdictOf} knows the session. If not, {@link #recheck} must be called. */
    static boolean hasVerdict(SSLSession session) {
        return PeerTrust.hasVerdict(session);
    }

    /** Returns the reason for which the chain of the session's peer is not trusted; null if it is. */
    static @Nullable ChagresException verdictOf(SSLSession session) {
        return PeerTrust.verdictOf(session);
    }

    /**
     * Checks the chain of a resumed session again. That takes about a millisecond: call it on a worker.
     *
     * @param isClient whether this side is the client
     * @return the reason for which the chain is not trusted; null if it is, and if there is no chain
     */
    @Nullable
    ChagresException recheck(SSLSession session, boolean isClient) {
        if (trust == null) {
            return null;
        }
        try {
            X509Certificate[] chain = Stream.of(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            return trust.recheck(chain, isClient);
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    /** Returns the JDK's trusted roots. */
    static List<X509Certificate> rootCertificates() {
        return TrustRules.roots();
    }

    /** Returns the versions and the number of certificates, or the provider of a user's own SSLContext. */
    @Override
    public String toString() {
        String versions = String.join(", ", protocols);
        return options == null
                ? "SecureContext (" + versions + ", by " + context.getProvider().getName() + ")"
                : "SecureContext (" + versions + ", certificates "
                        + options.identities().size() + ")";
    }
}
