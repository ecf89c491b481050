package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import java.lang.reflect.InvocationTargetException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The answers of a session of the JDK, in the forms of {@link TlsSocket}. */
final class PeerFacts {

    private PeerFacts() {}

    static List<X509Certificate> peerCertificates(@Nullable SSLSession session) {
        try {
            return session == null ? List.of() : x509(session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    static List<X509Certificate> localCertificates(@Nullable SSLSession session) {
        return session == null ? List.of() : x509(session.getLocalCertificates());
    }

    private static List<X509Certificate> x509(Certificate @Nullable [] chain) {
        List<X509Certificate> found = new ArrayList<>();
        if (chain != null) {
            for (Certificate certificate : chain) {
                found.add((X509Certificate) certificate);
            }
        }
        return List.copyOf(found);
    }

    static @Nullable String servername(@Nullable SSLSession session) {
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return null;
    }

    static List<byte[]> ocspResponses(@Nullable SSLSession session) {
        return session instanceof ExtendedSSLSession extended ? extended.getStatusResponses() : List.of();
    }

    static byte[] exportKeyingMaterial(
            @Nullable SSLSession session, int length, String label, byte @Nullable [] context) {
        UsageException.requireRange(length, 1, Integer.MAX_VALUE, "length");
        UsageException.requireArgument(label, "label");
        if (session == null) {
            throw new UsageException("ERR_TLS_INVALID_STATE", "TLS socket connection must be securely established");
        }
        try {
            // since JDK 25, and the classes are those of JDK 22
            return (byte[]) ExtendedSSLSession.class
                    .getMethod("exportKeyingMaterialData", String.class, byte[].class, int.class)
                    .invoke(session, label, context, length);
        } catch (InvocationTargetException refused) {
            throw ChagresException.of(refused.getTargetException());
        } catch (ReflectiveOperationException earlier) {
            throw new UsageException(
                    "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "exportKeyingMaterial needs JDK 25 or newer");
        }
    }
}
