package io.chagres.tls;

import static io.chagres.tls.Certificates.PASSPHRASE;
import static io.chagres.tls.Certificates.certificate;
import static io.chagres.tls.Certificates.pem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.fixture.HangGuard;
import java.io.ByteArrayInputStream;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of a context: values, of which each method makes a changed copy, or refuses what is wrong. */
@ExtendWith(HangGuard.class)
class SecureContextOptionsTest {

    private static final SecureContextOptions DEFAULTS = SecureContextOptions.defaults();

    static Stream<UnaryOperator<SecureContextOptions>> changes() {
        KeyStore store = store();
        return Stream.of(
                options -> options.certificate(pem("server-ec-chain"), pem("server-ec-key")),
                options -> options.certificate(pem("server-rsa"), pem("server-rsa-pbes2"), PASSPHRASE),
                options -> options.keyStore(store, PASSPHRASE.toCharArray()),
                options -> options.ca(pem("ca")),
                options -> options.crl(pem("ca-crl")),
                options -> options.minVersion(TlsVersion.TLS_1_3),
                options -> options.maxVersion(TlsVersion.TLS_1_2),
                options -> options.ciphers("TLS_AES_128_GCM_SHA256"),
                options -> options.groups("x25519"),
                options -> options.signatureSchemes("ed25519"),
                options -> options.sessionTimeout(Duration.ofMinutes(5)),
                options -> options.sessionCacheSize(7));
    }

    private static KeyStore store() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(Certificates.bytes("server-rsa.p12")), PASSPHRASE.toCharArray());
            return store;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static UsageException assertRefused(String code, Executable call) {
        UsageException refused = assertThrows(UsageException.class, call);
        assertEquals(code, refused.code(), refused.getMessage());
        return refused;
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aMethodReturnsAChangedCopy(UnaryOperator<SecureContextOptions> change) {
        String text = DEFAULTS.toString();
        SecureContextOptions changed = change.apply(DEFAULTS);
        assertNotEquals(DEFAULTS, changed);
        assertNotEquals(text, changed.toString());
        assertEquals(text, DEFAULTS.toString());
        assertEquals("SecureContextOptions (TLSv1.2 to TLSv1.3)", text);
    }

    @Test
    void optionsWithTheSameValuesAreEqual() {
        SecureContextOptions one = DEFAULTS.ca(pem("ca")).groups("x25519");
        SecureContextOptions other = DEFAULTS.groups("x25519").ca(List.of(certificate("ca")));
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
    }

    @Test
    void theTextNamesCertificatesAndNoKey() {
        assertEquals(
                "SecureContextOptions (TLSv1.3, certificate CN=localhost (EC), ca 2)",
                Certificates.serverEc()
                        .ca(pem("ca"))
                        .ca(pem("other-ca"))
                        .minVersion(TlsVersion.TLS_1_3)
                        .toString());
    }

    @Test
    void aTextWithoutACertificateIsRefused() {
        UsageException error = assertRefused(
                "ERR_OSSL_PEM_NO_START_LINE", () -> DEFAULTS.certificate("garbage", pem("server-ec-key")));
        assertEquals(
                "no start line: chainPem must have a certificate in PEM. Received a text without a line \"-----BEGIN ...-----\"",
                error.getMessage());
        error = assertRefused("ERR_OSSL_PEM_NO_START_LINE", () -> DEFAULTS.ca(pem("server-ec-key")));
        assertEquals("no start line: pem must have a certificate in PEM. Received [PRIVATE KEY]", error.getMessage());
        assertRefused("ERR_OSSL_PEM_NO_START_LINE", () -> DEFAULTS.ca(""));
        assertRefused("ERR_CRYPTO_OPERATION_FAILED", () -> DEFAULTS.crl(pem("ca")));
    }

    @Test
    void aMalformedCertificateIsRefused() {
        String begin = "-----BEGIN CERTIFICATE-----\n";
        String end = "-----END CERTIFICATE-----\n";
        assertRefused("ERR_OSSL_ASN1_WRONG_TAG", () -> DEFAULTS.ca(begin + "AAAA\n" + end));
        assertRefused("ERR_OSSL_PEM_BAD_BASE64_DECODE", () -> DEFAULTS.ca(begin + "!!!!\n" + end));
        assertRefused("ERR_OSSL_PEM_BAD_END_LINE", () -> DEFAULTS.ca(begin + "AAAA\n"));
        assertRefused(
                "ERR_CRYPTO_OPERATION_FAILED",
                () -> DEFAULTS.crl("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"));
    }

    /** Node's test-tls-client-auth has them. */
    @ParameterizedTest
    @ValueSource(strings = {"TRUSTED CERTIFICATE", "X509 CERTIFICATE"})
    void olderLabelsOfCertificatesAreRead(String label) {
        String pem = pem("other-ca") + pem("ca").replace("CERTIFICATE", label).strip();
        assertEquals(DEFAULTS.ca(pem), DEFAULTS.ca(List.of(certificate("other-ca"), certificate("ca"))));
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        UsageException error = assertRefused(
                "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                () -> DEFAULTS.certificate(pem("server-rsa"), pem("client-rsa-key")));
        assertEquals(
                "key values mismatch: the RSA key is not that of the RSA certificate of CN=localhost",
                error.getMessage());
        assertRefused(
                "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                () -> DEFAULTS.certificate(pem("server-ec"), pem("client-ec-key")));
        assertRefused(
                "ERR_OSSL_X509_KEY_TYPE_MISMATCH", () -> DEFAULTS.certificate(pem("server-rsa"), pem("server-ec-key")));
    }

    @Test
    void aKeyStoreWithoutAKeyOrWithAnotherPasswordIsRefused() throws Exception {
        KeyStore empty = KeyStore.getInstance("PKCS12");
        assertRefused("ERR_INVALID_ARG_VALUE", () -> DEFAULTS.keyStore(empty, new char[0])); // not loaded
        empty.load(null, null);
        assertRefused("ERR_INVALID_ARG_VALUE", () -> DEFAULTS.keyStore(empty, new char[0]));
        assertRefused("ERR_OSSL_BAD_DECRYPT", () -> DEFAULTS.keyStore(store(), "wrong".toCharArray()));
    }

    @Test
    void anEmptyListIsRefused() {
        assertRefused("ERR_INVALID_ARG_VALUE", () -> DEFAULTS.ca(List.of()));
        assertRefused(
                "ERR_INVALID_ARG_VALUE",
                () -> DEFAULTS.certificate(List.of(), KeyReader.read(pem("server-ec-key"), null)));
        assertRefused("ERR_SSL_NO_CIPHER_MATCH", () -> DEFAULTS.ciphers(new String[0]));
        assertRefused("ERR_CRYPTO_OPERATION_FAILED", () -> DEFAULTS.groups(new String[0]));
        assertRefused("ERR_INVALID_ARG_VALUE", () -> DEFAULTS.signatureSchemes(new String[0]));
    }

    @Test
    void anUnknownNameIsRefused() {
        UsageException error =
                assertRefused("ERR_SSL_NO_CIPHER_MATCH", () -> DEFAULTS.ciphers("TLS_AES_128_GCM_SHA256", "NOPE"));
        assertEquals("no cipher match: \"NOPE\"", error.getMessage());
        error = assertRefused("ERR_CRYPTO_OPERATION_FAILED", () -> DEFAULTS.groups("nope"));
        assertEquals("Failed to set ECDH curve. Received \"nope\"", error.getMessage());
        assertRefused("ERR_INVALID_ARG_VALUE", () -> DEFAULTS.signatureSchemes("nope"));
    }

    @Test
    void aRangeOfVersionsMustNotBeEmpty() {
        UsageException error = assertRefused(
                "ERR_INCOMPATIBLE_OPTION_PAIR",
                () -> DEFAULTS.minVersion(TlsVersion.TLS_1_3).maxVersion(TlsVersion.TLS_1_2));
        assertEquals("minVersion TLSv1.3 is newer than maxVersion TLSv1.2", error.getMessage());
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertRefused("ERR_OUT_OF_RANGE", () -> DEFAULTS.sessionTimeout(Duration.ofSeconds(-1)));
        assertRefused("ERR_OUT_OF_RANGE", () -> DEFAULTS.sessionTimeout(Duration.ofDays(365 * 100)));
        assertRefused("ERR_OUT_OF_RANGE", () -> DEFAULTS.sessionCacheSize(-1));
    }
}
