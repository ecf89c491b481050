package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real clients get exactly the bytes that they have sent, and leave no descriptor open. */
@ExtendWith(HangGuard.class)
class EchoServerClientsTest {

    private static final int MEBI = 1 << 20;

    private static ExampleProcess server;
    private static Set<String> socketsAtRest;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        server = ExampleProcess.fromSource("EchoServer");
        socketsAtRest = server.sockets();
        assertEquals(1, socketsAtRest.size(), "the one that listens");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.close();
    }

    @AfterEach
    void noDescriptorIsLeftOver() throws InterruptedException {
        ExampleProcess.await("sockets left open", () -> server.sockets().equals(socketsAtRest));
    }

    @Test
    void theServerEchoesToNetcat() throws Exception {
        Program.require("nc");
        byte[] noise = Talk.noise(1, 256 * 1024);
        Path in = Files.write(folder.resolve("in"), noise);
        File out = folder.resolve("out").toFile();
        Process nc = new ProcessBuilder("nc", "-N", "127.0.0.1", Integer.toString(server.port()))
                .redirectInput(in.toFile())
                .redirectOutput(out)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEnds(nc);
        assertArrayEquals(noise, Files.readAllBytes(out.toPath()));
    }

    @Test
    void theServerEchoesToANodeScript() throws Exception {
        Program.require("node");
        Path script = Files.writeString(folder.resolve("client.js"), """
            const sent = require('crypto').randomBytes(1 << 20);
            const got = [];
            const client = require('net').connect(Number(process.argv[2]), '127.0.0.1');
            client.on('data', chunk => got.push(chunk));
            client.on('close', hadError => {
              process.exit(!hadError && sent.equals(Buffer.concat(got)) ? 0 : 7);
            });
            client.end(sent);
            """);
        assertEnds(new ProcessBuilder("node", script.toString(), Integer.toString(server.port()))
                .inheritIO()
                .start());
    }

    @Test
    void theServerEchoesToAPlainJavaClient() throws IOException {
        try (Socket client = server.connect()) {
            for (int round = 0; round < 100; round++) {
                byte[] noise = Talk.noise(round, 1 + 100 * round);
                Talk.send(client, noise);
                assertArrayEquals(noise, client.getInputStream().readNBytes(noise.length));
            }
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
        }
    }

    /** The client reads only after it has sent everything and half-closed, or if no more bytes are accepted. */
    @ParameterizedTest
    @ValueSource(ints = {256 * 1024, 8 * MEBI})
    @Covers({"S35", "S36", "S105"})
    void aClientThatReadsOnlyAfterItsHalfCloseGetsEverything(int size) throws Exception {
        byte[] noise = Talk.noise(size, size);
        try (Socket client = server.connect()) {
            Sender sender = new Sender(client, noise, 0, size);
            sender.awaitDoneOrStuck();
            assertArrayEquals(noise, client.getInputStream().readAllBytes());
            sender.join();
        }
    }

    @Test
    void twoHundredClientsAtOnceGetOneMebibyteEach() throws Exception {
        int clients = 200;
        long seed = System.nanoTime();
        System.out.println("EchoServerClientsTest: seed " + seed);
        byte[] noise = Talk.noise(seed, 2 * MEBI);
        CountDownLatch connected = new CountDownLatch(clients);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> results = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int from = i * 5003;
                results.add(threads.submit(() -> echo(noise, from, connected)));
            }
            for (Future<Void> result : results) {
                result.get(60, TimeUnit.SECONDS);
            }
        }
    }

    private static Void echo(byte[] noise, int from, CountDownLatch connected) throws Exception {
        try (Socket client = server.connect()) {
            connected.countDown();
            assertTrue(connected.await(30, TimeUnit.SECONDS), "all are connected at the same time");
            Sender sender = new Sender(client, noise, from, MEBI);
            assertEcho(client.getInputStream(), noise, from);
            sender.join();
            assertEquals(-1, client.getInputStream().read());
        }
        return null;
    }

    private static void assertEcho(InputStream in, byte[] noise, int from) throws IOException {
        byte[] some = new byte[32 * 1024];
        for (int at = 0; at < MEBI; ) {
            int count = in.read(some, 0, Math.min(some.length, MEBI - at));
            assertTrue(count > 0, "the end came after " + at + " bytes");
            for (int i = 0; i < count; i++) {
                assertEquals(noise[from + at + i], some[i]);
            }
            at += count;
        }
    }

    private static void assertEnds(Process client) throws InterruptedException {
        boolean ended = client.waitFor(60, TimeUnit.SECONDS);
        client.destroyForcibly();
        assertTrue(ended, "the client did not end");
        assertEquals(0, client.exitValue());
    }
}
