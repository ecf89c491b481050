package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.loop.Loop;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server asks its clients for certificates: complete chains, incomplete ones, and none. */
@ConnectionTest
class ClientCertificateTest {

    private static final Authority OF_SERVERS = new Authority("CN=Root of servers");
    private static final Authority BELOW_IT = OF_SERVERS.intermediate("CN=Intermediate of servers");
    private static final Authority OF_CLIENTS = new Authority("CN=Root of clients");
    private static final Authority BELOW_THAT = OF_CLIENTS.intermediate("CN=Intermediate of clients");
    private static final Identity SERVER = BELOW_IT.issue("CN=server", Authority.ip("127.0.0.1"));
    private static final Identity CLIENT = BELOW_THAT.issue("CN=client");

    private static final SecureContext TRUSTS_SERVERS = trusting(OF_SERVERS);
    private static final SecureContext TYPICAL_CLIENT = context(CLIENT, OF_SERVERS);
    private static final SecureContext TYPICAL_SERVER = context(SERVER, OF_CLIENTS);

    private final Journal journal = new Journal();

    private static SecureContext trusting(Authority... authorities) {
        return Contexts.of(options -> options.ca(certificates(authorities)));
    }

    private static SecureContext context(Identity identity, Authority... trusted) {
        return Contexts.of(options -> {
            SecureContextOptions own = options.certificate(identity.chain(), identity.key());
            return trusted.length == 0 ? own : own.ca(certificates(trusted));
        });
    }

    private static List<X509Certificate> certificates(Authority... authorities) {
        return Arrays.stream(authorities).map(Authority::certificate).toList();
    }

    private static Identity single(Identity identity) {
        return new Identity(identity.chain().subList(0, 1), identity.key());
    }

    private static TlsServerOptions server(SecureContext context) {
        return TlsServerOptions.of(context).requestCert(true);
    }

    private static TlsClientOptions client(SecureContext context) {
        return TlsClientOptions.defaults().secureContext(context);
    }

    @Test
    @Covers("node:test-tls-client-auth")
    void completeChainsAuthorizeBothSides(Loop loop) {
        BothSides.of(loop, server(TYPICAL_SERVER), client(TYPICAL_CLIENT), pair -> {
                    assertTrue(pair.client().isAuthorized());
                    assertTrue(pair.server().isAuthorized());
                    assertEquals(CLIENT.chain(), pair.server().peerCertificates());
                    assertEquals(CLIENT.chain(), pair.client().localCertificates());
                    assertEquals(SERVER.chain(), pair.client().peerCertificates());
                })
                .expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-client-auth")
    void aServerThatDoesNotAskGetsNoCertificate(Loop loop) {
        BothSides.of(loop, server(TYPICAL_SERVER).requestCert(false), client(TYPICAL_CLIENT), pair -> {
                    assertEquals(List.of(), pair.server().peerCertificates());
                    assertNull(Contexts.peer(pair.server()));
                    assertEquals(
                            "false null",
                            pair.server().isAuthorized() + " " + pair.server().authorizationError());
                })
                .expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-client-auth")
    void aTls12ClientWithoutACertificateIsRefused(Loop loop) {
        SecureContext old =
                Contexts.of(options -> options.ca(certificates(OF_SERVERS)).maxVersion(TlsVersion.TLS_1_2));
        BothSides failed = BothSides.of(loop, server(TYPICAL_SERVER), client(old));
        assertEquals(
                "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE/ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", failed.errors());
        assertNull(failed.server());
    }

    @Test
    @Covers("node:test-tls-client-auth")
    void aTls13ClientWithoutACertificateIsSecureAndThenRefused(Loop loop) {
        BothSides failed = BothSides.of(loop, server(TYPICAL_SERVER), client(TRUSTS_SERVERS));
        assertEquals(
                "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED/ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", failed.errors());
        assertTrue(failed.clientIsSecureEver());
        assertNull(failed.server());
    }

    @Test
    @Covers("node:test-tls-client-auth")
    void aSideThatKnowsTheIntermediateNeedsOnlyTheLeaf(Loop loop) {
        SecureContext client = context(single(CLIENT), OF_SERVERS, BELOW_IT);
        SecureContext server = context(single(SERVER), OF_CLIENTS, BELOW_THAT);
        BothSides.of(loop, server(server), client(client)).expectNoErrors();
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers({"node:test-tls-client-auth", "node:test-tls-cert-chains-in-ca"})
    void aServersLeafWithoutItsIntermediateIsNotTrusted(TlsVersion version, Loop loop) {
        SecureContext server =
                Contexts.of(options -> options.certificate(single(SERVER).chain(), SERVER.key())
                        .ca(certificates(BELOW_IT))
                        .maxVersion(version));
        BothSides failed = BothSides.of(loop, server(server).requestCert(false), client(TRUSTS_SERVERS));
        assertEquals("UNABLE_TO_VERIFY_LEAF_SIGNATURE", failed.errors().split("/")[0]);
    }

    @Test
    @Covers("node:test-tls-client-auth")
    void aClientsLeafWithoutItsIntermediateIsNotTrusted(Loop loop) {
        BothSides failed = BothSides.of(loop, server(TYPICAL_SERVER), client(context(single(CLIENT), OF_SERVERS)));
        assertEquals("UNABLE_TO_VERIFY_LEAF_SIGNATURE", failed.errors().split("/")[1]);
        assertNull(failed.server());
    }

    @Test
    @Covers({"node:test-tls-client-auth", "node:test-tls-cnnic-whitelist"})
    void aServerWithoutAKnownRootIsNotTrusted(Loop loop) {
        BothSides failed =
                BothSides.of(loop, server(TYPICAL_SERVER).requestCert(false), client(SecureContext.defaults()));
        assertEquals("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", failed.errors().split("/")[0]);
    }

    @Test
    @Covers("node:test-tls-client-auth")
    void aRootThatIsSentIsTrustedOnlyIfItIsKnown(Loop loop) {
        List<X509Certificate> chain =
                List.of(SERVER.chain().get(0), SERVER.chain().get(1), OF_SERVERS.certificate());
        TlsServerOptions server = TlsServerOptions.of(context(new Identity(chain, SERVER.key())));
        BothSides failed = BothSides.of(loop, server, client(SecureContext.defaults()));
        assertEquals("SELF_SIGNED_CERT_IN_CHAIN", failed.errors().split("/")[0]);
        BothSides.of(loop, server, client(TRUSTS_SERVERS)).expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-client-auth")
    void aClientWithoutAKnownRootIsNotTrusted(Loop loop) {
        BothSides failed = BothSides.of(loop, server(context(SERVER)), client(TYPICAL_CLIENT));
        assertEquals("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", failed.errors().split("/")[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUSTED CERTIFICATE", "X509 CERTIFICATE"})
    @Covers("node:test-tls-client-auth")
    void olderLabelsOfPemAreUnderstood(String label, Loop loop) {
        String ca = Contexts.pem("ca").replace("CERTIFICATE", label);
        SecureContext server = Contexts.of(
                options -> options.certificate(Contexts.pem("server-ec-chain"), Contexts.pem("server-ec-key"))
                        .ca(ca));
        SecureContext client =
                Contexts.of(options -> options.certificate(Contexts.pem("client-ec"), Contexts.pem("client-ec-key"))
                        .ca(ca));
        BothSides.of(loop, server(server), client(client)).expectNoErrors();
    }

    private static final Authority SECOND = new Authority("CN=Second root of clients");

    private static SecureContext clientNamed(String name) {
        return switch (name) {
            case "first" -> TYPICAL_CLIENT;
            case "self-signed" -> context(Authority.selfSigned("CN=Self"), OF_SERVERS);
            case "second" -> context(SECOND.issue("CN=client of the second"), OF_SERVERS);
            default -> TRUSTS_SERVERS;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "no request,  first, false", "no request,  none, false",
        "request,     first, true", "request,     self-signed, false",
        "request,     second, false", "request,     none, false",
        "require,     first, true", "require,     self-signed, refused",
        "require,     second, refused", "require,     none, refused",
        "require two, first, true", "require two, self-signed, refused",
        "require two, second, true", "require two, none, refused"
    })
    @Covers("node:test-tls-server-verify")
    void aClientIsAuthorizedUnauthorizedOrRefused(String asked, String name, String expected, Loop loop) {
        SecureContext context = asked.equals("require two") ? context(SERVER, OF_CLIENTS, SECOND) : TYPICAL_SERVER;
        TlsServerOptions server = TlsServerOptions.of(context)
                .requestCert(!asked.equals("no request"))
                .rejectUnauthorized(asked.startsWith("require"));
        BothSides result = BothSides.of(
                loop,
                server,
                client(clientNamed(name)),
                pair -> journal.add("" + pair.server().isAuthorized()));
        if (expected.equals("refused")) {
            assertNull(result.server());
        } else {
            result.expectNoErrors();
            journal.expect(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"client-ec, client-ec-key, true", "revoked, server-ec-key, false"})
    @Covers("node:test-tls-server-verify")
    void aRevokedCertificateIsRefused(String certificate, String key, boolean accepted, Loop loop) {
        TlsServerOptions server = TlsServerOptions.of(Contexts.of(
                        options -> options.certificate(Contexts.pem("server-ec-chain"), Contexts.pem("server-ec-key"))
                                .ca(Contexts.pem("ca"))
                                .crl(Contexts.pem("ca-crl"))))
                .requestCert(true);
        SecureContext client = Contexts.of(
                options -> options.ca(Contexts.pem("ca")).certificate(Contexts.pem(certificate), Contexts.pem(key)));
        BothSides result = BothSides.of(loop, server, client(client));
        assertEquals(accepted ? "-" : "CERT_REVOKED", result.errors().split("/")[1]);
        assertEquals(accepted, result.server() != null);
    }

    @Test
    @Covers("node:test-tls-pfx-authorizationerror")
    void aSidesOwnCertificateCanBeAskedForAgainAndAgain(Loop loop) {
        BothSides.of(loop, server(TYPICAL_SERVER).rejectUnauthorized(false), client(TYPICAL_CLIENT), pair -> {
                    assertNull(pair.server().authorizationError());
                    assertEquals(CLIENT.certificate(), Contexts.peer(pair.server()));
                    for (int i = 0; i < 10; i++) {
                        assertEquals(CLIENT.chain(), pair.client().localCertificates());
                    }
                })
                .expectNoErrors();
    }
}
