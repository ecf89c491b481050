package io.chagres.tls;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Decrypts a key of PKCS#8 that a passphrase has encrypted. */
final class EncryptedKey {

    private static final String PBES2 = "1.2.840.113549.1.5.13";

    private EncryptedKey() {}

    static byte[] decrypt(byte[] bytes, String passphrase) {
        EncryptedPrivateKeyInfo info = info(bytes);
        char[] characters = passphrase.toCharArray();
        PBEKeySpec spec = new PBEKeySpec(characters);
        try {
            AlgorithmParameters parameters = info.getAlgParameters();
            // of PBES2, the JDK names the functions in the text of the parameters only
            String name = PBES2.equals(info.getAlgName()) || "PBES2".equals(info.getAlgName())
                    ? parameters.toString()
                    : info.getAlgName();
            SecretKey key = SecretKeyFactory.getInstance(name).generateSecret(spec);
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.DECRYPT_MODE, key, parameters);
            return cipher.doFinal(info.getEncryptedData());
        } catch (GeneralSecurityException | RuntimeException wrong) {
            throw KeyReader.badDecrypt("the ENCRYPTED PRIVATE KEY");
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
        }
    }

    private static EncryptedPrivateKeyInfo info(byte[] bytes) {
        try {
            return new EncryptedPrivateKeyInfo(bytes);
        } catch (IOException | RuntimeException broken) {
            throw KeyReader.unsupported("keyPem has a malformed ENCRYPTED PRIVATE KEY: " + broken.getMessage());
        }
    }
}
