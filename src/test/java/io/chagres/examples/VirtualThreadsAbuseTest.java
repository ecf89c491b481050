package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Talk;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hostile clients of examples/VirtualThreads.java, whose requests take an hour. */
@ExtendWith(HangGuard.class)
@Timeout(60)
class VirtualThreadsAbuseTest {

    private static final String AN_HOUR = "3600000\n";

    @Test
    void aRequestThatTakesTooLongIsInterrupted() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening(List.of("-DworkMillis=100"), "VirtualThreads");
                Socket client = server.connect()) {
            assertEquals("no: it took too long\nslept 1\n", Talk.ask(client, AN_HOUR + "1\n"));
        }
    }

    /** A sleeping thread takes a kilobyte. */
    @Test
    void theThreadsOfADisconnectedClientEnd() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("VirtualThreads")) {
            long before = server.liveHeap();
            for (int i = 0; i < 50; i++) {
                try (Socket client = server.connect()) {
                    Talk.send(client, "0\n" + AN_HOUR.repeat(2000));
                    assertEquals("slept 0\n", Talk.text(client, 8));
                    Talk.reset(client);
                }
            }
            ExampleProcess.await("connections left", () -> server.sockets().size() <= 2);
            long more = server.liveHeap() - before;
            System.out.println("VirtualThreadsAbuseTest: it holds " + more / 1024 + " KiB more");
            assertTrue(more < 2 << 20, () -> more + " bytes");
        }
    }

    @Test
    void aClientMayHaveOneHundredRequestsAtATime() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("VirtualThreads");
                Socket client = server.connect()) {
            long before = server.liveHeap();
            Talk.send(client, "0\n" + AN_HOUR.repeat(7000));
            assertEquals("slept 0\n", Talk.text(client, 8));
            long more = server.liveHeap() - before;
            assertTrue(more < 2 << 20, () -> more + " bytes");
        }
    }
}
