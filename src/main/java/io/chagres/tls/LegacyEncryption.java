package io.chagres.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * OpenSSL's older encryption of a key, with the headers "Proc-Type: 4,ENCRYPTED" and "DEK-Info". The key is MD5 of passphrase and salt,
 * without iterations: a passphrase is soon guessed. Such files are read, because many exist.
 *
 * @see <a href="https://docs.openssl.org/3.0/man3/PEM_read_bio_PrivateKey/">PEM_read_bio_PrivateKey(3): PEM encryption format</a>
 */
final class LegacyEncryption {

    private static final int SALT = 8;

    private LegacyEncryption() {}

    static boolean isUsedBy(Pem block) {
        return block.headers().containsKey("DEK-Info");
    }

    static byte[] decrypt(Pem block, String passphrase) {
        String[] info = block.headers().getOrDefault("DEK-Info", "").split(",", 2);
        String name = info[0].toUpperCase(Locale.ROOT);
        int length = keyLength(name);
        if (info.length < 2 || length == 0) {
            throw KeyReader.unsupported("keyPem is encrypted by " + info[0]);
        }
        try {
            byte[] iv = HexFormat.of().parseHex(info[1].strip());
            byte[] key = derive(passphrase.getBytes(StandardCharsets.UTF_8), Arrays.copyOf(iv, SALT), length);
            String algorithm = name.startsWith("AES") ? "AES" : "DESede";
            Cipher cipher = Cipher.getInstance(algorithm + "/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, algorithm), new IvParameterSpec(iv));
            return cipher.doFinal(block.bytes());
        } catch (GeneralSecurityException | IllegalArgumentException wrong) {
            throw KeyReader.badDecrypt("the " + block.label());
        }
    }

    private static int keyLength(String cipher) {
        return switch (cipher) {
            case "AES-128-CBC" -> 16;
            case "AES-192-CBC", "DES-EDE3-CBC" -> 24;
            case "AES-256-CBC" -> 32;
            default -> 0;
        };
    }

    /** EVP_BytesToKey(3) with MD5 and one iteration. */
    private static byte[] derive(byte[] passphrase, byte[] salt, int length) throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        byte[] key = new byte[length];
        byte[] last = {};
        for (int at = 0; at < length; at += last.length) {
            md5.update(last);
            md5.update(passphrase);
            last = md5.digest(salt);
            System.arraycopy(last, 0, key, at, Math.min(last.length, length - at));
        }
        return key;
    }
}
