package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import java.io.ByteArrayInputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a context accepts as keys, certificates and values, and what it refuses. */
@ConnectionTest
class ContextMistakesTest {

    private static final char[] SECRET = "secret".toCharArray();

    private final Journal journal = new Journal();

    private static String codeOf(Executable wrong) {
        return assertThrows(UsageException.class, wrong).code();
    }

    private static TlsServerOptions server(SecureContext context) {
        return TlsServerOptions.of(context);
    }

    @Test
    @Covers("node:test-tls-basic-validations")
    void aWrongValueIsRefusedAtOnce() {
        TlsServerOptions server = Contexts.server();
        assertEquals("EINVAL", codeOf(() -> server.handshakeTimeout(null)));
        assertEquals("ERR_OUT_OF_RANGE", codeOf(() -> server.handshakeTimeout(Duration.ofMillis(-1))));
        assertEquals("ERR_INVALID_ARG_VALUE", codeOf(() -> server.alpn("a".repeat(500))));
        assertEquals("ERR_INVALID_ARG_VALUE", codeOf(() -> server.alpn("")));
        assertEquals(
                "ERR_INVALID_ARG_VALUE",
                codeOf(() -> TlsClientOptions.defaults().alpn("a".repeat(256))));
        assertEquals("EINVAL", codeOf(() -> TlsClientOptions.defaults().checkServerIdentity(null)));
        assertEquals("EINVAL", codeOf(() -> SecureContextOptions.defaults().minVersion(null)));
        assertEquals("EINVAL", codeOf(() -> SecureContextOptions.defaults().certificate("x", "y", null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-ec", "server-rsa"})
    @Covers("node:test-tls-cert-regression")
    void aTextNeedsNoNewlineAtItsEnd(String name, Loop loop) {
        String certificate = Contexts.pem(name + "-chain").strip();
        String key = Contexts.pem(name + "-key").strip();
        SecureContext context = Contexts.of(options -> options.certificate(certificate, key));
        BothSides.of(loop, server(context), Contexts.client()).expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-key-mismatch")
    void aKeyOfAnotherCertificateIsRefused() {
        assertEquals(
                "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                codeOf(() -> Contexts.of(options ->
                        options.certificate(Contexts.pem("server-ec-chain"), Contexts.pem("client-ec-key")))));
        assertEquals(
                "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                codeOf(() -> Contexts.of(options ->
                        options.certificate(Contexts.pem("server-rsa-chain"), Contexts.pem("client-rsa-key")))));
    }

    @ParameterizedTest
    @CsvSource({
        "server-rsa-chain, server-rsa-pbes2", "server-rsa-chain, server-rsa-legacy-aes256",
        "server-rsa-chain, server-rsa-legacy-des3", "server-ec-chain, server-ec-pbes1",
        "server-ec-chain, server-ec-legacy-aes128"
    })
    @Covers("node:test-tls-passphrase")
    void anEncryptedKeyNeedsItsPassphrase(String chain, String key, Loop loop) {
        String chainPem = Contexts.pem(chain);
        String keyPem = Contexts.pem(key);
        SecureContext context = Contexts.of(options -> options.certificate(chainPem, keyPem, "secret"));
        BothSides.of(loop, server(context), Contexts.client()).expectNoErrors();
        assertEquals(
                "ERR_MISSING_PASSPHRASE", codeOf(() -> Contexts.of(options -> options.certificate(chainPem, keyPem))));
        assertEquals(
                "ERR_OSSL_BAD_DECRYPT",
                codeOf(() -> Contexts.of(options -> options.certificate(chainPem, keyPem, "invalid"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-rsa-key", "server-rsa-pkcs1"})
    @Covers("node:test-tls-passphrase")
    void thePassphraseOfAPlainKeyIsIgnored(String key, Loop loop) {
        SecureContext context = Contexts.of(
                options -> options.certificate(Contexts.pem("server-rsa-chain"), Contexts.pem(key), "ignored"));
        BothSides.of(loop, server(context), Contexts.client()).expectNoErrors();
    }

    private static KeyStore store(String file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(Contexts.bytes(file)), SECRET);
        return store;
    }

    @Test
    @Covers("node:test-tls-invalid-pfx")
    void aStoreWithoutAKeyIsRefused() throws Exception {
        KeyStore certificatesOnly = KeyStore.getInstance("PKCS12");
        certificatesOnly.load(null, SECRET);
        certificatesOnly.setCertificateEntry("ca", Contexts.AUTHORITY.certificate());
        UsageException mistake = assertThrows(
                UsageException.class, () -> Contexts.of(options -> options.keyStore(certificatesOnly, SECRET)));
        assertEquals("ERR_INVALID_ARG_VALUE", mistake.code());
        assertTrue(mistake.getMessage().contains("key"), mistake.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, EC", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, RSA"})
    @Covers({"node:test-tls-multi-pfx", "node:test-tls-multi-key"})
    void ofTwoStoresTheOneThatFitsTheCipherIsChosen(String cipher, String algorithm, Loop loop) throws Exception {
        KeyStore rsa = store("server-rsa.p12");
        Identity identity = Contexts.AUTHORITY.issue("CN=ec", Authority.ip("127.0.0.1"));
        KeyStore ec = KeyStore.getInstance("PKCS12");
        ec.load(null, SECRET);
        ec.setKeyEntry("ec", identity.key(), SECRET, new Certificate[] {identity.certificate()});
        SecureContext context =
                Contexts.of(options -> options.keyStore(rsa, SECRET).keyStore(ec, SECRET));
        TlsClientOptions client =
                Contexts.client(options -> options.ciphers(cipher).ca(List.of(Contexts.AUTHORITY.certificate())));
        BothSides.of(loop, server(context), client, pair -> {
                    assertEquals(new Cipher(cipher, "TLSv1.2"), pair.client().cipher());
                    assertEquals(
                            algorithm,
                            Contexts.peer(pair.client()).getPublicKey().getAlgorithm());
                })
                .expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-no-cert-required")
    void aServerWithoutACertificateListens(Loop loop) {
        for (TlsServerOptions options :
                List.of(server(SecureContext.defaults()), server(Contexts.of(start -> start)))) {
            TlsServer server = Tls.createServer(loop, options, socket -> journal.add("secure"));
            server.listen(0, Local.HOST, null);
            assertTrue(server.address().port() > 0);
            server.close();
            loop.run();
        }
        assertEquals(0, journal.count("secure"));
    }
}
