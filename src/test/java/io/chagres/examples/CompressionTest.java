package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Layer;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.SocketOptions;
import io.chagres.stream.Duplex;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** examples/Compression.java: a layer of a user, over sockets. */
@ConnectionTest
class CompressionTest {

    private static final String TEXT = "the same text again and again\n".repeat(5000);
    private static final Duration LONG = Duration.ofDays(1);

    private static URLClassLoader examples;
    private static Constructor<?> constructor;

    private final Journal journal = new Journal();

    @BeforeAll
    static void load() throws Exception {
        URL folder = Path.of(ExampleProcess.compiled()).toUri().toURL();
        examples = new URLClassLoader(new URL[] {folder}, CompressionTest.class.getClassLoader());
        constructor = examples.loadClass("Compression").getConstructor(Duplex.class);
    }

    @AfterAll
    static void unload() throws Exception {
        examples.close();
    }

    private static Layer over(Duplex below) {
        try {
            return (Layer) constructor.newInstance(below);
        } catch (ReflectiveOperationException failed) {
            throw new AssertionError(failed);
        }
    }

    private static Server serve(Loop loop, Consumer<Layer> listener) {
        ServerOptions options = ServerOptions.defaults().allowHalfOpen(true);
        return Net.createServer(loop, options, socket -> listener.accept(over(socket)))
                .listen(0, Local.HOST);
    }

    private static Layer connect(Loop loop, Server server) {
        ConnectOptions where = ConnectOptions.to(Local.HOST, server.address().port());
        return over(Net.connect(loop, SocketOptions.defaults().allowHalfOpen(true), where));
    }

    /** The layer is idle, and it is the layer that is ended, with the end of its compressed data. */
    @Test
    void aServerThatClosesEndsTheLayer(Loop loop) {
        Server server = serve(loop, layer -> layer.pipe(layer));
        Layer client = connect(loop, server);
        StringBuilder received = new StringBuilder();
        client.onText(StandardCharsets.UTF_8, text -> {
            received.append(text);
            if (received.length() == TEXT.length()) {
                long bytes = client.socket().bytesWritten();
                assertTrue(bytes < TEXT.length() / 100, bytes + " bytes for " + TEXT.length());
                server.close(LONG);
            }
        });
        client.onEnd(() -> {
            journal.add("end");
            client.end();
        });
        client.onClose(hadError -> journal.add("close, error: " + hadError));
        client.write(TEXT);
        loop.run();
        assertEquals(TEXT, received.toString());
        journal.expect("end", "close, error: false");
    }

    @Test
    void anEndInTheMiddleIsAnError(Loop loop) {
        Server server = serve(loop, layer -> {
            layer.onError(error -> journal.add(error.code()));
            layer.resume();
        });
        try (Peer<Void> client = Peer.client(server.address().port(), socket -> {
            byte[] bytes = compressed(TEXT.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(bytes, 0, bytes.length - 1);
            socket.shutdownOutput();
            return endOf(socket, loop, server);
        })) {
            loop.run();
        }
        journal.expect("Z_BUF_ERROR");
    }

    @Test
    void otherBytesAreAnError(Loop loop) {
        Server server = serve(loop, layer -> {
            layer.onError(error -> journal.add(error.code()));
            layer.resume();
        });
        try (Peer<Void> client = Peer.client(server.address().port(), socket -> {
            Talk.send(socket, "GET / HTTP/1.1\r\n\r\n");
            return endOf(socket, loop, server);
        })) {
            loop.run();
        }
        journal.expect("Z_DATA_ERROR");
    }

    /** 16 KB become 16 MB, which are made only as they are read. */
    @Test
    void fewBytesThatBecomeManyWaitForTheReader(Loop loop) {
        int length = 16 << 20;
        long[] received = {0};
        Server server = serve(loop, layer -> {
            layer.onData(chunk -> {
                received[0] += chunk.remaining();
                assertTrue(layer.readableLength() <= 128 * 1024, "bytes that wait: " + layer.readableLength());
                layer.pause();
                loop.nextTick(layer::resume);
            });
            layer.onEnd(() -> layer.end());
        });
        try (Peer<Void> client = Peer.client(server.address().port(), socket -> {
            Talk.send(socket, compressed(new byte[length]));
            socket.shutdownOutput();
            return endOf(socket, loop, server);
        })) {
            loop.run();
        }
        assertEquals(length, received[0]);
    }

    private static Void endOf(java.net.Socket socket, Loop loop, Server server) throws Exception {
        Talk.ending(socket);
        loop.execute(server::close);
        return null;
    }

    private static byte[] compressed(byte[] bytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            deflater.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void theProgramSaysHowMuchItsTextHasShrunk() throws Exception {
        try (ExampleProcess program = ExampleProcess.start("Compression")) {
            ExampleProcess.portOf(program.nextLine());
            String line = program.nextLine();
            assertTrue(line.matches("300000 bytes went as \\d{3,4}, and 300000 came back"), line);
            assertEquals(0, program.exitStatus());
        }
    }
}
