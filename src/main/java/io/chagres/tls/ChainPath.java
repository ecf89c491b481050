package io.chagres.tls;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way from a peer's certificate up to an authority, as far as there is one. It is found by names and identifiers of keys only, so that
 * it exists for a chain that is wrong in another way too.
 *
 * @param certificates the peer's first
 * @param isAnchored whether the last one is trusted
 */
record ChainPath(List<X509Certificate> certificates, boolean isAnchored) {

    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final int CONTEXT_0_PRIMITIVE = 0x80;

    static ChainPath of(X509Certificate[] chain, List<X509Certificate> anchors) {
        List<X509Certificate> sent = Arrays.asList(chain);
        List<X509Certificate> path = new ArrayList<>(List.of(chain[0]));
        boolean isAnchored = anchors.contains(chain[0]);
        while (!isAnchored && !isSelfSigned(path.getLast())) {
            X509Certificate issuer = issuer(path.getLast(), anchors, path);
            isAnchored = issuer != null;
            issuer = isAnchored ? issuer : issuer(path.getLast(), sent, path);
            if (issuer == null) {
                break;
            }
            path.add(issuer);
        }
        return new ChainPath(List.copyOf(path), isAnchored);
    }

    private static @Nullable X509Certificate issuer(
            X509Certificate certificate, List<X509Certificate> candidates, List<X509Certificate> path) {
        return candidates.stream()
                .filter(candidate -> isIssuer(candidate, certificate) && !path.contains(candidate))
                .findFirst()
                .orElse(null);
    }

    static boolean isSelfSigned(X509Certificate certificate) {
        return isIssuer(certificate, certificate);
    }

    private static boolean isIssuer(X509Certificate issuer, X509Certificate certificate) {
        return issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                && mayHaveKey(issuer, certificate);
    }

    private static boolean mayHaveKey(X509Certificate issuer, X509Certificate certificate) {
        byte[] wanted = authorityKey(certificate.getExtensionValue(AUTHORITY_KEY_IDENTIFIER));
        byte[] key = subjectKey(issuer.getExtensionValue(SUBJECT_KEY_IDENTIFIER));
        return wanted == null || key == null || Arrays.equals(wanted, key);
    }

    private static byte @Nullable [] subjectKey(byte @Nullable [] extension) {
        try {
            return extension == null
                    ? null
                    : Der.of(extension)
                            .enter(Der.OCTET_STRING)
                            .enter(Der.OCTET_STRING)
                            .rest();
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static byte @Nullable [] authorityKey(byte @Nullable [] extension) {
        try {
            return extension == null
                    ? null
                    : Der.of(extension)
                            .enter(Der.OCTET_STRING)
                            .enter(Der.SEQUENCE)
                            .enter(CONTEXT_0_PRIMITIVE)
                            .rest();
        } catch (IllegalArgumentException withoutKey) {
            return null;
        }
    }

    int size() {
        return certificates.size();
    }

    X509Certificate get(int index) {
        return certificates.get(index);
    }

    /** Returns the number of certificates that the peer has to prove: all but a trusted one at the top, which is believed. */
    int untrusted() {
        return isAnchored ? size() - 1 : size();
    }
}
