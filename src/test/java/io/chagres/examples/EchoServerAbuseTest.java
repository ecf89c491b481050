package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that behave badly: the server survives them, serves the others, and keeps nothing of them. */
@ExtendWith(HangGuard.class)
class EchoServerAbuseTest {

    private static final int MEBI = 1 << 20;
    private static final int MAX_HELD = 2 * MEBI;

    private static ExampleProcess server;
    private static long heapAtRest;
    private static Set<String> socketsAtRest;

    @BeforeAll
    static void start() throws Exception {
        server = ExampleProcess.listening(List.of("-Xmx32m"), "EchoServer");
        heapAtRest = server.liveHeap(); // first, because a JVM has one socket more after the first jcmd
        socketsAtRest = server.sockets();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.close();
    }

    @AfterEach
    void itServesAgainAndNoDescriptorIsLeftOver() throws Exception {
        assertServes();
        ExampleProcess.await("sockets left open", () -> server.sockets().equals(socketsAtRest));
    }

    private static void assertServes() throws IOException {
        try (Socket client = server.connect()) {
            assertEquals("still there", Talk.ask(client, "still there"));
        }
    }

    @Test
    void fiftyClientsThatResetDoNotHarmTheServer() throws Exception {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Socket client = server.connect();
            clients.add(client);
            Talk.send(client, Talk.noise(i, i * 2000));
        }
        clients.get(49).getInputStream().read();
        for (Socket client : clients) {
            Talk.reset(client);
        }
    }

    @Test
    void aClientThatIsKilledWhileItSendsDoesNotHarmTheServer() throws Exception {
        Program.require("bash");
        Process client = new ProcessBuilder(
                        "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + server.port() + "; exec cat /dev/zero >&3")
                .start();
        try {
            ExampleProcess.await("it connects", () -> server.sockets().size() == socketsAtRest.size() + 1);
            assertServes();
        } finally {
            client.destroyForcibly();
            Waits.exit(client);
        }
    }

    @Test
    void aClientThatConnectsAndClosesDoesNotHarmTheServer() throws IOException {
        for (int i = 0; i < 200; i++) {
            server.connect().close();
        }
    }

    /** Of 64 MiB that the client does not read, the server holds a bounded part. Other clients do not notice. */
    @Test
    void aClientThatDoesNotReadIsHeldBack() throws Exception {
        byte[] noise = Talk.noise(64, 64 * MEBI);
        try (Socket slow = server.connect()) {
            Sender sender = new Sender(slow, noise, 0, noise.length);
            sender.awaitDoneOrStuck();
            for (int i = 0; i < 100; i++) {
                assertServes();
            }
            assertTrue(sender.sent() < noise.length, "all was taken");
            assertHolds(server.liveHeap() - heapAtRest);
            assertArrayEquals(noise, readAll(slow.getInputStream(), noise.length));
            sender.join();
        }
    }

    private static void assertHolds(long bytes) throws IOException {
        System.out.printf(
                "EchoServerAbuseTest: it holds %d KiB for one that does not read; its memory is %d MiB%n",
                bytes / 1024, server.memory("VmRSS") / MEBI);
        assertTrue(bytes < MAX_HELD, () -> bytes + " bytes held");
    }

    private static byte[] readAll(InputStream in, int length) throws IOException {
        byte[] all = in.readNBytes(length);
        assertEquals(-1, in.read());
        return all;
    }
}
