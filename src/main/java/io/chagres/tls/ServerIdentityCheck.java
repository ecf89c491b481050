package io.chagres.tls;

import io.chagres.ChagresException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a certificate belongs to the server that a client wants to reach. The certificate is trusted already: this check
 * compares names only, or does more.
 *
 * <p>A client calls it on its loop thread, once for each connection, when the handshake has finished and before the connection is
 * reported. It must not block. The default compares {@code servername} with the names and addresses in the certificate, as Node does.
 *
 * <pre>{@code
 * // pins the key of one server, and ignores its name
 * ServerIdentityCheck pinned = (servername, certificate) -> certificate.getPublicKey().equals(expected)
 *         ? null
 *         : new ChagresException("ERR_TLS_CERT_ALTNAME_INVALID", "another key than that of " + servername);
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert">tls.checkServerIdentity</a>
 */
@FunctionalInterface
public interface ServerIdentityCheck {

    /**
     * Returns null if {@code certificate} is that of {@code servername}, otherwise the error that the connection is destroyed with.
     *
     * @param servername the name or IP address that the client wants to reach
     * @param certificate the first certificate of the server's chain
     */
    @Nullable
    ChagresException check(String servername, X509Certificate certificate);
}
