package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** examples/Broker.java on two loops. Its dealer gives each new client to the loop with the fewest. */
@ExtendWith(HangGuard.class)
class BrokerTest {

    private static final int MESSAGES = 200_000;
    /** A publisher waits for its OKs after so many messages: then no subscriber that reads can be slow. */
    private static final int WINDOW = 5_000;
    /** More than the bytes of two windows. */
    private static final int MAX_UNREAD = 1 << 20;

    private static final String START = "MESSAGE news ";
    private static final String TEXT = " and a text of some length";

    private static ExampleProcess broker(long graceMillis) throws Exception {
        return ExampleProcess.listening(
                List.of("-DmaxUnread=" + MAX_UNREAD, "-DgraceMillis=" + graceMillis), "Broker", "2");
    }

    private static <T> FutureTask<T> start(Callable<T> job) {
        FutureTask<T> task = new FutureTask<>(job);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static BufferedReader subscriber(Socket socket, String topic) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII), 1 << 16);
        Talk.send(socket, "SUBSCRIBE " + topic + "\n");
        assertEquals("OK", lines.readLine());
        return lines;
    }

    /** Publishes numbered messages under the name of the publisher, and returns the number of those that were delivered. */
    private static int publish(Socket socket, String name, int count) throws IOException {
        BufferedReader oks = new BufferedReader(new InputStreamReader(socket.getInputStream()));
        int delivered = 0;
        StringBuilder window = new StringBuilder();
        for (int i = 0; i < count; i++) {
            window.append("PUBLISH news ")
                    .append(name)
                    .append(' ')
                    .append(i)
                    .append(TEXT)
                    .append('\n');
            if ((i + 1) % WINDOW == 0) {
                Talk.send(socket, window.toString());
                window.setLength(0);
                while (delivered <= i) {
                    delivered += Integer.parseInt(oks.readLine().substring("OK ".length()));
                }
            }
        }
        return delivered;
    }

    /** Reads the messages of two publishers, each in order, and the end. */
    private static int read(BufferedReader lines) throws IOException {
        int[] next = new int[2];
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int publisher = line.charAt(START.length()) - 'a';
            int number = Integer.parseInt(line, START.length() + 2, line.length() - TEXT.length(), 10);
            assertTrue(line.startsWith(START) && line.endsWith(TEXT) && number == next[publisher]++, line);
            if (next[0] + next[1] == MESSAGES) {
                return MESSAGES;
            }
        }
        return next[0] + next[1];
    }

    private static String metrics(ExampleProcess broker) throws IOException {
        try (Socket client = broker.connect()) {
            Talk.send(client, "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n");
            return Talk.allText(client);
        }
    }

    @Test
    void messagesArriveInOrderFromBothLoopsAndTheReaderThatDoesNotReadIsDropped() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (ExampleProcess broker = broker(3_600_000)) {
            for (int i = 0; i < 4; i++) {
                clients.add(broker.connect()); // by turns on both loops
            }
            Socket lazy = new Socket();
            clients.add(lazy);
            lazy.setReceiveBufferSize(4096);
            lazy.connect(new InetSocketAddress("127.0.0.1", broker.port()));
            subscriber(lazy, "news");
            List<FutureTask<Integer>> readers = new ArrayList<>();
            for (Socket reader : clients.subList(0, 2)) {
                BufferedReader lines = subscriber(reader, "news");
                readers.add(start(() -> read(lines)));
            }
            FutureTask<Integer> first = start(() -> publish(clients.get(2), "a", MESSAGES / 2));
            FutureTask<Integer> second = start(() -> publish(clients.get(3), "b", MESSAGES / 2));
            assertEquals(MESSAGES, Waits.get(first) + Waits.get(second));
            for (FutureTask<Integer> reader : readers) {
                assertEquals(MESSAGES, Waits.get(reader));
            }
            String page = metrics(broker);
            assertTrue(page.contains("\nbroker_published_total " + MESSAGES + "\n"), page);
            assertTrue(page.contains("\nbroker_dropped_total 1\n"), page);
            Talk.ending(lazy);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aDrainEndsTheClientsThatWaitForNothing() throws Exception {
        try (ExampleProcess broker = broker(3_600_000);
                Socket subscriber = broker.connect();
                Socket publisher = broker.connect()) {
            BufferedReader lines = subscriber(subscriber, "news");
            Talk.send(publisher, "PUBLISH news hello\n");
            assertEquals("OK 1\n", Talk.text(publisher, 5));
            assertEquals("MESSAGE news hello", lines.readLine());
            broker.signal("TERM");
            assertEquals("", Talk.allText(subscriber));
            assertEquals("end", Talk.ending(publisher));
            subscriber.close();
            publisher.close();
            assertEquals(0, broker.exitStatus());
        }
    }

    @Test
    void aDrainDestroysAtItsDeadlineAClientThatDoesNotLeave() throws Exception {
        try (ExampleProcess broker = broker(200);
                Socket stubborn = broker.connect()) {
            Talk.send(stubborn, "PUBLISH news without its ");
            broker.signal("TERM");
            assertEquals(0, broker.exitStatus());
        }
    }
}
