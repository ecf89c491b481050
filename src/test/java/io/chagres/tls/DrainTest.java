package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SIGTERM ends a server program with a close_notify to each client, and the clients of other implementations see it. */
@Tag("host")
@ExtendWith(HangGuard.class)
class DrainTest {

    private static final String CA = "src/test/resources/io/chagres/tls/ca.pem";

    private static final String NODE = """
            const options = { port: process.argv[1], host: '127.0.0.1', servername: 'localhost', ca: require('fs').readFileSync(process.argv[2]) };
            require('tls').connect(options, function () { this.write('hello'); })
                .on('data', (chunk) => console.log(String(chunk)))
                .on('end', () => console.log('end'))
                .on('error', (error) => console.log(error.code));
            """;

    private Process server;
    private BufferedReader output;
    private int port;

    @BeforeEach
    void start() throws IOException {
        server = Waits.limit(new ProcessBuilder(ForkedJvm.command(EchoOverTls.class, "-XX:TieredStopAtLevel=1"))
                .redirectError(Redirect.INHERIT)
                .start());
        output = server.inputReader();
        port = Integer.parseInt(output.readLine());
    }

    @AfterEach
    void end() throws Exception {
        server.destroyForcibly();
        Waits.exit(server);
        output.close();
    }

    @Test
    void sigtermEndsEveryClientWithACloseNotify() throws Exception {
        List<SSLSocket> sockets = List.of(javax("TLSv1.2"), javax("TLSv1.3"));
        List<Process> openssl = new ArrayList<>();
        if (Program.isInstalled("openssl")) {
            openssl.addAll(List.of(openssl("-tls1_2"), openssl("-tls1_3")));
        }
        List<Program> node = new ArrayList<>();
        if (Program.isInstalled("node")) {
            node.add(Program.start("node", "-e", NODE, Integer.toString(port), CA));
        }
        for (int i = 0; i < sockets.size() + openssl.size() + node.size(); i++) {
            assertEquals(EchoOverTls.TALKING, output.readLine());
        }

        assertEquals(0, Waits.exit(new ProcessBuilder("kill", "-TERM", Long.toString(server.pid())).start()));

        for (SSLSocket socket : sockets) {
            assertEquals("hello", new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
            socket.close();
        }
        for (Process client : openssl) {
            String printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(printed.contains("hello") && printed.endsWith("closed\n"), printed);
            assertEquals(0, Waits.exit(client));
            client.getOutputStream().close();
        }
        for (Program client : node) {
            assertEquals("hello\nend", client.result());
            client.close();
        }
        assertEquals(0, Waits.exit(server));
    }

    private SSLSocket javax(String protocol) throws Exception {
        KeyStore roots = KeyStore.getInstance("PKCS12");
        roots.load(null, null);
        roots.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(Certificates.bytes("ca.pem"))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(30_000);
        socket.setEnabledProtocols(new String[] {protocol});
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Its standard input stays open: at the end of that, s_client ends the connection. */
    private Process openssl(String version) throws IOException {
        Process client = Waits.limit(
                new ProcessBuilder("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-CAfile", CA, version)
                        .redirectErrorStream(true)
                        .start());
        OutputStream input = client.getOutputStream();
        input.write("hello".getBytes(StandardCharsets.US_ASCII));
        input.flush();
        return client;
    }
}
