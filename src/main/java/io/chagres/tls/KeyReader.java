package io.chagres.tls;

import io.chagres.UsageException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a private key from PEM, in any of the forms that OpenSSL writes.
 *
 * <pre>
 *     BEGIN PRIVATE KEY            PKCS#8
 *     BEGIN ENCRYPTED PRIVATE KEY  PKCS#8, encrypted by PBES1 or PBES2: {@link EncryptedKey}
 *     BEGIN RSA PRIVATE KEY        PKCS#1   } wrapped into PKCS#8 by {@link OlderKey}, and decrypted by
 *     BEGIN EC PRIVATE KEY         SEC 1    } {@link LegacyEncryption} if there are headers
 * </pre>
 */
final class KeyReader {

    private KeyReader() {}

    /** @throws UsageException as {@link SecureContextOptions#certificate(String, String, String)} says */
    static PrivateKey read(String pem, @Nullable String passphrase) {
        List<Pem> blocks = Pem.blocks(pem);
        for (Pem block : blocks) {
            if (block.label().endsWith("PRIVATE KEY")) {
                return key(pkcs8(block, passphrase), block.label());
            }
        }
        throw unsupported("keyPem must have a private key in PEM. Received " + Pem.labels(blocks));
    }

    private static byte[] pkcs8(Pem block, @Nullable String passphrase) {
        return switch (block.label()) {
            case "PRIVATE KEY" -> block.bytes();
            case "ENCRYPTED PRIVATE KEY" ->
                EncryptedKey.decrypt(block.bytes(), requirePassphrase(passphrase, block.label()));
            case "RSA PRIVATE KEY" -> OlderKey.ofRsa(plain(block, passphrase));
            case "EC PRIVATE KEY" -> OlderKey.ofEc(plain(block, passphrase));
            default -> throw unsupported("keyPem has a key of a kind that TLS does not use: " + block.label());
        };
    }

    private static byte[] plain(Pem block, @Nullable String passphrase) {
        return LegacyEncryption.isUsedBy(block)
                ? LegacyEncryption.decrypt(block, requirePassphrase(passphrase, block.label()))
                : block.bytes();
    }

    private static String requirePassphrase(@Nullable String passphrase, String label) {
        if (passphrase == null) {
            throw new UsageException(
                    "ERR_MISSING_PASSPHRASE",
                    "Passphrase required for encrypted key: keyPem has an encrypted " + label);
        }
        return passphrase;
    }

    private static PrivateKey key(byte[] pkcs8, String label) {
        try {
            PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
            return KeyFactory.getInstance(OlderKey.algorithm(pkcs8)).generatePrivate(spec);
        } catch (GeneralSecurityException | RuntimeException broken) {
            throw unsupported("keyPem has a malformed or unknown " + label + ": " + broken.getMessage());
        }
    }

    static UsageException unsupported(String why) {
        return new UsageException("ERR_OSSL_UNSUPPORTED", "unsupported: " + why);
    }

    static UsageException badDecrypt(String what) {
        return new UsageException(
                "ERR_OSSL_BAD_DECRYPT", "bad decrypt: the passphrase is not that of " + what + ", or it is malformed");
    }
}
