package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that are resumed, renegotiation that is refused, and keying material. */
@ConnectionTest
class TlsSessionTest {

    private final Journal journal = new Journal();

    private TlsServer saying(Loop loop, String answer, SecureContext context) {
        TlsServer server = Tls.createServer(loop, TlsServerOptions.of(context), socket -> {
            journal.add("server " + socket.isSessionReused());
            socket.resume().end(answer);
        });
        server.listen(0, Local.HOST, null);
        return server;
    }

    private static SecureContext server(TlsVersion version) {
        return Contexts.of(
                options -> options.certificate(Contexts.pem("server-ec-chain"), Contexts.pem("server-ec-key"))
                        .maxVersion(version));
    }

    private static TlsClientOptions freshClient() {
        return Contexts.client(options -> options);
    }

    /** Connects to {@code port}, reads up to the end, and returns the closed socket. */
    private TlsSocket connect(Loop loop, int port, TlsClientOptions options) {
        TlsSocket client = Tls.connect(loop, ConnectOptions.to(Local.HOST, port), options, null);
        client.onSession(session -> {
            assertTrue(client.isSecure(), "the session comes after the handshake");
            journal.add("session");
        });
        client.onClose(hadError -> loop.stop());
        client.resume();
        loop.run();
        return client;
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers({
        "node:test-tls-client-resume",
        "node:test-tls-client-resume-12",
        "node:test-tls-secure-session",
        "node:test-tls-session-cache"
    })
    void theNextConnectionOfAContextResumesTheSession(TlsVersion version, Loop loop) {
        TlsServer server = saying(loop, "Goodbye", server(version));
        TlsClientOptions client = freshClient();
        assertFalse(connect(loop, server.address().port(), client).isSessionReused());
        assertTrue(journal.count("session") > 0, "a session can be resumed");
        for (int i = 0; i < 5; i++) {
            TlsSocket again = connect(loop, server.address().port(), client);
            assertTrue(again.isSessionReused(), version + " " + i);
            assertTrue(again.isAuthorized());
        }
        assertFalse(connect(loop, server.address().port(), freshClient()).isSessionReused(), "of another context");
        server.close();
        loop.run();
        assertEquals(
                "5 of 7",
                journal.count("server true") + " of " + (journal.count("server true") + journal.count("server false")));
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers({"node:test-tls-ticket", "node:test-tls-ticket-12", "node:test-tls-ticket-cluster"})
    void serversThatShareAContextResumeTheSessionsOfEachOther(TlsVersion version, Loop loop) {
        SecureContext shared = server(version);
        SecureContext other = server(version);
        SecureContext[] inTurn = {shared, shared, shared, other};
        int[] next = {0};
        Server balancer = Net.createServer(loop, socket -> {
            TlsSocket secure = TlsSocket.server(socket, TlsServerOptions.of(inTurn[next[0]++]));
            secure.onSecureConnect(() -> secure.resume().end("x"));
        });
        int port = balancer.listen(0, Local.HOST).address().port();
        TlsClientOptions client = freshClient();
        boolean[] resumed = new boolean[inTurn.length];
        for (int i = 0; i < resumed.length; i++) {
            resumed[i] = connect(loop, port, client).isSessionReused();
        }
        assertArrayEquals(new boolean[] {false, true, true, false}, resumed);
        balancer.close();
        loop.run();
    }

    @Test
    @Covers("node:test-tls-session-timeout-errors")
    void aNegativeSessionTimeoutIsRefused() {
        for (Duration wrong :
                List.of(Duration.ofSeconds(-1), Duration.ofSeconds(-100), Duration.ofSeconds(Long.MIN_VALUE))) {
            UsageException mistake = assertThrows(
                    UsageException.class, () -> SecureContextOptions.defaults().sessionTimeout(wrong));
            assertTrue(mistake.getMessage().contains("sessionTimeout"), mistake.getMessage());
        }
    }

    @Test
    @Covers("node:test-tls-session-timeout")
    void aClientDoesNotResumeASessionThatIsOlderThanItsTimeout(Loop loop) {
        TlsServer server = saying(loop, "x", Contexts.SERVER);
        TlsClientOptions client = Contexts.client(options -> options.sessionTimeout(Duration.ofSeconds(1)));
        int port = server.address().port();
        connect(loop, port, client);
        Timer.after(loop, 1050, loop::stop);
        loop.run();
        assertFalse(connect(loop, port, client).isSessionReused());
        server.close();
        loop.run();
    }

    @Test
    @Covers({"node:test-tls-disable-renegotiation", "node:test-tls-client-renegotiation-limit"})
    void aRenegotiationByTheClientIsRefused(Loop loop) {
        TlsServer server = Tls.createServer(loop, TlsServerOptions.of(server(TlsVersion.TLS_1_2)), socket -> {
            socket.onError(error -> journal.add(error.code()));
            socket.onClose(hadError -> journal.add("close " + hadError));
            socket.pipe(socket);
        });
        server.onSecureConnection(socket -> server.close());
        int port = server.listen(0, Local.HOST, null).address().port();
        try (Peer<String> client = Peer.client(port, socket -> {
            SSLSocket secure =
                    (SSLSocket) trustingAll().getSocketFactory().createSocket(socket, Local.HOST, port, true);
            secure.setEnabledProtocols(new String[] {"TLSv1.2"});
            secure.getOutputStream().write('a');
            assertEquals('a', secure.getInputStream().read());
            secure.startHandshake();
            try {
                return "read " + secure.getInputStream().read();
            } catch (IOException refused) {
                return "refused";
            }
        })) {
            loop.run();
            assertEquals("refused", client.result());
        }
        journal.expect("ERR_TLS_RENEGOTIATION_DISABLED", "close true");
    }

    private static SSLContext trustingAll() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        return context;
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers("node:test-tls-exportkeyingmaterial")
    void keyingMaterialIsTheSameAtBothEndsAndDependsOnTheContext(TlsVersion version, Loop loop) {
        assumeTrue(Runtime.version().feature() >= 25, "the JDK exports keying material from 25 on");
        TlsServerOptions server = TlsServerOptions.of(server(version));
        BothSides.of(loop, server, Contexts.client(), pair -> {
                    byte[] context = {0, 1, 2, 3};
                    byte[] material = pair.client().exportKeyingMaterial(128, "client finished", context);
                    assertEquals(128, material.length);
                    assertArrayEquals(material, pair.server().exportKeyingMaterial(128, "client finished", context));
                    byte[] empty = pair.server().exportKeyingMaterial(128, "client finished", new byte[0]);
                    assertFalse(Arrays.equals(material, empty));
                    for (int wrong : new int[] {0, -3}) {
                        assertEquals(
                                "ERR_OUT_OF_RANGE",
                                assertThrows(
                                                UsageException.class,
                                                () -> pair.client().exportKeyingMaterial(wrong, "a", context))
                                        .code());
                    }
                })
                .expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-exportkeyingmaterial")
    void keyingMaterialNeedsASecureConnection(Loop loop) {
        TlsSocket early = TlsSocket.server(new MemoryPair(loop).server(), Contexts.server());
        UsageException mistake =
                assertThrows(UsageException.class, () -> early.exportKeyingMaterial(128, "label", new byte[0]));
        assertEquals("ERR_TLS_INVALID_STATE", mistake.code());
        early.destroy();
        loop.run();
    }
}
