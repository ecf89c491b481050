package io.chagres.tls;

import io.chagres.UsageException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks that a private key is the one of its certificate. */
final class KeyMatch {

    private KeyMatch() {}

    static Identity require(Identity identity) {
        PublicKey certified = identity.certificate().getPublicKey();
        PrivateKey key = identity.key();
        if (!certified.getAlgorithm().equals(key.getAlgorithm())) {
            throw refused("TYPE", identity);
        }
        boolean matches = certified instanceof RSAKey one && key instanceof RSAKey other
                ? one.getModulus().equals(other.getModulus())
                : canVerify(certified, key);
        if (!matches) {
            throw refused("VALUES", identity);
        }
        return identity;
    }

    private static UsageException refused(String what, Identity identity) {
        return new UsageException(
                "ERR_OSSL_X509_KEY_" + what + "_MISMATCH",
                "key " + what.toLowerCase(Locale.ROOT) + " mismatch: the "
                        + identity.key().getAlgorithm() + " key is not that of the "
                        + identity.certificate().getPublicKey().getAlgorithm() + " certificate of "
                        + identity.certificate().getSubjectX500Principal());
    }

    /** A key that a device keeps may not sign here: such a key is believed. */
    private static boolean canVerify(PublicKey certified, PrivateKey key) {
        String algorithm = algorithm(key.getAlgorithm());
        if (algorithm == null || key.getEncoded() == null) {
            return true;
        }
        try {
            byte[] sample = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(sample);
            return signature.verify(signed);
        } catch (GeneralSecurityException different) {
            return false;
        }
    }

    private static @Nullable String algorithm(String key) {
        return switch (key) {
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> null;
        };
    }
}
