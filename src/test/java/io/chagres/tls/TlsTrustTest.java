package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which servers a client trusts. */
@ConnectionTest
class TlsTrustTest {

    private static final Authority FIRST = new Authority("CN=First");
    private static final Authority OTHER = new Authority("CN=Other");
    private static final byte[] LOOPBACK = Authority.ip("127.0.0.1");

    private final Journal journal = new Journal();

    private static TlsServerOptions server(Identity identity) {
        return TlsServerOptions.of(Contexts.of(identity));
    }

    private static TlsClientOptions trusting(Authority... authorities) {
        List<X509Certificate> certificates =
                Arrays.stream(authorities).map(Authority::certificate).toList();
        return TlsClientOptions.defaults().secureContext(Contexts.of(options -> options.ca(certificates)));
    }

    private static Identity serverNamed(String name) {
        return switch (name) {
            case "first" -> FIRST.issue("CN=server", LOOPBACK);
            case "other" -> OTHER.issue("CN=server", LOOPBACK);
            default -> Authority.selfSigned("CN=server");
        };
    }

    private static TlsClientOptions clientNamed(String name) {
        return switch (name) {
            case "first" -> trusting(FIRST);
            case "both" -> trusting(FIRST, OTHER);
            default -> TlsClientOptions.defaults();
        };
    }

    @ParameterizedTest
    @CsvSource({
        "first, first, true",
        "first, self, DEPTH_ZERO_SELF_SIGNED_CERT",
        "first, other, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "none,  first, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "none,  self, DEPTH_ZERO_SELF_SIGNED_CERT",
        "none,  other, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "both,  first, true",
        "both,  self, DEPTH_ZERO_SELF_SIGNED_CERT",
        "both,  other, true"
    })
    @Covers({"node:test-tls-client-verify", "node:test-tls-friendly-error-message"})
    void aClientAuthorizesTheServersOfItsAuthorities(String trusted, String server, String expected, Loop loop) {
        BothSides.of(
                        loop,
                        server(serverNamed(server)),
                        clientNamed(trusted).rejectUnauthorized(false),
                        pair -> journal.add(
                                pair.client().authorizationError() == null
                                        ? "" + pair.client().isAuthorized()
                                        : pair.client().authorizationError().code()))
                .expectNoErrors();
        journal.expect(expected);
        BothSides strict = BothSides.of(loop, server(serverNamed(server)), clientNamed(trusted));
        assertEquals(expected.equals("true") ? "-" : expected, strict.errors().split("/")[0]);
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers({"node:test-tls-client-reject", "node:test-tls-client-reject-12"})
    void anUntrustedServerIsAnErrorBeforeAByteIsHandedOut(TlsVersion version, Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(options -> options.maxVersion(version)), socket -> {
            socket.onError(error -> {});
            socket.pipe(socket);
        });
        server.listen(0, Local.HOST, null);
        converse(loop, server, "untrusted ", TlsClientOptions.defaults());
        journal.expect("untrusted error UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "untrusted close true");
        converse(loop, server, "lenient ", TlsClientOptions.defaults().rejectUnauthorized(false));
        journal.expect("lenient secure false", "lenient data ok", "lenient end", "lenient close false");
        converse(loop, server, "trusted ", Contexts.client());
        journal.expect("trusted secure true", "trusted data ok", "trusted end", "trusted close false");
        server.close();
        loop.run();
    }

    /** Sends "ok" and reads the echo up to the end. */
    private void converse(Loop loop, TlsServer server, String who, TlsClientOptions options) {
        ConnectOptions where = ConnectOptions.to(Local.HOST, server.address().port());
        TlsSocket client = Tls.connect(loop, where, options, null);
        client.onSecureConnect(() -> journal.add(who + "secure " + client.isAuthorized()));
        client.onData(chunk -> journal.add(who + "data " + Talk.text(chunk)));
        client.onEnd(journal.note(who + "end"));
        client.onError(error -> journal.add(who + "error " + error.code()));
        client.onClose(hadError -> {
            journal.add(who + "close " + hadError);
            loop.stop();
        });
        client.end("ok");
        loop.run();
    }

    @Test
    @Covers("node:test-tls-client-allow-partial-trust-chain")
    void anIntermediateIsEnoughAsTheAuthority(Loop loop) {
        TlsClientOptions partial = TlsClientOptions.defaults()
                .secureContext(Contexts.of(options -> options.ca(Contexts.pem("intermediate"))));
        BothSides.of(loop, Contexts.server(), partial).expectNoErrors();
    }

    @Test
    @Covers({"node:test-tls-ca-concat", "node:test-tls-multiple-cas-as-string"})
    void anAuthorityIsFoundAmongOtherCertificatesOfOneText(Loop loop) {
        String text = Contexts.pem("client-rsa") + "\n" + Contexts.pem("other-ca") + "\n" + Contexts.pem("ca");
        TlsClientOptions one = TlsClientOptions.defaults().secureContext(Contexts.of(options -> options.ca(text)));
        BothSides.of(loop, Contexts.server(), one).expectNoErrors();
        TlsClientOptions several = TlsClientOptions.defaults()
                .secureContext(Contexts.of(
                        options -> options.ca(Contexts.pem("other-ca")).ca(Contexts.pem("ca"))));
        BothSides.of(loop, Contexts.server(), several).expectNoErrors();
    }

    @Test
    @Covers({"node:test-tls-addca", "node:test-tls-connect-secure-context", "node:test-tls-socket-default-options"})
    void anAuthorityOfOneContextIsNotTrustedByAnother(Loop loop) {
        SecureContextOptions none = SecureContextOptions.defaults();
        SecureContext without = SecureContext.of(none);
        SecureContext with = SecureContext.of(none.ca(Contexts.pem("ca")));
        BothSides failed = BothSides.of(
                loop, Contexts.server(), TlsClientOptions.defaults().secureContext(without));
        assertEquals("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", failed.errors().split("/")[0]);
        BothSides.of(loop, Contexts.server(), TlsClientOptions.defaults().secureContext(with))
                .expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-set-default-ca-certificates-precedence-bundled")
    void theAuthoritiesOfAContextReplaceTheRootsOfTheJdk(Loop loop) {
        assertFalse(Tls.rootCertificates().contains(FIRST.certificate()));
        BothSides.of(loop, server(serverNamed("first")), trusting(FIRST)).expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-connect-no-host")
    void withoutAHostTheNameThatIsCheckedIsLocalhost(Loop loop) {
        TlsServer server = Tls.createServer(
                loop, server(FIRST.issue("CN=x", Authority.dns("localhost"))), socket -> socket.resume());
        server.listen(0);
        TlsSocket[] client = new TlsSocket[1];
        client[0] = Tls.connect(loop, ConnectOptions.to(server.address().port()), trusting(FIRST), () -> {
            journal.add("authorized " + client[0].isAuthorized());
            client[0].end();
            server.close();
        });
        client[0].resume();
        loop.run();
        journal.expect("authorized true");
    }
}
