package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.tls.Encounter.Role;
import io.chagres.tls.Encounter.Seen;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * TLS with openssl(1), Node and javax.net.ssl on the other side: each as client and as server, TLS 1.2 and 1.3, RSA and EC keys, with and
 * without a client certificate. Both sides see the same bytes, the same ends, and a session that is resumed.
 */
@Tag("host")
@ConnectionTest
class OtherImplementationsTest {

    private static NodeSide.Runtime node;

    @TempDir
    private Path folder;

    private final List<Seen> seen = new ArrayList<>();

    /** Before the tests: the descriptors that a test leaves open are counted. */
    @BeforeAll
    static void startNode() throws Exception {
        if (Program.isInstalled("node")) {
            node = NodeSide.Runtime.start();
        }
    }

    @AfterAll
    static void endNode() throws Exception {
        if (node != null) {
            node.close();
            node = null;
        }
    }

    static List<Encounter> encounters() {
        return Encounter.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encounters")
    void bothSidesSeeTheSame(Encounter encounter, Loop loop) throws Exception {
        try (OtherSide other = otherSide(encounter)) {
            List<Seen> theirs =
                    encounter.ours() == Role.SERVER ? serve(encounter, loop, other) : connect(encounter, loop, other);
            assertEquals(text(encounter.expectedBy(encounter.theirs())), text(theirs), "by the other side");
            assertEquals(text(encounter.expectedBy(encounter.ours())), text(seen), "by Chagres");
        }
    }

    private static String text(List<Seen> seen) {
        return String.join("\n", seen.stream().map(Seen::toString).toList());
    }

    private OtherSide otherSide(Encounter encounter) throws Exception {
        return switch (encounter.other()) {
            case OPENSSL -> new OpensslSide(encounter, folder);
            case JAVAX -> new JavaxSide(encounter);
            case NODE -> new NodeSide(encounter, node, folder);
        };
    }

    // ---- Chagres as server

    private List<Seen> serve(Encounter encounter, Loop loop, OtherSide other) {
        TlsServerOptions options = TlsServerOptions.of(SecureContext.of(context(encounter, "server-", "-chain")))
                .alpn(Encounter.PROTOCOL)
                .requestCert(encounter.hasClientCertificate())
                .allowHalfOpen(true);
        TlsServer server = Tls.createServer(loop, options, socket -> talk(encounter, socket, () -> {}));
        server.onTlsClientError((error, socket) -> System.out.println(encounter + ": " + error));
        server.listen(0, "127.0.0.1", null);
        int port = server.address().port();
        FutureTask<List<Seen>> client = new FutureTask<>(() -> {
            try {
                return other.connect(port);
            } finally {
                loop.execute(server::close);
            }
        });
        Thread.ofPlatform().daemon().name("client").start(client);
        loop.run();
        return Waits.get(client);
    }

    private static SecureContextOptions context(Encounter encounter, String role, String chain) {
        SecureContextOptions options =
                Certificates.trusting().minVersion(encounter.version()).maxVersion(encounter.version());
        String name = role + encounter.key();
        return chain.isEmpty() && !encounter.hasClientCertificate()
                ? options
                : options.certificate(Certificates.pem(name + chain), Certificates.pem(name + "-key"));
    }

    // ---- Chagres as client

    private List<Seen> connect(Encounter encounter, Loop loop, OtherSide other) throws Exception {
        TlsClientOptions options = TlsClientOptions.defaults()
                .secureContext(SecureContext.of(context(encounter, "client-", "")))
                .servername("localhost")
                .alpn(Encounter.PROTOCOL)
                .allowHalfOpen(true);
        ConnectOptions where = ConnectOptions.to("127.0.0.1", other.listen());
        connect(encounter, loop, where, options, () -> connect(encounter, loop, where, options, () -> {}));
        loop.run();
        return other.accepted();
    }

    private void connect(
            Encounter encounter, Loop loop, ConnectOptions where, TlsClientOptions options, Runnable afterwards) {
        TlsSocket socket = Tls.connect(loop, where, options, null);
        socket.onError(error -> System.out.println(encounter + ": " + error));
        socket.onSecureConnect(() -> talk(encounter, socket, afterwards));
    }

    // ---- both

    private void talk(Encounter encounter, TlsSocket socket, Runnable afterwards) {
        Role ours = encounter.ours();
        ByteBuffer bytes = ByteBuffer.wrap(encounter.bytesOf(ours));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        String[] end = {"close"};
        socket.onData(chunk -> {
            byte[] copy = new byte[chunk.remaining()];
            chunk.get(copy);
            received.writeBytes(copy);
            if (encounter.order() == Encounter.Order.NO_HALF_CLOSE && received.size() == Encounter.LENGTH) {
                socket.end();
            }
        });
        socket.onEnd(() -> {
            end[0] = "end";
            if (encounter.answersAnEnd(ours)) {
                socket.end(bytes);
            }
        });
        socket.onError(error -> end[0] = error.code());
        boolean reused = socket.isSessionReused();
        boolean authorized = socket.isAuthorized();
        socket.onClose(hadError -> {
            String digest = Encounter.digest(received.toByteArray());
            seen.add(new Seen(digest, reused, socket.protocol(), authorized, socket.alpnProtocol(), end[0]));
            afterwards.run();
        });
        if (encounter.endsFirst(ours)) {
            socket.end(bytes);
        } else if (encounter.order() == Encounter.Order.NO_HALF_CLOSE) {
            socket.write(bytes);
        }
    }
}
