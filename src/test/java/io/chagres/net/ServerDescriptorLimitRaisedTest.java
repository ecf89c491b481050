package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.ServerProcess;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The soft limit of descriptors of a server that runs is changed from outside, by prlimit(1). */
@ExtendWith(HangGuard.class)
@Tag("host")
class ServerDescriptorLimitRaisedTest {

    private static final int CLIENTS = 400;

    private ServerProcess server;
    private final List<Socket> clients = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = ServerProcess.start("ulimit -S -n 256", "-XX:-MaxFDLimit");
    }

    @AfterEach
    void end() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
    }

    private void limit(int descriptors) throws Exception {
        Program.require("prlimit");
        ForkedJvm.Outcome outcome = ForkedJvm.run(
                List.of("prlimit", "--pid", String.valueOf(server.pid()), "--nofile=" + descriptors + ":"));
        assumeTrue(outcome.status() == 0, outcome.output());
    }

    /** How many of so many new clients get their byte back. */
    private int crowd(int count) throws IOException {
        int served = 0;
        for (int i = 0; i < count; i++) {
            Socket client = connect();
            clients.add(client);
            served += isServed(client) ? 1 : 0;
        }
        return served;
    }

    /** A server that is gone says why. */
    private Socket connect() throws IOException {
        try {
            return server.connect();
        } catch (ConnectException refused) {
            throw new AssertionError("the server has ended: " + server.errors(), refused);
        }
    }

    /** The client sees the end before the server has closed its side. */
    private void awaitConnections(int count) throws IOException {
        for (int asked = 0; server.connections() != count; asked++) {
            assertTrue(asked < 10_000, () -> "it still has more than " + count + " connections");
        }
    }

    private static boolean isServed(Socket client) {
        try {
            Talk.send(client, "x");
            return client.getInputStream().read() == 'x';
        } catch (IOException reset) {
            return false;
        }
    }

    @Test
    void connectionsThatAreTurnedAwayAreCountedAndReported() throws Exception {
        int served = crowd(CLIENTS);
        assertTrue(served < CLIENTS, served + " are served");
        assertEquals(served, server.connections());
        assertEquals(CLIENTS - served, server.dropped());
        assertEquals(CLIENTS - served, server.dropEvents());
        assertEquals("", server.errors());
    }

    @Test
    void aRaisedDescriptorLimitTakesEffect() throws Exception {
        int served = crowd(CLIENTS);
        assertTrue(served < CLIENTS, served + " are served");
        limit(1024);
        assertEquals(CLIENTS, crowd(CLIENTS));
        assertEquals(CLIENTS - served, server.dropped());
        assertEquals("", server.errors());
    }

    /**
     * It has more descriptors than that already: the kernel gives it none, not even for the classes that it needs when the first
     * connections end, which so have to come before. Afterwards it leaves a few of the new limit to others.
     */
    @Test
    void aLoweredDescriptorLimitTakesEffect() throws Exception {
        limit(1024);
        assertEquals(CLIENTS, crowd(CLIENTS));
        assertEquals("", Talk.ask(clients.removeLast(), ""));
        awaitConnections(CLIENTS - 1);
        limit(256);
        assertEquals(0, crowd(10));
        for (Socket client : clients) {
            client.close();
        }
        int served = crowd(CLIENTS);
        assertTrue(served > 100 && served <= 256 - 16, served + " are served");
        assertEquals("", server.errors());
    }
}
