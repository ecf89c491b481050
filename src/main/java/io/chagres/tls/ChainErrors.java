package io.chagres.tls;

import static io.chagres.tls.ChainError.CERT_HAS_EXPIRED;
import static io.chagres.tls.ChainError.CERT_NOT_YET_VALID;
import static io.chagres.tls.ChainError.CERT_REVOKED;
import static io.chagres.tls.ChainError.CERT_SIGNATURE_FAILURE;
import static io.chagres.tls.ChainError.CRL_HAS_EXPIRED;
import static io.chagres.tls.ChainError.CRL_NOT_YET_VALID;
import static io.chagres.tls.ChainError.CRL_SIGNATURE_FAILURE;
import static io.chagres.tls.ChainError.DEPTH_ZERO_SELF_SIGNED_CERT;
import static io.chagres.tls.ChainError.INVALID_CA;
import static io.chagres.tls.ChainError.INVALID_PURPOSE;
import static io.chagres.tls.ChainError.PATH_LENGTH_EXCEEDED;
import static io.chagres.tls.ChainError.SELF_SIGNED_CERT_IN_CHAIN;
import static io.chagres.tls.ChainError.UNABLE_TO_GET_CRL;
import static io.chagres.tls.ChainError.UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
import static io.chagres.tls.ChainError.UNABLE_TO_VERIFY_LEAF_SIGNATURE;

import io.chagres.ChagresException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names the error of a chain that the JDK refuses, as OpenSSL names it. The JDK alone decides; this class finds out why, in OpenSSL's
 * order: the path, the extensions, the lists of revoked certificates, then signatures and times from the top down. Of several errors, the
 * last one is reported, as Node reports it.
 *
 * @see <a href="https://github.com/openssl/openssl/blob/openssl-3.0/crypto/x509/x509_vfy.c">OpenSSL: verify_chain</a>
 */
final class ChainErrors {

    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final int KEY_AGREEMENT = 4;
    private static final int KEY_CERT_SIGN = 5;

    private final List<X509Certificate> anchors;
    private final List<X509CRL> revocations;

    ChainErrors(List<X509Certificate> anchors, List<X509CRL> revocations) {
        this.anchors = anchors;
        this.revocations = revocations;
    }

    /** The JDK trusts a peer's certificate that is in the list of authorities at any time, OpenSSL only while it is valid. */
    @Nullable
    ChagresException ofTrusted(X509Certificate[] chain) {
        ChainError error = anchors.contains(chain[0]) ? timeError(chain[0], new Date()) : null;
        return error == null ? null : error.exception(null);
    }

    ChagresException of(X509Certificate[] chain, boolean isServerChain, Exception refused) {
        if (chain.length == 0) {
            return new ChagresException("UNSPECIFIED", "the peer has sent no certificate", refused);
        }
        List<ChainError> errors = errors(ChainPath.of(chain, anchors), isServerChain, new Date());
        return errors.isEmpty()
                ? new ChagresException("UNSPECIFIED", text(refused), refused)
                : errors.getLast().exception(refused);
    }

    /** Returns the text of the innermost cause, which says most. */
    private static String text(Throwable refused) {
        Throwable cause = refused;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private List<ChainError> errors(ChainPath path, boolean isServerChain, Date now) {
        List<ChainError> errors = new ArrayList<>();
        add(pathError(path), errors);
        add(isFor(isServerChain, path.get(0)) ? null : INVALID_PURPOSE, errors);
        for (int i = 1; i < path.untrusted(); i++) {
            add(authorityError(path, i), errors);
        }
        if (!revocations.isEmpty()) {
            for (int i = 0; i < path.size() - 1; i++) {
                add(revocationError(path.get(i), path.get(i + 1), now), errors);
            }
        }
        boolean isAlone = path.size() == 1 && !path.isAnchored() && !ChainPath.isSelfSigned(path.get(0));
        add(isAlone ? UNABLE_TO_VERIFY_LEAF_SIGNATURE : null, errors);
        for (int i = path.untrusted() - 1; i >= 0; i--) {
            add(i + 1 < path.size() ? signatureError(path.get(i), path.get(i + 1)) : null, errors);
            add(timeError(path.get(i), now), errors);
        }
        return errors;
    }

    private static void add(@Nullable ChainError error, List<ChainError> errors) {
        if (error != null) {
            errors.add(error);
        }
    }

    private static @Nullable ChainError pathError(ChainPath path) {
        if (path.isAnchored()) {
            return null;
        }
        if (ChainPath.isSelfSigned(path.certificates().getLast())) {
            return path.size() == 1 ? DEPTH_ZERO_SELF_SIGNED_CERT : SELF_SIGNED_CERT_IN_CHAIN;
        }
        return UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    }

    private static boolean isFor(boolean isServer, X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            boolean[] usage = certificate.getKeyUsage();
            boolean hasPurpose =
                    purposes == null || purposes.contains(isServer ? SERVER : CLIENT) || purposes.contains(ANY_PURPOSE);
            return hasPurpose
                    && (usage == null
                            || usage[DIGITAL_SIGNATURE]
                            || usage[KEY_AGREEMENT]
                            || isServer && usage[KEY_ENCIPHERMENT]);
        } catch (CertificateParsingException malformed) {
            return false;
        }
    }

    /** A chain may pass through a certificate that is an authority's, and no more of them than each allows below it. */
    private static @Nullable ChainError authorityError(ChainPath path, int index) {
        X509Certificate authority = path.get(index);
        boolean[] usage = authority.getKeyUsage();
        int allowed = authority.getBasicConstraints(); // -1 for none that is an authority's
        if (allowed < 0 || usage != null && !usage[KEY_CERT_SIGN]) {
            return INVALID_CA;
        }
        long below = path.certificates().subList(1, index).stream()
                .filter(other -> !other.getSubjectX500Principal().equals(other.getIssuerX500Principal()))
                .count();
        return below > allowed ? PATH_LENGTH_EXCEEDED : null;
    }

    private @Nullable ChainError revocationError(X509Certificate certificate, X509Certificate issuer, Date now) {
        ChainError error = UNABLE_TO_GET_CRL;
        for (X509CRL list : revocations) {
            if (list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                error = listError(list, issuer, now);
                if (error == null) {
                    return list.isRevoked(certificate) ? CERT_REVOKED : null;
                }
            }
        }
        return error;
    }

    private static @Nullable ChainError listError(X509CRL list, X509Certificate issuer, Date now) {
        try {
            list.verify(issuer.getPublicKey());
        } catch (GeneralSecurityException wrong) {
            return CRL_SIGNATURE_FAILURE;
        }
        if (list.getThisUpdate().after(now)) {
            return CRL_NOT_YET_VALID;
        }
        Date next = list.getNextUpdate();
        return next != null && next.before(now) ? CRL_HAS_EXPIRED : null;
    }

    private static @Nullable ChainError signatureError(X509Certificate certificate, X509Certificate issuer) {
        try {
            certificate.verify(issuer.getPublicKey());
            return null;
        } catch (GeneralSecurityException wrong) {
            return CERT_SIGNATURE_FAILURE;
        }
    }

    private static @Nullable ChainError timeError(X509Certificate certificate, Date now) {
        if (certificate.getNotBefore().after(now)) {
            return CERT_NOT_YET_VALID;
        }
        return certificate.getNotAfter().before(now) ? CERT_HAS_EXPIRED : null;
    }
}
