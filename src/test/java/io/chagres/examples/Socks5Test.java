package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** examples/Socks5.java with curl: one proxy for all clients, and one for those that know its account. */
@ExtendWith(HangGuard.class)
class Socks5Test {

    private static final int MANY = 200;
    /** curl(1), exit codes: a handshake with a proxy has failed. */
    private static final int PROXY_HANDSHAKE_FAILED = 97;

    private static ExampleProcess open;
    private static ExampleProcess guarded;

    @BeforeAll
    static void start() throws Exception {
        Program.require("curl");
        open = ExampleProcess.listening("Socks5");
        guarded = ExampleProcess.listening("Socks5", "user:pass:word");
    }

    @AfterAll
    static void stop() throws Exception {
        try (ExampleProcess first = open;
                ExampleProcess second = guarded) {
            if (first != null && second != null) {
                first.assertExits();
                second.assertExits();
            }
        }
    }

    /** A server that answers a request for "/7" with "7", once the clients of all {@code parties} are connected. */
    private static ServerSocket answering(String host, int parties) throws IOException {
        ServerSocket listener = new ServerSocket(0, MANY, InetAddress.getByName(host));
        CountDownLatch all = new CountDownLatch(parties);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    Socket client = listener.accept();
                    Thread.ofVirtual().start(() -> answer(client, all));
                }
            } catch (IOException closed) {
                // the test has ended
            }
        });
        return listener;
    }

    private static void answer(Socket client, CountDownLatch all) {
        try (client) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            String path = in.readLine().split(" ")[1].substring(1);
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {}
            all.countDown();
            Waits.await(all);
            String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + (path.length() + 1) + "\r\n\r\n";
            client.getOutputStream().write((head + path + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ForkedJvm.Outcome curl(ExampleProcess proxy, String scheme, String account, String... more)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "40", "--noproxy", ""));
        command.addAll(List.of("-x", scheme + "://" + account + "127.0.0.1:" + proxy.port()));
        command.addAll(List.of(more));
        return ForkedJvm.run(command);
    }

    @ParameterizedTest
    @CsvSource({"socks5h, localhost, 127.0.0.1", "socks5, 127.0.0.1, 127.0.0.1", "socks5, [::1], ::1"})
    void curlGetsAPageByNameAndByAddress(String scheme, String host, String bound) throws Exception {
        try (ServerSocket server = answering(bound, 1)) {
            assertEquals(
                    new ForkedJvm.Outcome(0, "a"),
                    curl(open, scheme, "", "http://" + host + ":" + server.getLocalPort() + "/a"));
        }
    }

    @Test
    void twoHundredClientsAtOnceAreServed(@TempDir Path pages) throws Exception {
        try (ServerSocket server = answering("127.0.0.1", MANY)) {
            String all = "http://localhost:" + server.getLocalPort() + "/[1-" + MANY + "]";
            String[] options = {"-Z", "--parallel-immediate", "--parallel-max", "" + MANY, "-o", pages + "/#1", all};
            ForkedJvm.Outcome outcome = curl(open, "socks5h", "", options);
            assertEquals(0, outcome.status(), outcome.output());
        }
        for (int page = 1; page <= MANY; page++) {
            assertEquals(page + "\n", Files.readString(pages.resolve("" + page)));
        }
    }

    @Test
    void aClientWithTheAccountIsServed() throws Exception {
        try (ServerSocket server = answering("127.0.0.1", 1)) {
            String page = "http://127.0.0.1:" + server.getLocalPort() + "/a";
            assertEquals(new ForkedJvm.Outcome(0, "a"), curl(guarded, "socks5", "user:pass%3Aword@", page));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "user:wrong@, User was rejected by the SOCKS5 server",
        "user@, User was rejected by the SOCKS5 server",
        "'', No authentication method was acceptable"
    })
    void aClientWithoutTheAccountIsRefused(String account, String text) throws Exception {
        ForkedJvm.Outcome outcome = curl(guarded, "socks5h", account, "http://localhost:9/");
        assertEquals(PROXY_HANDSHAKE_FAILED, outcome.status(), outcome.output());
        assertTrue(outcome.output().contains(text), outcome.output());
    }

    @Test
    void curlPrintsThatNoServerListens() throws Exception {
        ForkedJvm.Outcome outcome = curl(open, "socks5h", "", "http://localhost:" + Peer.deadPort() + "/");
        assertEquals(PROXY_HANDSHAKE_FAILED, outcome.status(), outcome.output());
        assertTrue(outcome.output().contains("(5)"), outcome.output());
    }
}
