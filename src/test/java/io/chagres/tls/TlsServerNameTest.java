package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SNI: the client says which server it wants, and the server chooses its context by that name. */
@ConnectionTest
class TlsServerNameTest {

    private static final SecureContext A = Contexts.of(Contexts.AUTHORITY.issue("CN=a", Authority.dns("a.test")));
    private static final SecureContext WILD =
            Contexts.of(Contexts.AUTHORITY.issue("CN=w", Authority.dns("*.wild.test")));
    private static final SecureContext TRUSTING = Contexts.trustingAuthority();

    private final Journal journal = new Journal();

    private static TlsClientOptions client(String name) {
        return TlsClientOptions.defaults()
                .secureContext(TRUSTING)
                .servername(name)
                .rejectUnauthorized(false);
    }

    /** Runs one client for {@code name} against {@code server}, which then closes. */
    private TlsSocket connect(Loop loop, TlsServer server, TlsClientOptions options) {
        server.listen(0, Local.HOST, null);
        ConnectOptions where = ConnectOptions.to(Local.HOST, server.address().port());
        TlsSocket client = Tls.connect(loop, where, options, null);
        client.onSecureConnect(() -> {
            ChagresException error = client.authorizationError();
            journal.add("client " + Contexts.peer(client).getSubjectX500Principal() + " "
                    + (error == null ? client.isAuthorized() : error.code()));
            client.end();
        });
        client.onError(error -> journal.add("client error " + error.code()));
        client.onClose(hadError -> server.close());
        client.resume();
        loop.run();
        return client;
    }

    private TlsServer server(Loop loop, TlsServerOptions options) {
        TlsServer server = Tls.createServer(loop, options, socket -> {
            journal.add("server " + socket.servername() + " " + socket.isAuthorized());
            socket.onError(error -> journal.add("server error " + error.code()));
            socket.resume();
        });
        server.onTlsClientError(
                (error, socket) -> journal.add("refused " + socket.servername() + " " + error.getMessage()));
        return server;
    }

    @ParameterizedTest
    @CsvSource({
        "a.test, CN=a true",
        "b.wild.test, CN=w true",
        "a.b.wild.test, CN=localhost UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        "c.wrong.test, CN=localhost UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
    })
    @Covers("node:test-tls-sni-server-client")
    void aContextThatWasAddedForTheNameIsUsed(String name, String expected, Loop loop) {
        TlsServer server = server(loop, Contexts.server());
        server.addContext("a.test", A);
        server.addContext("*.wild.test", WILD);
        connect(loop, server, client(name));
        journal.expectInAnyOrder("server " + name + " false", "client " + expected);
    }

    @Test
    @Covers("node:test-tls-sni-server-client")
    void aContextWithAChainIsSentWithItsChain(Loop loop) {
        TlsServer server = server(loop, TlsServerOptions.of(A));
        server.addContext("chain.example.test", Contexts.SERVER);
        TlsSocket client = connect(loop, server, Contexts.client().servername("chain.example.test"));
        assertEquals(2, client.peerCertificates().size());
        journal.expectInAnyOrder("server chain.example.test false", "client CN=localhost true");
    }

    @Test
    @Covers("node:test-tls-add-context")
    void theContextOfTheNameDecidesWhichClientsAreAuthorized(Loop loop) {
        SecureContext trustsClients = Contexts.of(
                options -> options.certificate(Contexts.pem("server-ec-chain"), Contexts.pem("server-ec-key"))
                        .ca(Contexts.pem("ca")));
        SecureContext trustsOthers = Contexts.of(
                options -> options.certificate(Contexts.pem("server-ec-chain"), Contexts.pem("server-ec-key"))
                        .ca(Contexts.pem("other-ca")));
        SecureContext withCertificate = Contexts.of(options ->
                options.ca(Contexts.pem("ca")).certificate(Contexts.pem("client-ec"), Contexts.pem("client-ec-key")));
        for (String name : List.of("context1.example.test", "context2.example.test", "unknown.example.test")) {
            TlsServer server = server(
                    loop, TlsServerOptions.of(trustsOthers).requestCert(true).rejectUnauthorized(false));
            server.addContext("context1.example.test", trustsClients);
            server.addContext("context2.example.test", trustsClients);
            connect(
                    loop,
                    server,
                    TlsClientOptions.defaults().secureContext(withCertificate).servername(name));
            journal.expectInAnyOrder("server " + name + " " + name.startsWith("context"), "client CN=localhost true");
        }
    }

    @ParameterizedTest
    @CsvSource({"*.wild.test, *.wild.test", "b.wild.test, *.wild.test", "*.wild.test, b.wild.test"})
    @Covers("node:test-tls-secure-context-usage-order")
    void ofTheContextsForANameTheLastThatWasAddedIsUsed(String first, String last, Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> socket.resume());
        server.listen(0, Local.HOST, null);
        server.addContext(first, A);
        connectOn(loop, server);
        server.addContext(last, WILD);
        connectOn(loop, server);
        connectOn(loop, server);
        server.close();
        loop.run();
        journal.expect("CN=a", "CN=w", "CN=w");
    }

    /** Connects a client for b.wild.test to a server that stays open. */
    private void connectOn(Loop loop, TlsServer server) {
        ConnectOptions where = ConnectOptions.to(Local.HOST, server.address().port());
        TlsSocket client = Tls.connect(loop, where, client("b.wild.test"), null);
        client.onSecureConnect(() -> {
            journal.add(Contexts.peer(client).getSubjectX500Principal().toString());
            client.end();
        });
        client.onClose(hadError -> loop.stop());
        client.resume();
        loop.run();
    }

    @ParameterizedTest
    @CsvSource({"a.test, CN=a true", "none.example.test, CN=localhost UNABLE_TO_GET_ISSUER_CERT_LOCALLY"})
    @Covers("node:test-tls-sni-option")
    void aCallbackMayAnswerLaterWithAContextOrWithNone(String name, String expected, Loop loop) {
        TlsServerOptions options = Contexts.server()
                .sni((servername, answer) ->
                        Timer.after(loop, 2, () -> answer.use(servername.equals("a.test") ? A : null)));
        connect(loop, server(loop, options), client(name));
        journal.expectInAnyOrder("server " + name + " false", "client " + expected);
    }

    @Test
    @Covers({"node:test-tls-sni-option", "node:test-tls-sni-servername"})
    void aCallbackThatFailsIsAClientErrorThatKnowsTheName(Loop loop) {
        TlsServerOptions options = Contexts.server()
                .sni((servername, answer) -> answer.fail(new ChagresException("ERR_TEST", "Invalid SNI context")));
        connect(loop, server(loop, options), client("c.another.test"));
        journal.expectInAnyOrder(
                "refused c.another.test Invalid SNI context", "client error ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE");
    }

    @Test
    @Covers("node:test-tls-empty-sni-context")
    void aContextWithoutACertificateFailsTheHandshake(Loop loop) {
        SecureContext empty = Contexts.of(options -> options);
        TlsServer server = Tls.createServer(
                loop,
                Contexts.server().sni((servername, answer) -> answer.use(empty)),
                socket -> journal.add("secure"));
        server.onTlsClientError((error, socket) -> journal.add("refused " + error.code()));
        connect(loop, server, client("any.test"));
        journal.expectInAnyOrder(
                "refused ERR_SSL_NO_SHARED_CIPHER", "client error ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE");
    }

    @Test
    @Covers("node:test-tls-ip-servername-forbidden")
    void anAddressIsCheckedAndNotSent(Loop loop) {
        for (String address : List.of("127.0.0.1", "::1")) {
            TlsClientOptions options = Contexts.client().servername(address);
            assertTrue(connect(loop, server(loop, Contexts.server()), options).isAuthorized());
            journal.expectInAnyOrder("server null false", "client CN=localhost true");
        }
        connect(
                loop,
                server(loop, Contexts.server()),
                Contexts.client().servername("127.0.0.2").rejectUnauthorized(false));
        journal.expectInAnyOrder("server null false", "client CN=localhost ERR_TLS_CERT_ALTNAME_INVALID");
    }

    @Test
    void aNameIsOneOfAHost() {
        for (String wrong : List.of("", "a b", "a..b", ".a", "caf\u00e9.test", "a\0.test")) {
            UsageException mistake =
                    assertThrows(UsageException.class, () -> Contexts.client().servername(wrong));
            assertEquals("ERR_INVALID_ARG_VALUE", mistake.code());
        }
    }

    @Test
    @Covers("node:test-tls-starttls-server")
    void aCallbackOfASocketWithoutATlsServerMayAnswerWithNoContext(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            server.close();
            TlsServerOptions options = Contexts.server().sni((servername, answer) -> {
                journal.add("asked for " + servername);
                answer.use(null);
            });
            TlsSocket secure = TlsSocket.server(socket, options);
            secure.onSecureConnect(() -> secure.resume().end());
        });
        int port = server.listen(0, Local.HOST, null).address().port();
        TlsSocket client =
                TlsSocket.client(Local.connect(loop, port), Contexts.client().servername("x.example.test"));
        client.onSecureConnect(() ->
                journal.add(Contexts.peer(client).getSubjectX500Principal().toString()));
        client.resume();
        loop.run();
        journal.expect("asked for x.example.test", "CN=localhost");
    }

    @Test
    @Covers("node:test-tls-socket-snicallback-without-server")
    void aCallbackGetsTheNameOfAHelloOverAStream(Loop loop) {
        MemoryPair pair = new MemoryPair(loop);
        TlsSocket secure = TlsSocket.server(
                pair.server(), Contexts.server().sni((servername, answer) -> journal.add("asked for " + servername)));
        pair.client().write(ByteBuffer.wrap(Hello.ofName("www.example.com")));
        loop.run();
        journal.expect("asked for www.example.com");
        assertNull(secure.errored());
        secure.destroy();
        loop.run();
    }
}
