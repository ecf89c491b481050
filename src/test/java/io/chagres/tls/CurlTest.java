package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** curl as a client of a server that echoes the body of a request. Its second request resumes the session of the first one. */
@Tag("host")
@ConnectionTest
class CurlTest {

    private static final int LENGTH = 300_000;
    private static final String RESOURCES = "src/test/resources/io/chagres/tls/";

    @TempDir
    private Path folder;

    private final List<String> seen = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2, rsa, false",
        "TLS_1_2, ec, true",
        "TLS_1_3, rsa, true",
        "TLS_1_3, ec, false",
    })
    void bothRequestsAreEchoed(TlsVersion version, String key, boolean hasCertificate, Loop loop) throws Exception {
        Program.require("curl");
        byte[] body = Talk.noise(3, LENGTH);
        Path sent = Files.write(folder.resolve("sent"), body);
        SecureContextOptions context = Certificates.trusting()
                .minVersion(version)
                .maxVersion(version)
                .certificate(Certificates.pem("server-" + key + "-chain"), Certificates.pem("server-" + key + "-key"));
        TlsServerOptions options =
                TlsServerOptions.of(SecureContext.of(context)).alpn("http/1.1").requestCert(hasCertificate);
        TlsServer server = Tls.createServer(loop, options, this::serve).listen(0, "127.0.0.1", null);
        int port = server.address().port();
        FutureTask<String> curl = new FutureTask<>(() -> {
            try {
                return Program.run(command(port, sent, hasCertificate ? "client-" + key : null));
            } finally {
                loop.execute(server::close);
            }
        });
        Thread.ofPlatform().daemon().name("curl").start(curl);
        loop.run();
        String printed = Waits.get(curl);
        assertEquals(2, printed.split("\\(http/1.1\\) 1.1 200 0", -1).length - 1, printed);
        assertTrue(printed.contains("reusing session ID") || printed.contains("re-using session ID"), printed);
        assertArrayEquals(body, Files.readAllBytes(folder.resolve("received1")));
        assertArrayEquals(body, Files.readAllBytes(folder.resolve("received2")));
        String facts = version.protocol() + " http/1.1 localhost " + hasCertificate;
        assertEquals(List.of(facts + " new", facts + " reused"), seen);
    }

    private String[] command(int port, Path sent, String certificate) {
        List<String> command = new ArrayList<>(List.of(
                "curl", "-sSv", "--cacert", RESOURCES + "ca.pem", "--resolve", "localhost:" + port + ":127.0.0.1"));
        if (certificate != null) {
            command.addAll(List.of("--cert", RESOURCES + certificate + ".pem"));
            command.addAll(List.of("--key", RESOURCES + certificate + "-key.pem"));
        }
        command.addAll(
                List.of("-w", "(http/1.1) %{http_version} %{response_code} %{ssl_verify_result}\n", "-H", "Expect:"));
        for (String received : List.of("received1", "received2")) {
            command.addAll(List.of(
                    "-T", sent.toString(), "-o", folder.resolve(received).toString()));
            command.add("https://localhost:" + port + "/");
        }
        return command.toArray(String[]::new);
    }

    /** Answers one request, whose length is known. */
    private void serve(TlsSocket socket) {
        seen.add(socket.protocol() + " " + socket.alpnProtocol() + " " + socket.servername() + " "
                + socket.isAuthorized() + (socket.isSessionReused() ? " reused" : " new"));
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        socket.onData(chunk -> {
            byte[] copy = new byte[chunk.remaining()];
            chunk.get(copy);
            request.writeBytes(copy);
            int head = request.toString(StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
            if (head >= 4 && request.size() == head + LENGTH) {
                socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + LENGTH + "\r\n\r\n");
                socket.end(ByteBuffer.wrap(Arrays.copyOfRange(request.toByteArray(), head, head + LENGTH)));
            }
        });
    }
}
