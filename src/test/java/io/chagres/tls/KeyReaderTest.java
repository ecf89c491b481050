package io.chagres.tls;

import static io.chagres.tls.Certificates.PASSPHRASE;
import static io.chagres.tls.Certificates.pem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.HangGuard;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Private keys in all forms that OpenSSL writes. */
@ExtendWith(HangGuard.class)
class KeyReaderTest {

    private static UsageException refused(String pem, String passphrase) {
        return assertThrows(UsageException.class, () -> KeyReader.read(pem, passphrase));
    }

    /** The secret number of a key. Beside it, SEC 1 may have the public key. */
    private static BigInteger number(PrivateKey key) {
        return key instanceof RSAPrivateKey rsa ? rsa.getPrivateExponent() : ((ECPrivateKey) key).getS();
    }

    private static String block(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }

    @ParameterizedTest
    @CsvSource({"server-rsa-pkcs1, server-rsa-key", "server-ec-sec1, server-ec-key"})
    void anOlderKeyIsTheSameAsInPkcs8(String older, String key) {
        assertEquals(number(KeyReader.read(pem(key), null)), number(KeyReader.read(pem(older), null)));
    }

    @ParameterizedTest
    @CsvSource({
        "server-rsa-pbes2, server-rsa-key",
        "server-ec-pbes1, server-ec-key",
        "server-rsa-legacy-aes256, server-rsa-key",
        "server-rsa-legacy-des3, server-rsa-key",
        "server-ec-legacy-aes128, server-ec-key"
    })
    void anEncryptedKeyIsReadWithItsPassphraseOnly(String encrypted, String key) {
        assertEquals(number(KeyReader.read(pem(key), null)), number(KeyReader.read(pem(encrypted), PASSPHRASE)));
        assertEquals("ERR_OSSL_BAD_DECRYPT", refused(pem(encrypted), "wrong").code());
        assertEquals("ERR_OSSL_BAD_DECRYPT", refused(pem(encrypted), "").code());
        UsageException missing = refused(pem(encrypted), null);
        assertEquals("ERR_MISSING_PASSPHRASE", missing.code());
        assertTrue(missing.getMessage().startsWith("Passphrase required for encrypted key"), missing.getMessage());
    }

    @Test
    void aPassphraseForAKeyThatIsNotEncryptedIsIgnored() {
        assertEquals(
                number(KeyReader.read(pem("server-ec-key"), null)),
                number(KeyReader.read(pem("server-ec-key"), PASSPHRASE)));
    }

    @Test
    void aKeyIsFoundBehindACertificate() {
        assertEquals(
                number(KeyReader.read(pem("server-ec-key"), null)),
                number(KeyReader.read(
                        pem("server-ec-chain") + pem("server-ec-key").strip(), null)));
    }

    @Test
    void linesMayEndAsOnWindows() {
        String windows = pem("server-rsa-legacy-aes256").replace("\n", "\r\n");
        assertEquals(number(KeyReader.read(pem("server-rsa-key"), null)), number(KeyReader.read(windows, PASSPHRASE)));
    }

    @Test
    void theMessageSaysWhatThereIsInsteadOfAKey() {
        UsageException error = refused(pem("server-rsa"), null);
        assertEquals("ERR_OSSL_UNSUPPORTED", error.code());
        assertEquals("unsupported: keyPem must have a private key in PEM. Received [CERTIFICATE]", error.getMessage());
        assertEquals(
                "unsupported: keyPem must have a private key in PEM. Received a text without a line \"-----BEGIN ...-----\"",
                refused("garbage", null).getMessage());
    }

    @Test
    void aKeyOfAnotherKindIsRefused() {
        assertEquals(
                "ERR_OSSL_UNSUPPORTED",
                refused(block("DSA PRIVATE KEY", new byte[9]), null).code());
    }

    @Test
    void anUnknownCipherIsNamed() {
        String pem = pem("server-rsa-legacy-des3").replace("DES-EDE3-CBC", "RC2-40-CBC");
        UsageException error = refused(pem, PASSPHRASE);
        assertEquals("unsupported: keyPem is encrypted by RC2-40-CBC", error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void noMessageHasBytesOfAKey(String label) {
        String secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";
        String pem = "-----BEGIN " + label + "-----\n" + secret + "\n-----END " + label + "-----\n";
        String message = refused(pem, PASSPHRASE).getMessage();
        assertFalse(message.contains("secret") || message.contains(secret), message);
    }

    /** Bytes of a stranger never end in another exception. */
    @ParameterizedTest
    @CsvSource({"server-ec-key, PRIVATE KEY", "server-ec-sec1, EC PRIVATE KEY"})
    void aKeyThatIsCutOrChangedIsReadOrRefused(String name, String label) {
        byte[] bytes = Pem.blocks(pem(name)).getLast().bytes();
        Set<String> codes = Set.of("ERR_OSSL_UNSUPPORTED", "ERR_OSSL_BAD_DECRYPT");
        for (int at = 0; at < Math.min(bytes.length, 64); at++) {
            byte[] cut = Arrays.copyOf(bytes, at);
            assertTrue(codes.contains(refused(block(label, cut), PASSPHRASE).code()));
            byte[] changed = bytes.clone();
            changed[at] ^= (byte) 0xff;
            try {
                KeyReader.read(block(label, changed), PASSPHRASE);
            } catch (UsageException error) {
                assertTrue(codes.contains(error.code()), error.getMessage());
            }
        }
    }
}
