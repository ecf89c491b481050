package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** examples/Proxy.java, with plain sockets at both ends. */
@ExtendWith(HangGuard.class)
class ProxyTest {

    private static final int MEBI = 1 << 20;
    /** Far more than the buffers of the kernel and of the proxy together. */
    private static final int STREAM = 256 << 20;

    private static final int MAX_HELD = 2 * MEBI;

    private static ExampleProcess proxyTo(int port) throws Exception {
        return ExampleProcess.listening(List.of("-Xmx32m"), "Proxy", Integer.toString(port));
    }

    @Test
    void anAnswerIsForwardedAfterTheEndOfTheRequest() throws Exception {
        try (Peer<String> target = answering("an answer");
                ExampleProcess proxy = proxyTo(target.port())) {
            try (Socket client = proxy.connect()) {
                assertEquals("an answer", Talk.ask(client, "a question"));
            }
            assertEquals("a question", target.result());
            proxy.assertExits();
        }
    }

    @Test
    void aNetcatClientTalksThroughTheProxy() throws Exception {
        Program.require("nc");
        try (Peer<String> target = answering("an answer");
                ExampleProcess proxy = proxyTo(target.port())) {
            String port = Integer.toString(proxy.port());
            assertEquals("an answer", Program.runWith("a question", "nc", "-N", "127.0.0.1", port));
            assertEquals("a question", target.result());
        }
    }

    private static Peer<String> answering(String answer) {
        return Peer.server(socket -> {
            String question = Talk.allText(socket);
            Talk.send(socket, answer);
            return question;
        });
    }

    /** The reader pauses now and then until no more bytes are accepted: the proxy then holds few bytes, always the same number. */
    @Test
    void aLongStreamIsForwardedAsFastAsItIsRead() throws Exception {
        byte[] noise = Talk.noise(8, 1_000_003);
        try (ServerSocket target = Peer.listener("127.0.0.1", 0);
                ExampleProcess proxy = proxyTo(target.getLocalPort())) {
            long atRest = proxy.liveHeap();
            try (Socket client = proxy.connect();
                    Socket end = target.accept()) {
                Sender sender = new Sender(client, noise, 0, STREAM);
                for (int read = 0; read < STREAM; read += STREAM / 4) {
                    sender.awaitDoneOrStuck();
                    assertTrue(sender.sent() < read + STREAM / 4, "all was taken");
                    assertHolds(proxy, proxy.liveHeap() - atRest, read);
                    assertComes(noise, read, end.getInputStream());
                }
                sender.join();
                assertEquals(-1, end.getInputStream().read());
            }
            proxy.assertExits();
        }
    }

    private static void assertHolds(ExampleProcess proxy, long bytes, int read) throws IOException {
        System.out.printf(
                "ProxyTest: after %d MiB it holds %d KiB; its memory is %d MiB%n",
                read / MEBI, bytes / 1024, proxy.memory("VmRSS") / MEBI);
        assertTrue(bytes < MAX_HELD, () -> bytes + " bytes held");
    }

    /** Reads a quarter of all bytes, beginning with the byte at {@code read}. */
    private static void assertComes(byte[] noise, int read, InputStream in) throws IOException {
        byte[] some = new byte[64 * 1024];
        int end = read + STREAM / 4;
        for (int at = read; at < end; ) {
            int from = at % noise.length;
            int count = in.read(some, 0, Math.min(Math.min(some.length, end - at), noise.length - from));
            assertTrue(count > 0, "the end came after " + at + " bytes");
            assertTrue(Arrays.equals(noise, from, from + count, some, 0, count), "other bytes from " + at + " on");
            at += count;
        }
    }

    @Test
    void anErrorOfOneSideClosesTheOther() throws Exception {
        try (ServerSocket target = Peer.listener("127.0.0.1", 0);
                ExampleProcess proxy = proxyTo(target.getLocalPort())) {
            try (Socket client = proxy.connect();
                    Socket end = target.accept()) {
                assertPasses(client, end);
                Talk.reset(end);
                Talk.ending(client);
            }
            assertEquals("connection lost: read ECONNRESET", proxy.nextError());
            try (Socket client = proxy.connect();
                    Socket end = target.accept()) {
                assertPasses(client, end);
                Talk.reset(client);
                Talk.ending(end);
            }
            assertEquals("connection lost: read ECONNRESET", proxy.nextError());
            proxy.assertExits();
        }
    }

    private static void assertPasses(Socket from, Socket to) throws IOException {
        Talk.send(from, "x");
        assertEquals("x", Talk.text(to, 1));
    }

    /** The port of the target is in use, so that the proxy cannot get it. */
    @Test
    void theClientIsClosedIfTheTargetRefuses() throws Exception {
        try (Socket deaf = new Socket()) {
            deaf.bind(new InetSocketAddress("127.0.0.1", 0));
            try (ExampleProcess proxy = proxyTo(deaf.getLocalPort());
                    Socket client = proxy.connect()) {
                Talk.ending(client);
                assertEquals(
                        "connection lost: connect ECONNREFUSED 127.0.0.1:" + deaf.getLocalPort(), proxy.nextError());
                proxy.assertExits();
            }
        }
    }
}
