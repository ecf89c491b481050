package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** examples/HttpsProxy.java in front of two plain servers, with curl and javax.net.ssl as its clients. */
@ExtendWith(HangGuard.class)
class HttpsProxyTest {

    private static final String RED = "red.example.test";
    private static final String BLUE = "blue.example.test";
    private static final int MEBI = 1 << 20;
    private static final int STREAM = 12 * MEBI;
    private static final int HANDSHAKE = 0x16;

    @TempDir
    private static Path folder;

    private static ServerSocket red;
    private static ServerSocket blue;
    private static ExampleProcess proxy;

    @BeforeAll
    static void start() throws Exception {
        SecureClient.install(folder, RED, "server-rsa");
        SecureClient.install(folder, BLUE, "server-ec");
        red = Peer.listener("127.0.0.1", 0);
        blue = Peer.listener("127.0.0.1", 0);
        serve(blue, "blue");
        proxy = startProxy();
    }

    private static ExampleProcess startProxy() throws Exception {
        return ExampleProcess.listening(
                List.of("-Xmx64m"),
                "HttpsProxy",
                folder.toString(),
                RED + "=" + red.getLocalPort(),
                BLUE + "=" + blue.getLocalPort());
    }

    @AfterAll
    static void end() throws Exception {
        proxy.close();
        red.close();
        blue.close();
    }

    /** Answers each request with the name of the server, until the listener is closed. */
    private static void serve(ServerSocket listener, String name) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    try (Socket client = listener.accept()) {
                        if (client.getInputStream().read() >= 0) {
                            Talk.send(client, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + name);
                            client.shutdownOutput();
                            Talk.all(client);
                        }
                    }
                }
            } catch (IOException closed) {
                // the end of the test
            }
        });
    }

    /** Returns the body, and what curl says about the connection. */
    private String curl(String name, String... more) throws Exception {
        String place = ":" + proxy.port();
        try (Program curl = Program.start(
                "sh",
                "-c",
                "curl -sS --max-time 20 --cacert \"$1\" --resolve \"$2\" -w ' %{http_version} %{ssl_verify_result}' \"$3\" $4 2>&1"
                        + " || echo \" exit $?\"",
                "sh",
                SecureClient.RESOURCES.resolve("ca.pem").toString(),
                name + place + ":127.0.0.1",
                "https://" + name + place + "/",
                String.join(" ", more))) {
            return curl.result();
        }
    }

    @Test
    void theNameOfTheRequestChoosesTheServer() throws Exception {
        Program.require("curl");
        assertEquals("blue 1.1 0", curl(BLUE));
        assertEquals("blue 1.1 0", curl(BLUE, "--tls-max", "1.2"));
        assertTrue(curl("green.example.test").endsWith(" exit 35"), "another name fails in the handshake");
        assertTrue(curl("127.0.0.1").endsWith(" exit 35"), "no name fails in the handshake");
    }

    @Test
    void aRenewedCertificateIsReadOnHangup() throws Exception {
        assertEquals("EC", keyOf(BLUE));
        SecureClient.install(folder, BLUE, "server-rsa");
        proxy.signal("HUP");
        Waits.until("the certificate is renewed", () -> keyOf(BLUE).equals("RSA"));
    }

    private String keyOf(String name) {
        try (Socket plain = proxy.connect();
                SSLSocket client = SecureClient.over(plain, name)) {
            client.startHandshake();
            return client.getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** HostileClientsTest has the ones that do not send it to the end. */
    @Test
    void aHelloByteByByteIsAnswered() throws Exception {
        try (Socket slow = proxy.connect()) {
            slow.setTcpNoDelay(true);
            for (byte each : hello(RED)) {
                slow.getOutputStream().write(each);
            }
            assertEquals(HANDSHAKE, slow.getInputStream().read());
        }
    }

    private static byte[] hello(String name) throws IOException {
        SSLEngine engine = SecureClient.context().createSSLEngine(name, 443);
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        byte[] bytes = new byte[record.flip().remaining()];
        record.get(bytes);
        return bytes;
    }

    /** The server is read no faster than the client reads. */
    @Test
    void aClientThatDoesNotReadStopsItsServer() throws Exception {
        byte[] noise = Talk.noise(5, 1_000_003);
        try (Socket plain = proxy.connect();
                SSLSocket client = SecureClient.over(plain, RED)) {
            Talk.send(client, "GET / HTTP/1.1\r\n\r\n");
            try (Socket server = red.accept()) {
                long atRest = proxy.liveHeap();
                Sender sender = new Sender(server, noise, 0, STREAM);
                sender.awaitDoneOrStuck();
                assertTrue(sender.sent() < STREAM, "all was taken");
                long held = proxy.liveHeap() - atRest;
                assertTrue(held < 2 * MEBI, held + " bytes are held");
                byte[] begin = client.getInputStream().readNBytes(MEBI / 2);
                assertArrayEquals(Arrays.copyOf(noise, MEBI / 2), begin);
            }
        }
    }

    /** A request that is not answered keeps its connection. javax.net.ssl reads an end only after a close_notify. */
    @Test
    void sigtermWaitsForAnAnswerAndEndsTheClient() throws Exception {
        ExampleProcess drained = startProxy();
        try (drained;
                Socket plain = drained.connect();
                SSLSocket client = SecureClient.over(plain, RED)) {
            Talk.send(client, "GET / HTTP/1.1\r\n\r\n");
            try (Socket server = red.accept()) {
                assertEquals("GET / HTTP/1.1\r\n\r\n", Talk.text(server, 18));
                drained.signal("TERM");
                Talk.send(server, "the last answer");
                assertEquals("the last answer", Talk.allText(client));
                client.close();
                assertEquals("", Talk.allText(server));
            }
            assertEquals(0, drained.exitStatus());
        }
    }
}
