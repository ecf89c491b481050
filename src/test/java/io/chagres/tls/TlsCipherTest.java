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
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cipher suites, groups and certificates that a handshake chooses. */
@ConnectionTest
class TlsCipherTest {

    private static final String AES_256_13 = "TLS_AES_256_GCM_SHA384";
    private static final String CHACHA_13 = "TLS_CHACHA20_POLY1305_SHA256";
    private static final String EC_AES_256 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    private static final String EC_AES_128 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA_AES_256 = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";

    private final Journal journal = new Journal();

    private static String[] list(String ciphers) {
        return ciphers.split(" ");
    }

    private static TlsServerOptions server(String ciphers) {
        return ciphers == null ? Contexts.server() : Contexts.server(options -> options.ciphers(list(ciphers)));
    }

    private static TlsClientOptions client(String ciphers) {
        return ciphers == null ? Contexts.client() : Contexts.client(options -> options.ciphers(list(ciphers)));
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_AES_256_GCM_SHA384, , TLS_AES_256_GCM_SHA384, TLSv1.3",
        ", TLS_AES_256_GCM_SHA384, TLS_AES_256_GCM_SHA384, TLSv1.3",
        "TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 TLS_AES_256_GCM_SHA384, TLS_AES_256_GCM_SHA384, TLSv1.3",
        EC_AES_256 + ", , " + EC_AES_256 + ", TLSv1.2",
        ", " + EC_AES_256 + ", " + EC_AES_256 + ", TLSv1.2",
        EC_AES_256 + " TLS_AES_256_GCM_SHA384, , TLS_AES_256_GCM_SHA384, TLSv1.3",
        ", " + EC_AES_256 + " TLS_AES_256_GCM_SHA384, TLS_AES_256_GCM_SHA384, TLSv1.3"
    })
    @Covers({"node:test-tls-set-ciphers", "node:test-tls-getcipher"})
    void aCommonCipherIsChosenOfTheNewestVersion(
            String ofClient, String ofServer, String name, String version, Loop loop) {
        BothSides.of(loop, server(ofServer), client(ofClient), pair -> {
                    assertEquals(new Cipher(name, version), pair.client().cipher());
                    assertEquals(new Cipher(name, version), pair.server().cipher());
                })
                .expectNoErrors();
    }

    @ParameterizedTest
    @CsvSource({AES_256_13 + ", " + CHACHA_13, EC_AES_256 + ", " + EC_AES_128})
    @Covers("node:test-tls-set-ciphers")
    void withoutACommonCipherTheClientGetsTheAlertHandshakeFailure(String ofClient, String ofServer, Loop loop) {
        BothSides failed = BothSides.of(loop, server(ofServer), client(ofClient));
        assertEquals("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE/ERR_SSL_NO_SHARED_CIPHER", failed.errors());
    }

    @ParameterizedTest
    @CsvSource({
        EC_AES_128 + " " + EC_AES_256 + ", " + EC_AES_256 + " " + EC_AES_128 + ", " + EC_AES_256,
        EC_AES_128 + ", " + EC_AES_256 + " " + EC_AES_128 + ", " + EC_AES_128,
        ", " + EC_AES_256 + " " + EC_AES_128 + ", " + EC_AES_256,
        ", " + EC_AES_128 + " " + EC_AES_256 + ", " + EC_AES_128
    })
    @Covers("node:test-tls-honorcipherorder")
    void theOrderOfTheServerCounts(String ofClient, String ofServer, String expected, Loop loop) {
        BothSides.of(
                        loop,
                        server(ofServer),
                        client(ofClient),
                        pair -> assertEquals(expected, pair.client().cipher().name()))
                .expectNoErrors();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-cipher", "FOOBARBAZ", "TLS_not_a_cipher", "rick-128-roll", ""})
    @Covers({"node:test-tls-set-ciphers-error", "node:test-tls-handshake-error", "node:test-tls-connect"})
    void anUnknownCipherIsRefusedAtOnce(String name) {
        UsageException mistake =
                assertThrows(UsageException.class, () -> Contexts.of(options -> options.ciphers(name)));
        assertTrue(mistake.getMessage().contains(name), mistake.getMessage());
    }

    @Test
    @Covers("node:test-tls-client-default-ciphers")
    void withoutAChoiceAClientOffersTheDefaultCiphers(Loop loop) {
        List<Integer> offered = new ArrayList<>();
        Server server = Net.createServer(
                loop,
                socket -> socket.onData(hello -> {
                    offered.addAll(Hello.ciphersOf(hello));
                    socket.destroy();
                }));
        int port = server.listen(0, Local.HOST, null).address().port();
        TlsSocket client =
                TlsSocket.client(Local.connect(loop, port), Contexts.client().servername("localhost"));
        client.onError(error -> server.close()).resume();
        loop.run();
        offered.remove(Integer.valueOf(0xff)); // the signal of RFC 5746, which is no cipher
        assertEquals(Tls.ciphers().size(), offered.size(), () -> offered + " " + Tls.ciphers());
    }

    @ParameterizedTest
    @CsvSource({
        ", x25519 secp256r1",
        ", secp384r1 secp256r1",
        "secp256r1, secp384r1 secp256r1",
        "secp384r1, secp384r1 secp256r1",
        "secp521r1 secp384r1, secp521r1 secp256r1"
    })
    @Covers({"node:test-tls-ecdh", "node:test-tls-ecdh-auto", "node:test-tls-ecdh-multiple"})
    void groupsOfEcdheCanBeChosen(String ofServer, String ofClient, Loop loop) {
        TlsServerOptions server = TlsServerOptions.of(Contexts.of(options -> {
            SecureContextOptions old = options.certificate(
                            Contexts.pem("server-rsa-chain"), Contexts.pem("server-rsa-key"))
                    .ciphers(RSA_AES_256);
            return ofServer == null ? old : old.groups(list(ofServer));
        }));
        StringBuilder got = new StringBuilder();
        BothSides.of(loop, server, Contexts.client(options -> options.groups(list(ofClient))), pair -> {
                    pair.client().onText(StandardCharsets.UTF_8, got::append);
                    pair.server().write("I AM THE WALRUS");
                    assertEquals(RSA_AES_256, pair.server().cipher().name());
                })
                .expectNoErrors();
        assertEquals("I AM THE WALRUS", got.toString());
    }

    @Test
    @Covers("node:test-tls-ecdh-multiple")
    void groupsThatDoNotMeetFailAndAnUnknownOneIsRefused(Loop loop) {
        TlsServerOptions server = Contexts.server(options -> options.groups("secp521r1"));
        BothSides failed =
                BothSides.of(loop, server, Contexts.client(options -> options.groups("x25519", "secp256r1")));
        assertTrue(failed.errors().startsWith("ERR_SSL_SSLV3_ALERT_"), failed.errors());
        for (String unknown : List.of("wap-wsg-idm-ecid-wtls1", "c2pnb163v1", "prime192v3")) {
            UsageException mistake =
                    assertThrows(UsageException.class, () -> Contexts.of(options -> options.groups(unknown)));
            assertTrue(mistake.getMessage().contains(unknown), mistake.getMessage());
        }
    }

    private static SecureContextOptions bothKinds(SecureContextOptions options) {
        return options.certificate(Contexts.pem("server-rsa-chain"), Contexts.pem("server-rsa-key"))
                .certificate(Contexts.pem("server-ec-chain"), Contexts.pem("server-ec-key"));
    }

    @ParameterizedTest
    @CsvSource({EC_AES_256 + ", EC", RSA_AES_256 + ", RSA"})
    @Covers("node:test-tls-multi-key")
    void ofAnRsaAndAnEcCertificateTheOneThatFitsTheCipherIsChosen(String cipher, String algorithm, Loop loop) {
        TlsServerOptions server = TlsServerOptions.of(Contexts.of(TlsCipherTest::bothKinds));
        BothSides.of(loop, server, client(cipher), pair -> {
                    assertEquals(cipher, pair.client().cipher().name());
                    assertEquals(
                            algorithm,
                            Contexts.peer(pair.client()).getPublicKey().getAlgorithm());
                    assertEquals(2, pair.client().peerCertificates().size());
                })
                .expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-no-rsa-key")
    void aServerNeedsNoRsaKey(Loop loop) {
        StringBuilder got = new StringBuilder();
        BothSides.of(loop, Contexts.server(), Contexts.client(), pair -> {
                    pair.client().onText(StandardCharsets.UTF_8, got::append);
                    pair.server().write(ByteBuffer.wrap("ok".getBytes(StandardCharsets.UTF_8)));
                    assertEquals(
                            "EC", Contexts.peer(pair.client()).getPublicKey().getAlgorithm());
                })
                .expectNoErrors();
        assertEquals("ok", got.toString());
    }
}
