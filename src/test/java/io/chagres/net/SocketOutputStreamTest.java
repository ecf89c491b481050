package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.ChagresException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Virtual threads that write to a connection of the loop's. */
@ConnectionTest
class SocketOutputStreamTest {

    private FutureTask<String> writer;

    private void start(Callable<String> work) {
        writer = new FutureTask<>(work);
        Thread.startVirtualThread(writer);
    }

    @Test
    void theStreamsOfASocketEchoAllBytes(Loop loop) {
        byte[] question = Talk.noise(14, 4 << 20);
        int port = Local.once(loop, ServerOptions.defaults().allowHalfOpen(true), socket -> {
            InputStream in = socket.inputStream();
            OutputStream out = socket.outputStream();
            start(() -> {
                try (in;
                        out) {
                    in.transferTo(out);
                }
                return "copied";
            });
        });
        try (Peer<byte[]> client = Peer.client(port, socket -> {
            Thread sender = Thread.ofPlatform().start(() -> {
                try {
                    Talk.send(socket, question);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            byte[] answer = Talk.all(socket);
            Waits.join(sender);
            return answer;
        })) {
            loop.run();
            assertArrayEquals(question, client.result());
        }
        assertEquals("copied", Waits.get(writer));
    }

    @Test
    void anOutputStreamOfASocketThrowsAReset(Loop loop) {
        int port = Local.once(loop, socket -> {
            OutputStream out = socket.outputStream();
            start(() -> {
                IOException thrown = assertThrows(IOException.class, () -> {
                    while (true) {
                        out.write(new byte[10_000]);
                    }
                });
                return assertInstanceOf(ChagresException.class, thrown.getCause())
                        .code();
            });
        });
        try (Peer<Void> client = Peer.client(port, socket -> {
            socket.getInputStream().readNBytes(100);
            Talk.reset(socket);
            return null;
        })) {
            loop.run();
        }
        assertEquals("ECONNRESET", Waits.get(writer).replace("EPIPE", "ECONNRESET"));
    }

    @Test
    void aWriteToAPeerThatDoesNotReadTimesOut(Loop loop) {
        Gate late = new Gate();
        int port = Local.once(loop, socket -> {
            OutputStream out = socket.outputStream(Duration.ofMillis(50));
            start(() -> {
                assertThrows(SocketTimeoutException.class, () -> {
                    while (true) {
                        out.write(new byte[1 << 20]);
                    }
                });
                loop.execute(socket::destroy);
                late.open();
                return "timed out";
            });
        });
        try (Peer<Void> client = Peer.client(port, socket -> {
            late.await();
            return null;
        })) {
            loop.run();
        }
        assertEquals("timed out", Waits.get(writer));
    }
}
