package io.chagres.tls;

import static io.chagres.tls.Certificates.certificate;
import static io.chagres.tls.Certificates.clientEc;
import static io.chagres.tls.Certificates.pem;
import static io.chagres.tls.Certificates.serverEc;
import static io.chagres.tls.Certificates.serverRsa;
import static io.chagres.tls.Certificates.trusting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.HangGuard;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a context makes of handshakes, seen by two engines in memory. */
@ExtendWith(HangGuard.class)
class SecureContextTest {

    private static final SecureContext SERVER = SecureContext.of(serverEc().ca(pem("ca")));

    private static void assertFinished(EnginePair pair) {
        assertNull(pair.clientError);
        assertNull(pair.serverError);
    }

    private static SecureContext selfSigned() {
        return SecureContext.of(
                SecureContextOptions.defaults().certificate(pem("self-signed"), pem("self-signed-key")));
    }

    private static String certificateOf(EnginePair pair) throws Exception {
        return pair.client.getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm();
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void aTrustedServerIsAuthorized(TlsVersion version) {
        EnginePair pair = EnginePair.shaken(SecureContext.of(trusting().maxVersion(version)), SERVER);
        assertFinished(pair);
        assertEquals(version.protocol(), pair.client.getSession().getProtocol());
        assertTrue(pair.clientCheck.isFull() && pair.serverCheck.isFull());
        assertNull(pair.clientCheck.authorizationError());
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void aServerThatIsNotTrustedFailsTheHandshake(TlsVersion version) {
        EnginePair pair = EnginePair.shaken(SecureContext.of(trusting().maxVersion(version)), selfSigned());
        ChagresException error = TlsErrors.of(pair.clientError, true);
        assertEquals("DEPTH_ZERO_SELF_SIGNED_CERT", error.code());
        assertSame(error, pair.clientCheck.authorizationError());
        assertEquals(
                "ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN",
                TlsErrors.of(pair.serverError, false).code());
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void aServerThatIsNotTrustedIsToleratedIfTheCheckSaysSo(TlsVersion version) {
        EnginePair pair =
                new EnginePair(SecureContext.of(trusting().maxVersion(version)), selfSigned(), false, true).shake();
        assertFinished(pair);
        ChagresException error = pair.clientCheck.authorizationError();
        assertNotNull(error);
        assertEquals("DEPTH_ZERO_SELF_SIGNED_CERT", error.code());
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void aResumedSessionHasItsVerdict(TlsVersion version) {
        SecureContext client = SecureContext.of(trusting().maxVersion(version));
        SecureContext server = selfSigned();
        assertFinished(new EnginePair(client, server, false, true).shake());
        EnginePair resumed = new EnginePair(client, server, true, true).shake();
        assertFinished(resumed);
        assertFalse(resumed.clientCheck.isFull() || resumed.serverCheck.isFull());
        SSLSession session = resumed.client.getSession();
        assertTrue(client.isReused(session, resumed.clientCheck));
        assertTrue(SecureContext.hasVerdict(session));
        ChagresException verdict = SecureContext.verdictOf(session);
        assertNotNull(verdict);
        assertEquals("DEPTH_ZERO_SELF_SIGNED_CERT", verdict.code());
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void aServerChecksTheClientOfAResumedSessionAgain(TlsVersion version) {
        SecureContext client = SecureContext.of(clientEc().maxVersion(version));
        SecureContext server = SecureContext.of(serverEc().ca(pem("other-ca")));
        for (boolean isResumed : new boolean[] {false, true}) {
            EnginePair pair = new EnginePair(client, server, true, false);
            pair.server.setNeedClientAuth(true);
            assertFinished(pair.shake());
            assertEquals(isResumed, !pair.serverCheck.isFull());
            assertFalse(SecureContext.hasVerdict(pair.server.getSession()), "it would get no stateless ticket");
            ChagresException verdict =
                    isResumed ? server.recheck(pair.server.getSession(), false) : pair.serverCheck.authorizationError();
            assertNotNull(verdict);
            assertEquals("UNABLE_TO_VERIFY_LEAF_SIGNATURE", verdict.code());
        }
    }

    @Test
    void aSessionWithoutACertificateHasNothingToCheck() {
        EnginePair pair = EnginePair.shaken(SecureContext.of(trusting()), SERVER);
        assertNull(SERVER.recheck(pair.server.getSession(), false));
    }

    @Test
    void theHandshakeChoosesAmongCertificatesOfTwoKinds() throws Exception {
        SecureContext both = SecureContext.of(serverEc().certificate(pem("server-rsa-chain"), pem("server-rsa-key")));
        SecureContextOptions client = trusting().maxVersion(TlsVersion.TLS_1_2);
        EnginePair rsa =
                EnginePair.shaken(SecureContext.of(client.ciphers("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")), both);
        EnginePair ec =
                EnginePair.shaken(SecureContext.of(client.ciphers("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")), both);
        assertEquals("RSA", certificateOf(rsa));
        assertEquals("EC", certificateOf(ec));
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void theCertificateForTheNameThatTheClientAsksForIsPreferred(TlsVersion version) throws Exception {
        SecureContext server = SecureContext.of(serverEc()
                .certificate(pem("wrong-name"), pem("server-ec-key"))
                .certificate(pem("self-signed"), pem("self-signed-key")));
        EnginePair pair = new EnginePair(SecureContext.of(trusting().maxVersion(version)), server);
        SSLParameters parameters = pair.client.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("other.test")));
        pair.client.setSSLParameters(parameters);
        assertFinished(pair.shake());
        assertEquals(certificate("wrong-name"), pair.client.getSession().getPeerCertificates()[0]);
    }

    @Test
    void aClientSendsItsCertificateAlsoToAServerThatNamesOtherAuthorities() {
        EnginePair pair = new EnginePair(
                SecureContext.of(clientEc()), SecureContext.of(serverEc().ca(pem("other-ca"))));
        pair.server.setNeedClientAuth(true);
        pair.shake();
        assertEquals(
                "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
                TlsErrors.of(pair.serverError, false).code());
    }

    @Test
    void theOrderOfTheServerDecides() {
        EnginePair pair = EnginePair.shaken(
                SecureContext.of(trusting().ciphers("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384")),
                SecureContext.of(serverRsa().ciphers("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")));
        assertEquals("TLS_AES_256_GCM_SHA384", pair.client.getSession().getCipherSuite());
    }

    @Test
    void aVersionWithoutACipherIsNotSpoken() {
        SecureContextOptions older = trusting().ciphers("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        assertEquals(
                "TLSv1.2",
                EnginePair.shaken(SecureContext.of(older), SERVER)
                        .client
                        .getSession()
                        .getProtocol());
        UsageException error =
                assertThrows(UsageException.class, () -> SecureContext.of(older.minVersion(TlsVersion.TLS_1_3)));
        assertEquals("ERR_SSL_NO_CIPHER_MATCH", error.code());
    }

    @Test
    void allDefaultCiphersHaveForwardSecrecyAndAuthenticatedEncryption() {
        assertEquals(9, CipherNames.DEFAULTS.size());
        assertTrue(CipherNames.DEFAULTS.stream()
                .allMatch(name ->
                        name.matches("TLS_(ECDHE_(RSA|ECDSA)_WITH_)?(AES_\\d+_GCM|CHACHA20_POLY1305)_SHA\\d+")));
    }

    @Test
    void signatureSchemesLimitWhatIsAccepted() {
        EnginePair pair = EnginePair.shaken(
                SecureContext.of(trusting().signatureSchemes("rsa_pss_rsae_sha256", "rsa_pkcs1_sha256")), SERVER);
        assertNotNull(pair.serverError);
    }

    @Test
    void onlyAServersOwnAuthoritiesAreNamedToClients() throws Exception {
        TrustRules rules = TrustRules.of(List.of(certificate("ca")), List.of());
        assertEquals(List.of(certificate("ca")), List.of(new PeerTrust(rules, Map.of()).getAcceptedIssuers()));
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void aReadyContextOfTheUserIsUsedAsItIs(TlsVersion version) throws Exception {
        SSLContext own = SSLContext.getInstance(version.protocol());
        assertEquals(
                "ERR_INVALID_ARG_VALUE",
                assertThrows(UsageException.class, () -> SecureContext.of(own)).code());
        own.init(null, new TrustManager[] {new TrustAll()}, null);
        SecureContext client = SecureContext.of(own);
        assertTrue(client.hasCertificate());
        SecureContext server = selfSigned();
        EnginePair full = EnginePair.shaken(client, server);
        assertFinished(full);
        assertFalse(client.isReused(full.client.getSession(), full.clientCheck));
        Thread.sleep(2); // the time of a session is in milliseconds
        EnginePair resumed = EnginePair.shaken(client, server);
        assertTrue(client.isReused(resumed.client.getSession(), resumed.clientCheck));
        assertNull(client.recheck(resumed.client.getSession(), true));
    }

    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void theDefaultContextIsOneAndHasNoCertificate() {
        assertSame(SecureContext.defaults(), SecureContext.defaults());
        assertFalse(SecureContext.defaults().hasCertificate());
        assertTrue(SERVER.hasCertificate());
        assertEquals("SecureContext (TLSv1.2, TLSv1.3, certificates 1)", SERVER.toString());
    }
}
