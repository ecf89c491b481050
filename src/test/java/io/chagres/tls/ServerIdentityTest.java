package io.chagres.tls;

import static io.chagres.tls.Certificates.certificate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.ChagresException;
import io.chagres.fixture.HangGuard;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and certificates. The answers are those of tls.checkServerIdentity in Node 20. */
@ExtendWith(HangGuard.class)
class ServerIdentityTest {

    private static CertificateNames hosts(String... names) {
        return new CertificateNames(List.of(names), List.of(), "DNS:" + String.join(", DNS:", names), List.of("other"));
    }

    private static String message(String reason) {
        return "Hostname/IP does not match certificate's altnames: " + reason;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "localhost.",
                "a.example.test",
                "A.Example.TEST.",
                "127.0.0.1",
                "::1",
                "0:0:0:0:0:0:0:1",
                "bücher.example.test",
                "xn--bcher-kva.example.test"
            })
    void aNameInTheCertificateIsAccepted(String host) {
        assertNull(ServerIdentity.check(host, certificate("server-ec")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b.example.test", "example.test", "other.test", "localhost.example", ""})
    void anotherNameIsRefusedWithNodesMessage(String host) {
        ChagresException error = ServerIdentity.check(host, certificate("server-ec"));
        assertNotNull(error);
        assertEquals("ERR_TLS_CERT_ALTNAME_INVALID", error.code());
        assertEquals(
                message("Host: " + host + ". is not in the cert's altnames: DNS:localhost, DNS:*.example.test, "
                        + "IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"),
                error.getMessage());
    }

    @Test
    void anotherAddressIsRefusedWithNodesMessage() {
        ChagresException error = ServerIdentity.check("::2", certificate("server-ec"));
        assertNotNull(error);
        assertEquals(message("IP: ::2 is not in the cert's list: 127.0.0.1, ::1"), error.getMessage());
    }

    @Test
    void anAddressIsNotLookedForAmongTheNames() {
        assertNotNull(ServerIdentity.check("1.2.3.4", hosts("1.2.3.4")));
    }

    @Test
    void theCommonNameCountsIfThereIsNoOtherName() {
        assertNull(ServerIdentity.check("localhost", certificate("common-name")));
        ChagresException error = ServerIdentity.check("a.example.test", certificate("common-name"));
        assertNotNull(error);
        assertEquals(message("Host: a.example.test. is not cert's CN: localhost"), error.getMessage());
    }

    @Test
    void theCommonNameDoesNotCountBesideNamesOfHosts() {
        ChagresException error = ServerIdentity.check("localhost", certificate("wrong-name"));
        assertNotNull(error);
        assertEquals(message("Host: localhost. is not in the cert's altnames: DNS:other.test"), error.getMessage());
    }

    @Test
    void oneOfSeveralCommonNamesIsEnough() {
        CertificateNames names = new CertificateNames(List.of(), List.of(), "", List.of("b.com", "a.com"));
        assertNull(ServerIdentity.check("a.com", names));
        ChagresException error = ServerIdentity.check("c.com", names);
        assertNotNull(error);
        assertEquals(message("Host: c.com. is not cert's CN: b.com,a.com"), error.getMessage());
    }

    @Test
    void aCertificateWithoutAnyNameIsRefused() {
        ChagresException error =
                ServerIdentity.check("a.com", new CertificateNames(List.of(), List.of(), "", List.of()));
        assertNotNull(error);
        assertEquals(message("Cert does not contain a DNS name"), error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "ab.c.com, a*.c.com",
        "ab.c.com, *b.c.com",
        "abc.c.com, a*c.c.com",
        "a.c.com, *.c.com",
        ".a.com, *.a.com"
    })
    void aWildcardStandsForTextInTheFirstLabel(String host, String pattern) {
        assertNull(ServerIdentity.check(host, hosts(pattern)));
    }

    @ParameterizedTest
    @CsvSource({
        "a.com, *.com", // directly below a top-level domain
        "abc.c.com, *b*.c.com", // two
        "xn--a.c.com, xn--*.c.com", // in a name of another language
        "a.b.c.com, *.c.com", // for two labels
        "a.b.com, a.*.com", // in another label
        "a.c.com, a..com",
        "aa.c.com, aa*aa.c.com",
        "bücher.de, bücher.de", // a certificate has it in ASCII
    })
    void aWildcardElsewhereStandsForNothing(String host, String pattern) {
        assertNotNull(ServerIdentity.check(host, hosts(pattern)));
    }

    @Test
    void aNameOfAnotherLanguageIsComparedInAscii() {
        assertNull(ServerIdentity.check("bücher.de", hosts("xn--bcher-kva.de")));
    }
}
