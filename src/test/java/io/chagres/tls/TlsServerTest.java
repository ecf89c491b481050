package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server whose certificate is renewed, and the roots of the JDK. */
@ConnectionTest
class TlsServerTest {

    private static final SecureContext SELF_SIGNED =
            Contexts.of(options -> options.certificate(Contexts.pem("self-signed"), Contexts.pem("self-signed-key")));

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-tls-set-secure-context")
    void aNewContextServesTheNextConnectionsAndDisturbsNoOther(Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> socket.pipe(socket));
        server.listen(0, Local.HOST, null);
        TlsSocket first = connect(loop, server);
        first.onData(chunk -> {
            journal.add("first " + Talk.text(chunk));
            loop.stop();
        });
        first.onSecureConnect(() -> first.write("multi-"));
        loop.run();
        expectAnswer(loop, server, "success");
        server.setSecureContext(SELF_SIGNED);
        expectAnswer(loop, server, "DEPTH_ZERO_SELF_SIGNED_CERT");
        first.write("request-");
        loop.run();
        server.setSecureContext(Contexts.SERVER);
        expectAnswer(loop, server, "success");
        server.setSecureContext(SELF_SIGNED);
        expectAnswer(loop, server, "DEPTH_ZERO_SELF_SIGNED_CERT");
        first.end("fun!");
        server.close();
        loop.run();
        loop.run();
        journal.expect("first multi-", "first request-", "first fun!");
    }

    private static TlsSocket connect(Loop loop, TlsServer server) {
        ConnectOptions where = ConnectOptions.to(Local.HOST, server.address().port());
        return Tls.connect(loop, where, Contexts.client(options -> options), null);
    }

    private static void expectAnswer(Loop loop, TlsServer server, String expected) {
        StringBuilder answer = new StringBuilder();
        TlsSocket client = connect(loop, server);
        client.onData(chunk -> answer.append(Talk.text(chunk)));
        client.onError(error -> answer.append(error.code()));
        client.onClose(hadError -> loop.stop());
        client.end("success");
        loop.run();
        assertEquals(expected, answer.toString());
    }

    @Test
    @Covers({
        "node:test-tls-root-certificates",
        "node:test-tls-get-ca-certificates-bundled",
        "node:test-tls-get-ca-certificates-default"
    })
    void theRootsOfTheJdkAreOneListThatCannotBeChanged() {
        List<X509Certificate> roots = Tls.rootCertificates();
        assertFalse(roots.isEmpty());
        assertEquals(roots, Tls.rootCertificates());
        assertEquals(roots.size(), new HashSet<>(roots).size(), "without duplicates");
        assertThrows(UnsupportedOperationException.class, () -> roots.set(0, roots.get(0)));
        assertThrows(UnsupportedOperationException.class, () -> roots.sort(null));
    }
}
