package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.loop.Loop;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The certificates of both sides, as a connection answers for them. */
@ConnectionTest
class PeerCertificateTest {

    private static X509Certificate read(String pem) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem.getBytes()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-rsa", "server-ec"})
    @Covers({"node:test-tls-peer-certificate", "node:test-tls-getcertificate-x509", "node:test-tls-cert-chains-concat"})
    void bothSidesKnowTheChainOfTheServer(String name, Loop loop) throws Exception {
        X509Certificate leaf = read(Contexts.pem(name));
        X509Certificate issuer = read(Contexts.pem("intermediate"));
        SecureContext context =
                Contexts.of(options -> options.certificate(Contexts.pem(name + "-chain"), Contexts.pem(name + "-key")));
        BothSides both = BothSides.of(loop, TlsServerOptions.of(context), Contexts.client(), pair -> {
            assertEquals(List.of(leaf, issuer), pair.client().peerCertificates());
            assertEquals(List.of(leaf, issuer), pair.server().localCertificates());
            assertEquals(List.of(), pair.client().localCertificates());
            assertEquals(List.of(), pair.server().peerCertificates());
        });
        X509Certificate peer = Contexts.peer(both.expectNoErrors().client());
        assertEquals(leaf.getSerialNumber(), peer.getSerialNumber());
        assertEquals(issuer.getSubjectX500Principal(), peer.getIssuerX500Principal());
        assertEquals(fingerprint(leaf), fingerprint(peer));
        if (name.equals("server-rsa")) {
            assertEquals(2048, ((RSAPublicKey) peer.getPublicKey()).getModulus().bitLength());
        } else {
            assertNotNull(((ECPublicKey) peer.getPublicKey()).getW());
        }
    }

    private static String fingerprint(X509Certificate certificate) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    private static X509Certificate peerOf(Loop loop, Identity identity, TlsClientOptions client) {
        BothSides both = BothSides.of(loop, TlsServerOptions.of(Contexts.of(identity)), client);
        return Contexts.peer(both.expectNoErrors().client());
    }

    private static TlsClientOptions lenient() {
        return TlsClientOptions.defaults().rejectUnauthorized(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CN=\u00c1d\u00e1m Lippai", "CN=\u00e6\u6c34\u05d0"})
    @Covers({"node:test-tls-peer-certificate-encoding", "node:test-tls-cert-chains-concat"})
    void aSubjectBeyondAsciiIsNotGarbled(String subject, Loop loop) {
        X509Certificate peer = peerOf(loop, Contexts.AUTHORITY.issue(subject), lenient());
        assertEquals(subject, peer.getSubjectX500Principal().getName());
    }

    @Test
    @Covers("node:test-tls-peer-certificate-multi-keys")
    void aSubjectHasAllItsUnits(Loop loop) {
        Identity identity = Contexts.AUTHORITY.issue("CN=x, OU=Engineering, OU=Test TLS Certificate");
        assertEquals(
                "CN=x,OU=Engineering,OU=Test TLS Certificate",
                peerOf(loop, identity, lenient()).getSubjectX500Principal().getName());
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers("node:test-tls-0-dns-altname")
    void aNulByteDoesNotShortenAName(TlsVersion version, Loop loop) throws Exception {
        String trap = "good.example.org\0.evil.example.com";
        Identity identity = Contexts.AUTHORITY.issue(
                "CN=evil.example.com", Authority.dns(trap), Authority.dns("just-another.example.com"));
        TlsServerOptions server = TlsServerOptions.of(Contexts.of(
                options -> options.certificate(identity.chain(), identity.key()).maxVersion(version)));
        TlsClientOptions client = TlsClientOptions.defaults().secureContext(Contexts.trustingAuthority());
        BothSides failed = BothSides.of(loop, server, client.servername("good.example.org"));
        assertEquals("ERR_TLS_CERT_ALTNAME_INVALID", failed.clientError().code());
        BothSides.of(loop, server, client.servername("just-another.example.com"))
                .expectNoErrors();
        assertEquals(
                List.of(2, trap),
                identity.certificate().getSubjectAlternativeNames().iterator().next());
    }
}
