package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ALPN: the protocol that is spoken inside TLS is chosen during the handshake. */
@ConnectionTest
class TlsAlpnTest {

    private final Journal journal = new Journal();

    private static String[] list(String names) {
        return names == null ? new String[0] : names.split(" ");
    }

    private static TlsServerOptions server(String names) {
        return names == null ? Contexts.server() : Contexts.server().alpn(list(names));
    }

    private static TlsClientOptions client(String names) {
        return names == null ? Contexts.client() : Contexts.client().alpn(list(names));
    }

    @ParameterizedTest
    @CsvSource({
        "a b c, a b c, a",
        "a b c, c b e, b",
        "a b c, x y c, c",
        "a b c,      , null",
        "     , a b c, null",
        "     ,      , null"
    })
    @Covers("node:test-tls-alpn-server-client")
    void theFirstProtocolOfTheServerThatTheClientOffersIsChosen(
            String ofServer, String ofClient, String expected, Loop loop) {
        BothSides.of(loop, server(ofServer), client(ofClient), pair -> {
                    assertEquals(expected, String.valueOf(pair.server().alpnProtocol()));
                    assertEquals(expected, String.valueOf(pair.client().alpnProtocol()));
                })
                .expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-alpn-server-client")
    void withoutACommonProtocolTheClientGetsTheAlert(Loop loop) {
        BothSides failed = BothSides.of(loop, server("foo"), client("bar"));
        assertEquals(
                "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL", failed.errors().split("/")[0]);
        assertEquals("ERR_SSL_NO_APPLICATION_PROTOCOL", failed.errors().split("/")[1]);
    }

    @Test
    @Covers("node:test-tls-alpn-server-client")
    void aCallbackChoosesOrRefuses(Loop loop) {
        TlsServerOptions second =
                Contexts.server().alpn((servername, protocols) -> protocols.size() > 1 ? protocols.get(1) : null);
        BothSides.of(loop, second, client("a b c"), pair -> {
                    assertEquals("b", pair.server().alpnProtocol());
                    assertEquals("b", pair.client().alpnProtocol());
                })
                .expectNoErrors();
        BothSides failed = BothSides.of(loop, second, client("a"));
        assertEquals(
                "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL", failed.errors().split("/")[0]);
    }

    @Test
    @Covers("node:test-tls-alpn-server-client")
    void aCallbackThatChoosesWhatWasNotOfferedIsAClientError(Loop loop) {
        TlsServerOptions wrong = Contexts.server().alpn((servername, protocols) -> {
            journal.add(servername + " " + protocols);
            return "http/5";
        });
        BothSides failed = BothSides.of(loop, wrong, client("http/1 h2").servername("a.example.test"));
        assertEquals("ERR_TLS_ALPN_CALLBACK_INVALID_RESULT", failed.errors().split("/")[1]);
        journal.expect("a.example.test " + List.of("http/1", "h2"));
    }

    @Test
    @Covers("node:test-tls-alpn-server-client")
    void aListAndACallbackExcludeEachOther() {
        UsageException mistake =
                assertThrows(UsageException.class, () -> server("b c").alpn((servername, protocols) -> "a"));
        assertEquals("ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS", mistake.code());
    }

    @Test
    @Covers("node:test-tls-socket-constructor-alpn-options-parsing")
    void aServersSocketWithoutATlsServerChoosesToo(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            server.close();
            TlsSocket secure = TlsSocket.server(socket, server("http/1.1"));
            secure.onSecureConnect(() -> {
                journal.add("server " + secure.alpnProtocol());
                secure.resume().end();
            });
        });
        int port = server.listen(0, Local.HOST, null).address().port();
        TlsSocket client = TlsSocket.client(
                Local.connect(loop, port), client("h2 http/1.1").servername("localhost"));
        client.onSecureConnect(() -> journal.add("client " + client.alpnProtocol()));
        client.resume();
        loop.run();
        journal.expectInAnyOrder("server http/1.1", "client http/1.1");
    }
}
