package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** A virtual thread that reads a connection of the loop's. */
@ConnectionTest
@Covers("node:test-stream-readable-async-iterators")
class SocketInputStreamTest {

    private FutureTask<byte[]> reader;

    private void start(Callable<byte[]> work) {
        reader = new FutureTask<>(work);
        Thread.startVirtualThread(reader);
    }

    /** It reads slowly enough for the buffers to fill, and answers once it has all. */
    @Test
    void anInputStreamOfASocketReadsAllBytes(Loop loop) throws Exception {
        byte[] question = Talk.noise(12, 4 << 20);
        int port = Local.once(loop, ServerOptions.defaults().allowHalfOpen(true), socket -> {
            InputStream input = socket.inputStream();
            start(() -> {
                byte[] all = input.readAllBytes();
                loop.execute(() -> socket.end("got it"));
                return all;
            });
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, question);
            socket.shutdownOutput();
            return Talk.allText(socket);
        })) {
            loop.run();
            assertEquals("got it", client.result());
        }
        assertArrayEquals(question, Waits.get(reader));
    }

    @Test
    void anInputStreamOfASocketThrowsAReset(Loop loop) {
        int port = Local.once(loop, socket -> {
            InputStream input = socket.inputStream();
            start(input::readAllBytes);
        });
        try (Peer<Void> client = Peer.client(port, socket -> {
            Talk.send(socket, "x");
            Talk.reset(socket);
            return null;
        })) {
            loop.run();
        }
        IOException thrown = assertInstanceOf(
                IOException.class,
                assertThrows(ExecutionException.class, reader::get).getCause());
        assertEquals("ECONNRESET", ((ChagresException) thrown.getCause()).code());
    }

    @Test
    void closingTheInputStreamEndsTheConnection(Loop loop) throws Exception {
        int port = Local.once(loop, socket -> {
            InputStream input = socket.inputStream();
            start(() -> {
                try (input) {
                    return input.readNBytes(5);
                }
            });
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, "hello");
            return Talk.ending(socket);
        })) {
            loop.run();
            assertEquals("end", client.result());
        }
        assertEquals("hello", new String(Waits.get(reader)));
    }
}
