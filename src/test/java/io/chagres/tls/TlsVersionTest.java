package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The versions of TLS that a client and a server agree on. */
@ConnectionTest
class TlsVersionTest {

    private static final byte[] ALERT_PROTOCOL_VERSION = {2, 70};

    private final Journal journal = new Journal();

    private static TlsServerOptions server(TlsVersion min, TlsVersion max) {
        return Contexts.server(options -> options.minVersion(min).maxVersion(max));
    }

    private static TlsClientOptions client(TlsVersion min, TlsVersion max) {
        return Contexts.client(options -> options.minVersion(min).maxVersion(max));
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2, TLS_1_3, TLS_1_2, TLS_1_3, TLSv1.3",
        "TLS_1_2, TLS_1_3, TLS_1_3, TLS_1_3, TLSv1.3",
        "TLS_1_2, TLS_1_3, TLS_1_2, TLS_1_2, TLSv1.2",
        "TLS_1_3, TLS_1_3, TLS_1_2, TLS_1_3, TLSv1.3",
        "TLS_1_2, TLS_1_2, TLS_1_2, TLS_1_3, TLSv1.2",
        "TLS_1_2, TLS_1_2, TLS_1_2, TLS_1_2, TLSv1.2",
        "TLS_1_3, TLS_1_3, TLS_1_3, TLS_1_3, TLSv1.3"
    })
    @Covers({"node:test-tls-min-max-version", "node:test-tls-getprotocol"})
    void theHighestCommonVersionIsSpoken(
            TlsVersion clientMin,
            TlsVersion clientMax,
            TlsVersion serverMin,
            TlsVersion serverMax,
            String expected,
            Loop loop) {
        BothSides both = BothSides.of(
                loop,
                server(serverMin, serverMax),
                client(clientMin, clientMax),
                pair -> journal.add(
                        pair.client().protocol() + " " + pair.server().protocol()));
        both.expectNoErrors();
        journal.expect(expected + " " + expected);
        assertEquals(expected, both.client().protocol(), "after the close");
    }

    @Test
    @Covers("node:test-tls-min-max-version")
    void withoutAChoiceBothSpeakTls13(Loop loop) {
        BothSides.of(loop, Contexts.server(), Contexts.client(), pair -> {
                    assertEquals("TLSv1.3", pair.client().protocol());
                    assertEquals("TLSv1.3", pair.server().protocol());
                })
                .expectNoErrors();
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, TLS_1_3", "TLS_1_3, TLS_1_2"})
    @Covers("node:test-tls-min-max-version")
    void withoutACommonVersionTheClientGetsTheAlertProtocolVersion(
            TlsVersion ofClient, TlsVersion ofServer, Loop loop) {
        BothSides failed = BothSides.of(loop, server(ofServer, ofServer), client(ofClient, ofClient));
        assertEquals("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION/ERR_SSL_UNSUPPORTED_PROTOCOL", failed.errors());
        assertNull(failed.server());
    }

    @ParameterizedTest
    @CsvSource({"0x0302", "0x0301", "0x0300"})
    @Covers({"node:test-tls-alert", "node:test-tls-no-sslv3"})
    void aHelloOfAnOlderVersionGetsTheAlertProtocolVersion(int version, Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> journal.add("secure"));
        server.onTlsClientError((error, socket) -> {
            journal.add(error.code());
            server.close();
        });
        server.listen(0, Local.HOST, null);
        try (Peer<byte[]> client = Peer.client(server.address().port(), socket -> {
            Talk.send(socket, Hello.ofVersion(version));
            return Talk.all(socket);
        })) {
            loop.run();
            byte[] answer = client.result();
            assertEquals(7, answer.length, "one alert");
            assertArrayEquals(ALERT_PROTOCOL_VERSION, Arrays.copyOfRange(answer, 5, 7));
        }
        journal.expect("ERR_SSL_UNSUPPORTED_PROTOCOL");
    }
}
