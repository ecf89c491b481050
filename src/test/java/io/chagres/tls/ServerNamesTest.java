package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosts, and certificates with names of every kind. The pairs, and the texts of the answers, are those of Node's test. */
@ExtendWith(HangGuard.class)
class ServerNamesTest {

    private static ChagresException check(String host, Identity identity) {
        return Tls.checkServerIdentity(host, identity.certificate());
    }

    private static byte[] name(String text) {
        String value = text.substring(text.indexOf(':') + 1);
        return switch (text.charAt(0)) {
            case 'D' -> Authority.dns(value);
            case 'U' -> Authority.uri(value);
            default -> Authority.ip(value);
        };
    }

    @ParameterizedTest
    @CsvFileSource(resources = "server-identity.txt", delimiter = '|', numLinesToSkip = 1)
    @Covers("node:test-tls-check-server-identity")
    void theAnswerIsThatOfNode(String host, String subject, String alternatives, String answer) {
        String owner = subject == null ? "O=Nameless" : subject;
        Identity identity = alternatives == null
                ? Contexts.AUTHORITY.issue(owner)
                : Contexts.AUTHORITY.issue(
                        owner,
                        Arrays.stream(alternatives.split(", "))
                                .map(ServerNamesTest::name)
                                .toArray(byte[][]::new));
        ChagresException error = check(host.replace("\\n", "\n"), identity);
        if (answer.equals("ok")) {
            assertNull(error);
        } else {
            assertNotNull(error);
            assertEquals("ERR_TLS_CERT_ALTNAME_INVALID", error.code());
            assertEquals(
                    "Hostname/IP does not match certificate's altnames: " + answer.replace("\\n", "\n"),
                    error.getMessage().strip());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "::1, 0:0:0:0:0:0:0:1",
        "fe80:0:0:0:0:0:0:1, fe80::1",
        "fe80::0000:0010:0001, fe80::10:1",
        "0001:2222:3333:4444:5555:6666:7777:0088, 1:2222:3333:4444:5555:6666:7777:88",
        "a002:B12:00Ba:4444:5555:6666:0:0, a002:b12:ba:4444:5555:6666::"
    })
    @Covers("node:test-tls-canonical-ip")
    void anAddressIsTheSameInEveryForm(String host, String inCertificate) {
        Identity identity = Contexts.AUTHORITY.issue("CN=x", Authority.ip(inCertificate));
        assertNull(check(host, identity));
        assertNull(check(inCertificate, identity));
        assertNotNull(check("::2", identity));
    }

    @Test
    @Covers("node:test-tls-0-dns-altname")
    void aNulByteIsPartOfTheName() {
        Identity identity = Contexts.AUTHORITY.issue("CN=x", Authority.dns("good.example.org\0.evil.example.com"));
        for (String host : List.of("good.example.org", "evil.example.com")) {
            assertNotNull(check(host, identity));
        }
    }
}
