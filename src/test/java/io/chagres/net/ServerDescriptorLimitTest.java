package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.ServerProcess;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server that may have 256 descriptors, and gets more clients than that as soon as it listens. Its classes come out of a
 * directory: each that is not loaded by then needs a descriptor to be read.
 */
@ExtendWith(HangGuard.class)
@Tag("host")
class ServerDescriptorLimitTest {

    private static final int LIMIT = 256;
    private static final int CLIENTS = 400;
    /** What a JVM and a loop have open themselves, roughly, and what is left to them. */
    private static final int OTHERS = 40;

    private static final int LARGE = 3_000_000;

    private ServerProcess server;
    private final List<Socket> served = new ArrayList<>();

    @BeforeEach
    void crowd() throws IOException {
        server = ServerProcess.start("ulimit -n " + LIMIT);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(server.connect());
        }
        for (Socket client : clients) {
            if (isServed(client)) {
                served.add(client);
            } else {
                client.close();
            }
        }
    }

    @AfterEach
    void end() throws Exception {
        for (Socket client : served) {
            client.close();
        }
        server.close();
    }

    /** Whether {@code client} gets its byte back; one that is turned away learns that at once. */
    private static boolean isServed(Socket client) {
        try {
            Talk.send(client, "x");
            return client.getInputStream().read() == 'x';
        } catch (IOException reset) {
            return false;
        }
    }

    @Test
    @Covers("libuv:emfile")
    void aServerServesAsManyAsItsDescriptorsAllowAndTurnsOthersAway() throws Exception {
        assertTrue(served.size() >= LIMIT - OTHERS && served.size() < LIMIT, served.size() + " are served");
        assertEquals(served.size(), server.connections());
        assertEquals("", server.errors());
    }

    @Test
    void aFullServerServesItsConnectionsByteForByte() throws Exception {
        byte[] noise = Talk.noise(1, 20_000);
        for (Socket client : served) {
            Talk.send(client, noise);
            assertArrayEquals(noise, client.getInputStream().readNBytes(noise.length));
        }
    }

    /** Large writes, resets and half-closes need classes that nothing has needed so far. */
    @Test
    void aFullServerCanLoadClasses() throws Exception {
        Socket slow = served.get(0);
        byte[] noise = Talk.noise(2, LARGE);
        Thread sender = Thread.ofPlatform().daemon().start(() -> send(slow, noise));
        assertArrayEquals(noise, slow.getInputStream().readNBytes(LARGE));
        sender.join(30_000);
        for (Socket reset : served.subList(1, 10)) {
            Talk.reset(reset);
        }
        assertEquals("", Talk.ask(served.get(10), ""));
        assertTrue(isServed(served.get(11)));
        assertEquals("", server.errors());
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            Talk.send(socket, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFullServerUsesNoCpuAndTurnsNewConnectionsAway() throws Exception {
        long before = server.cpuMillis();
        for (int i = 0; i < 20; i++) {
            try (Socket late = server.connect()) {
                assertTrue(!isServed(late));
            }
            Thread.sleep(50);
        }
        long used = server.cpuMillis() - before;
        assertTrue(used < 400, "a second of being full took " + used + " ms of processor time");
    }

    @Test
    void aFullServerAcceptsAgainOnceThereIsRoom() throws Exception {
        Iterator<Socket> leaving = served.iterator();
        for (int i = 0; i < 50; i++) {
            assertEquals("", Talk.ask(leaving.next(), ""));
        }
        for (int i = 0; i < 40; i++) {
            Socket fresh = server.connect();
            assertTrue(isServed(fresh));
            served.add(fresh);
        }
        assertTrue(server.isAlive());
        assertEquals("", server.errors());
    }
}
