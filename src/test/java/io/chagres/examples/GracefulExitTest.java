package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The chapter's graceful exit: the signal closes the server, and its close ends the process. */
@ExtendWith(HangGuard.class)
class GracefulExitTest {

    /** More bytes than the kernel keeps for a client that does not read. */
    private static final int UNDER_WAY = 32 << 20;

    @Test
    @Covers({"S110", "S111", "S112", "S113", "S114"})
    void theServerExitsWhenTheLastClientHasLeft() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("GracefulExit");
                Caller first = new Caller(server);
                Caller second = new Caller(server)) {
            first.say("one\n");
            first.hear("one");
            second.say("two\n");
            second.hear("two");
            server.signal("INT");
            assertEquals("closing: 2 clients are still here", server.nextLine());
            assertThrows(ConnectException.class, server::connect);
            first.socket().close();
            second.say("still here\n");
            second.hear("still here");
            assertTrue(server.isAlive());
            second.socket().shutdownOutput();
            second.hearEnd();
            assertEquals("closed: the last client has left", server.nextLine());
            assertEquals(0, server.exitStatus());
        }
    }

    @Test
    @Covers({"S112", "S114"})
    void aClientThatStaysTooLongIsDisconnected() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("GracefulExit", "0");
                Caller client = new Caller(server)) {
            client.say("here\n");
            client.hear("here");
            server.signal("TERM");
            assertEquals("closing: 1 clients are still here", server.nextLine());
            assertEquals("disconnecting 1 clients", server.nextLine());
            client.hearEnd();
            assertEquals("closed: the last client has left", server.nextLine());
            assertEquals(0, server.exitStatus());
        }
    }

    @Test
    @Covers("S114")
    void bytesInFlightArriveBeforeTheExit() throws Exception {
        byte[] noise = Talk.noise(114, UNDER_WAY);
        try (ExampleProcess server = ExampleProcess.listening("GracefulExit");
                Socket client = server.connect()) {
            Sender sender = new Sender(client, noise, 0, noise.length);
            sender.awaitDoneOrStuck();
            server.signal("INT");
            assertEquals("closing: 1 clients are still here", server.nextLine());
            assertArrayEquals(noise, Talk.all(client));
            sender.join();
            assertEquals(0, server.exitStatus());
        }
    }

    @Test
    @Covers("S115")
    void aKilledServerAbortsBytesInFlight() throws Exception {
        byte[] noise = Talk.noise(115, UNDER_WAY);
        try (ExampleProcess server = ExampleProcess.listening("GracefulExit");
                Socket client = server.connect()) {
            Sender sender = new Sender(client, noise, 0, noise.length);
            sender.awaitDoneOrStuck();
            server.signal("KILL");
            server.exitStatus();
            assertTrue(countUntilTheEnd(client) < noise.length, "all has arrived");
            assertThrows(SocketException.class, sender::join);
        }
    }

    /** Counts the bytes until the end or the reset. The first call after a reset reports it, and that may be the sender's. */
    private static int countUntilTheEnd(Socket client) throws IOException {
        byte[] some = new byte[64 * 1024];
        int all = 0;
        try {
            for (int count; (count = client.getInputStream().read(some)) >= 0; ) {
                all += count;
            }
        } catch (SocketException reset) {
            return all;
        }
        return all;
    }

    /** The sockets of the server have no error listener: their errors go to the uncaught handler of the loop. */
    @Test
    void aResetDoesNotEndTheServer() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("GracefulExit");
                Caller other = new Caller(server)) {
            try (Socket client = server.connect()) {
                Talk.send(client, "x");
                assertEquals("x", Talk.text(client, 1));
                Talk.reset(client);
            }
            String line = server.nextLine();
            assertTrue(line.startsWith("survived: ") && line.contains("ECONNRESET"), line);
            other.say("still there\n");
            other.hear("still there");
        }
    }
}
