package io.chagres.tls;

import static io.chagres.tls.Certificates.certificate;
import static io.chagres.tls.Certificates.pem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.ChagresException;
import io.chagres.fixture.HangGuard;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chains that are not trusted, and why. Codes and texts are those of Node 20 for the same chains, unless a test says otherwise. */
@ExtendWith(HangGuard.class)
class ChainErrorsTest {

    private static X509Certificate[] chain(String files) {
        return Stream.of(files.split("\\+"))
                .flatMap(file -> CertificateReader.certificates(pem(file), file).stream())
                .toArray(X509Certificate[]::new);
    }

    private static ChagresException check(X509Certificate[] chain, boolean isServerChain, String ca, String... crls) {
        try {
            List<X509CRL> lists = new ArrayList<>();
            Stream.of(crls).forEach(crl -> lists.addAll(CertificateReader.crls(pem(crl))));
            TrustRules rules = TrustRules.of(CertificateReader.certificates(pem(ca), ca), lists);
            return new PeerTrust(rules, Map.of()).recheck(chain, isServerChain);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String code(ChagresException error) {
        return error == null ? "" : error.code();
    }

    @ParameterizedTest
    @CsvSource({
        "server-ec-chain, ca, ''",
        "server-rsa-chain, ca, ''",
        "server-ec-chain+ca, ca, ''",
        "self-signed, self-signed, ''",
        "common-name, ca, ''",
        "server-ec, ca, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "server-ec-chain, other-ca, UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        "server-ec-chain+ca, other-ca, SELF_SIGNED_CERT_IN_CHAIN",
        "self-signed, ca, DEPTH_ZERO_SELF_SIGNED_CERT",
        "expired, ca, CERT_HAS_EXPIRED",
        "expired, other-ca, CERT_HAS_EXPIRED",
        "expired, expired, CERT_HAS_EXPIRED",
        "not-yet-valid, ca, CERT_NOT_YET_VALID",
        "below-narrow-chain, ca, PATH_LENGTH_EXCEEDED",
        "client-ec, ca, INVALID_PURPOSE"
    })
    void theChainOfAServer(String files, String ca, String code) {
        assertEquals(code, code(check(chain(files), true, ca)));
    }

    @ParameterizedTest
    @CsvSource({
        "client-ec, ca, ''",
        "client-rsa, ca, ''",
        "common-name, ca, ''",
        "server-ec-chain, ca, INVALID_PURPOSE",
        "client-ec, other-ca, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "expired, ca, CERT_HAS_EXPIRED",
        "self-signed, ca, INVALID_PURPOSE"
    })
    void theChainOfAClient(String files, String ca, String code) {
        assertEquals(code, code(check(chain(files), false, ca)));
    }

    @ParameterizedTest
    @CsvSource({
        "common-name, ca-crl, ''",
        "revoked, ca-crl, CERT_REVOKED",
        "server-ec-chain, ca-crl, UNABLE_TO_GET_CRL",
        "server-ec-chain, ca-crl+intermediate-crl, ''",
        "common-name, expired-crl, CRL_HAS_EXPIRED",
        "revoked, expired-crl, CRL_HAS_EXPIRED"
    })
    void aChainWithListsOfRevokedCertificates(String files, String crls, String code) {
        assertEquals(code, code(check(chain(files), true, "ca", crls.split("\\+"))));
    }

    /** Node trusts them only with its option allowPartialTrustChain. */
    @ParameterizedTest
    @CsvSource({"server-ec, intermediate", "server-ec, server-ec"})
    void eachCertificateInTheListOfAuthoritiesIsTrustedByItself(String files, String ca) {
        assertNull(check(chain(files), true, ca));
    }

    /** Node: UNSPECIFIED, "key usage does not include certificate signing". */
    @Test
    void aCertificateOfAServerIssuesNone() {
        assertEquals("INVALID_CA", code(check(chain("below-a-leaf-chain"), true, "ca")));
    }

    @Test
    void aSignatureThatIsChangedIsNamed() throws Exception {
        byte[] bytes = certificate("common-name").getEncoded();
        bytes[bytes.length - 1] ^= 1;
        X509Certificate changed = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
        ChagresException error = check(new X509Certificate[] {changed}, true, "ca");
        assertEquals("CERT_SIGNATURE_FAILURE", code(error));
    }

    @Test
    void aListOfAnotherAuthorityDoesNotCount() {
        assertEquals("UNABLE_TO_GET_CRL", code(check(chain("common-name"), true, "ca", "intermediate-crl")));
    }

    @Test
    void theTextIsOpenSslsAndTheCauseIsTheJdks() {
        ChagresException error = check(chain("server-ec-chain"), true, "other-ca");
        assertNotNull(error);
        assertEquals("unable to get local issuer certificate", error.getMessage());
        assertNotNull(error.getCause());
    }

    @Test
    void anEmptyChainIsRefused() {
        ChagresException error = check(new X509Certificate[0], true, "ca");
        assertEquals("UNSPECIFIED", code(error));
    }

    @Test
    void theRootsOfTheJdkAreTrustedIfThereIsNoAuthority() throws Exception {
        assertFalse(SecureContext.rootCertificates().isEmpty());
        TrustRules rules = TrustRules.of(List.of(), List.of());
        ChagresException error = new PeerTrust(rules, Map.of()).recheck(chain("server-ec-chain"), true);
        assertEquals("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", code(error));
        assertEquals(0, new PeerTrust(rules, Map.of()).getAcceptedIssuers().length);
    }
}
