package io.chagres.tls;

import io.chagres.ChagresException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Checks the chains of peers: by the JDK's rules, with OpenSSL's names for the errors. A chain that is not trusted fails the handshake
 * only if its {@link PeerCheck} says so. A client keeps the verdict in the session, because a resumed session has no handshake with a check.
 * A server does not: a session with a value gets no stateless ticket of the JDK, so it would be kept in memory, and in TLS 1.2 it would not
 * be resumed at all. It checks the chain of a resumed session again.
 */
final class PeerTrust extends X509ExtendedTrustManager {

    /** Names the value of a session that is its verdict. */
    private static final String VERDICT = "io.chagres.tls.verdict";

    private static final Object TRUSTED = new Object();
    private static final X509Certificate[] NONE = {};

    private final X509ExtendedTrustManager rules;
    private final ChainErrors errors;
    private final boolean namesAuthorities;
    private final Map<SSLEngine, PeerCheck> checks;

    PeerTrust(TrustRules rules, Map<SSLEngine, PeerCheck> checks) {
        this.rules = rules.rules();
        this.errors = rules.errors();
        this.namesAuthorities = rules.areOwn();
        this.checks = checks;
    }

    static boolean hasVerdict(SSLSession session) {
        return session.getValue(VERDICT) != null;
    }

    static @Nullable ChagresException verdictOf(SSLSession session) {
        return session.getValue(VERDICT) instanceof ChagresException error ? error : null;
    }

    private static void keep(SSLSession session, @Nullable ChagresException verdict) {
        session.putValue(VERDICT, verdict == null ? TRUSTED : verdict);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        report(engine, errorOf(chain, false, () -> rules.checkClientTrusted(chain, authType, engine)));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        ChagresException error = errorOf(chain, true, () -> rules.checkServerTrusted(chain, authType, engine));
        SSLSession session = engine.getHandshakeSession();
        if (session != null) {
            keep(session, error);
        }
        report(engine, error);
    }

    private void report(SSLEngine engine, @Nullable ChagresException error) throws PeerCertificateException {
        PeerCheck check = checks.get(engine);
        if (check != null) {
            check.setFull();
            check.setAuthorizationError(error);
        }
        if (error != null && (check == null || check.rejectsUnauthorized())) {
            throw new PeerCertificateException(error);
        }
    }

    /** Checks a chain again, for a session that was resumed without its verdict. */
    @Nullable
    ChagresException recheck(X509Certificate[] chain, boolean isServerChain) {
        // UNKNOWN is the JDK's name for the key exchange of TLS 1.3
        return isServerChain
                ? errorOf(chain, true, () -> rules.checkServerTrusted(chain, "UNKNOWN"))
                : errorOf(chain, false, () -> rules.checkClientTrusted(chain, "UNKNOWN"));
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private @Nullable ChagresException errorOf(X509Certificate[] chain, boolean isServerChain, Check check) {
        try {
            check.run();
            return errors.ofTrusted(chain);
        } catch (CertificateException | RuntimeException refused) {
            return errors.of(chain, isServerChain, refused);
        }
    }

    /** The names of a server's own authorities. The JDK's roots would be 15 KB in each request for a certificate. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return namesAuthorities ? rules.getAcceptedIssuers() : NONE;
    }

    // without an engine: nothing in Chagres calls them

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw new UnsupportedOperationException();
    }
}
