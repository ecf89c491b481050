package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.loop.Loop;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Frames on connections, with java.net at the other end. */
@ConnectionTest
class SocketFramesTest {

    private static final int FRAMES = 500;
    private static final int MAX_LENGTH = 100_000;

    private final Journal journal = new Journal();

    @Test
    void framesOfAllSizesAreEchoedWithBackPressure(Loop loop) {
        int port = Local.once(loop, socket -> {
            FrameReader reader = FrameReader.on(socket, Framing.length(4, MAX_LENGTH));
            reader.onFrame(frame -> {
                socket.write(ByteBuffer.allocate(4).putInt(frame.remaining()).flip());
                if (!socket.write(frame)) {
                    reader.pause();
                }
            });
            socket.onDrain(reader::resume);
        });
        try (Peer<Integer> client = Peer.client(port, SocketFramesTest::exchange)) {
            loop.run();
            assertEquals(FRAMES, client.result());
        }
    }

    /** Sends from another thread than the one that reads, and returns the number of frames that have come back. */
    private static int exchange(java.net.Socket socket) throws IOException {
        FutureTask<Void> sender = new FutureTask<>(() -> {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            for (int i = 0; i < FRAMES; i++) {
                out.writeInt(length(i));
                out.write(Talk.noise(i, length(i)));
            }
            socket.shutdownOutput();
            return null;
        });
        Thread.ofPlatform().daemon().start(sender);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int received = 0;
        for (int i = 0; i < FRAMES; i++) {
            assertArrayEquals(Talk.noise(i, length(i)), in.readNBytes(in.readInt()));
            received++;
        }
        Waits.get(sender);
        assertEquals(-1, in.read());
        return received;
    }

    /** Many small frames, and some that are longer than a chunk. */
    private static int length(int frame) {
        return frame % 50 == 0 ? frame * 200 : frame * 7 % 3000;
    }

    @Test
    void aTunnelBeginsWithTheByteBehindTheHeadOfConnect(Loop loop) {
        byte[] request = Talk.noise(1, 300_000);
        byte[] reply = Talk.noise(2, 400_000);
        try (Peer<byte[]> target = Peer.server(socket -> {
            byte[] got = socket.getInputStream().readNBytes(request.length);
            Talk.send(socket, reply);
            return got;
        })) {
            int port = Local.once(loop, socket -> {
                FrameReader head = FrameReader.on(socket, Framing.lines(200));
                head.onText(line -> {
                    journal.add(line);
                    if (line.isEmpty()) {
                        Socket upstream = Local.connect(loop, target.port());
                        socket.write("HTTP/1.1 200 OK\r\n\r\n");
                        head.stop().pipe(upstream);
                        upstream.pipe(socket);
                    }
                });
            });
            try (Peer<byte[]> client = Peer.client(port, socket -> tunnel(socket, request))) {
                loop.run();
                assertArrayEquals(request, target.result());
                assertArrayEquals(reply, client.result());
            }
        }
        journal.expect("CONNECT example.com:443 HTTP/1.1", "Host: example.com", "");
    }

    /** Sends the head and the first bytes for the target in one write. */
    private static byte[] tunnel(java.net.Socket socket, byte[] request) throws IOException {
        byte[] head = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n".getBytes();
        OutputStream out = socket.getOutputStream();
        out.write(ByteBuffer.allocate(head.length + 1000)
                .put(head)
                .put(request, 0, 1000)
                .array());
        out.write(request, 1000, request.length - 1000);
        assertEquals("HTTP/1.1 200 OK\r\n\r\n", Talk.text(socket, 19));
        return Talk.all(socket);
    }

    @Test
    void aPeerThatSendsALineWithoutEndIsDestroyed(Loop loop) {
        int port = Local.once(loop, socket -> {
            FrameReader.on(socket, Framing.lines(1000)).onText(journal::add);
            socket.onError(error -> journal.add(error.code()));
            socket.onClose(hadError -> journal.add("close " + hadError));
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, "hello\n" + "x".repeat(2000));
            return Talk.ending(socket);
        })) {
            loop.run();
            client.result();
        }
        journal.expect("hello", "ERR_FRAME_TOO_LONG", "close true");
    }

    @Test
    void aSocketThatConnectsAgainBeginsWithAFrame(Loop loop) {
        try (Peer<String> first = Peer.server(socket -> say(socket, "one\ntw"));
                Peer<String> second = Peer.server(socket -> say(socket, "three\n"))) {
            Socket socket = Local.connect(loop, first.port());
            FrameReader.on(socket, Framing.lines(80)).onText(journal::add);
            boolean[] again = {true};
            socket.onError(error -> journal.add(error.code()));
            socket.onClose(hadError -> {
                journal.add("close " + hadError);
                if (again[0]) {
                    again[0] = false;
                    socket.connect(ConnectOptions.to(Local.HOST, second.port()));
                }
            });
            loop.run();
        }
        journal.expect("one", "ERR_FRAME_TRUNCATED", "close true", "three", "close false");
    }

    private static String say(java.net.Socket socket, String text) throws IOException {
        Talk.send(socket, text);
        socket.shutdownOutput();
        return Talk.ending(socket);
    }
}
