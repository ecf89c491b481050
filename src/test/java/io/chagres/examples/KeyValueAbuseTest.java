package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hostile clients of examples/KeyValue.java, which has a heap of 64 MiB: it serves the others, whatever it must keep. */
@ExtendWith(HangGuard.class)
@Timeout(60)
class KeyValueAbuseTest {

    private static final int MEBI = 1 << 20;

    private final List<Socket> strangers = new ArrayList<>();
    private ExampleProcess server;

    @BeforeEach
    void start() throws Exception {
        server = ExampleProcess.listening(List.of("-Xmx64m", "-DrequestMillis=10000"), "KeyValue");
    }

    @AfterEach
    void itServesOthers() throws Exception {
        try {
            try (Socket client = server.connect()) {
                assertEquals("+PONG\r\n", Talk.ask(client, "PING\r\n"));
            }
            assertTrue(server.isAlive());
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
            server.close();
        }
    }

    /** Returns a client with a small receive buffer: the kernel keeps few bytes for it. */
    private Socket stranger() throws IOException {
        Socket stranger = new Socket();
        strangers.add(stranger);
        stranger.setReceiveBufferSize(4096);
        stranger.setSoTimeout(60_000);
        stranger.connect(new InetSocketAddress("127.0.0.1", server.port()));
        return stranger;
    }

    /** Sends, unless the server has disconnected the client. */
    private static void send(Socket stranger, String text) {
        try {
            Talk.send(stranger, text);
        } catch (IOException disconnected) {
            // the subject of the test: the server defends itself
        }
    }

    @Test
    void manyUnfinishedRequestsOfAMebibyteAreSurvived() throws IOException {
        String most = "*2\r\n$4\r\nECHO\r\n$1048000\r\n" + "x".repeat(1_000_000);
        for (int i = 0; i < 100; i++) {
            send(stranger(), most);
        }
    }

    @Test
    void manyUnfinishedRequestsOfManyWordsAreSurvived() throws IOException {
        String most = "*1024\r\n" + "$0\r\n\r\n".repeat(1000);
        for (int i = 0; i < 1000; i++) {
            send(stranger(), most);
        }
    }

    @Test
    void manyUnreadRepliesOfAMebibyteAreSurvived() throws IOException {
        try (Socket client = server.connect()) {
            assertEquals(
                    "+OK\r\n",
                    Talk.ask(client, "*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$1048000\r\n" + "x".repeat(1_048_000) + "\r\n"));
        }
        for (int i = 0; i < 100; i++) {
            send(stranger(), "GET big\r\n".repeat(20));
        }
    }

    @Test
    void moreValuesThanTheHeapHoldsAreRefused() throws IOException {
        String value = "x".repeat(MEBI / 2);
        int stored = 0;
        try (Socket client = server.connect()) {
            for (int i = 0; i < 100; i++) {
                Talk.send(
                        client,
                        "*3\r\n$3\r\nSET\r\n$2\r\n" + (10 + i % 90) + "\r\n$" + value.length() + "\r\n" + value
                                + "\r\n");
                String reply = Talk.text(client, 1);
                while (!reply.endsWith("\r\n")) {
                    reply += Talk.text(client, 1);
                }
                stored += reply.startsWith("+OK") ? 1 : 0;
                assertTrue(reply.equals("+OK\r\n") || reply.startsWith("-OOM "), reply);
            }
            assertTrue(stored >= 20 && stored < 64, stored + " stored");
            assertEquals(":1\r\n+OK\r\n", Talk.ask(client, "DEL 10\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n"));
        }
    }

    @Test
    void aRequestOfTwoMebibytesIsRefused() throws IOException {
        String word = "$1048576\r\n" + "x".repeat(MEBI) + "\r\n";
        try (Socket client = server.connect()) {
            Talk.send(client, "*4\r\n$3\r\nDEL\r\n" + word + word);
            assertEquals("-ERR Protocol error: too big request\r\n", Talk.text(client, 38));
        }
    }

    @Test
    void aRequestThatTakesTooLongIsRefused() throws Exception {
        try (ExampleProcess strict = ExampleProcess.listening(List.of("-DrequestMillis=200"), "KeyValue");
                Socket slow = strict.connect()) {
            Talk.send(slow, "PING\r\n*2\r\n$4\r\nEC");
            assertEquals("+PONG\r\n", Talk.text(slow, 7));
            Talk.ending(slow);
        }
    }
}
