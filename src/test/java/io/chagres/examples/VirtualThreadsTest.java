package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class VirtualThreadsTest {

    private static final int AN_HOUR = 3_600_000;

    private static ExampleProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ExampleProcess.listening("VirtualThreads");
    }

    @AfterAll
    static void stop() throws Exception {
        server.assertExits();
    }

    @Test
    void repliesArriveInTheOrderOfTheRequests() throws Exception {
        try (Socket client = server.connect()) {
            assertEquals(
                    "slept 150\nslept 100\nslept 0\nno: timeout value is negative\nslept 50\n",
                    Talk.ask(client, "150\n100\n0\n-1\n50\n"));
        }
    }

    @Test
    void aNetcatClientGetsItsReplies() throws Exception {
        String replies = Program.runWith("20\nwhat?\n10\n", "nc", "-N", "127.0.0.1", Integer.toString(server.port()));
        assertEquals("slept 20\nno: For input string: \"what?\"\nslept 10", replies);
    }

    @Test
    void aClientDoesNotWaitForTheWorkOfAnother() throws IOException {
        try (Caller slow = new Caller(server);
                Caller quick = new Caller(server)) {
            slow.say("0\n" + AN_HOUR + "\n0\n");
            slow.hear("slept 0");
            quick.say("1\n");
            quick.hear("slept 1");
            Talk.reset(slow.socket());
        }
    }

    /** More requests than may be pending at once. */
    @Test
    void manyRequestsInOneWriteAreAllAnswered() throws Exception {
        List<String> millis = IntStream.range(0, 10_000)
                .mapToObj(i -> Integer.toString(i % 3))
                .toList();
        byte[] requests = (String.join("\n", millis) + "\n").getBytes(StandardCharsets.US_ASCII);
        try (Socket client = server.connect()) {
            Sender sender = new Sender(client, requests, 0, requests.length);
            List<String> replies = Talk.allText(client).lines().toList();
            assertIterableEquals(millis.stream().map(each -> "slept " + each).toList(), replies);
            sender.join();
        }
    }
}
