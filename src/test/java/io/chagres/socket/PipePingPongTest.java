package io.chagres.socket;

import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Program;
import io.chagres.fixture.TcpPair;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** libuv's ping-pong: a thousand times PING to a peer that sends back the bytes that it gets. */
@ConnectionTest
class PipePingPongTest {

    private static final int ROUNDS = 1000;
    private static final byte[] PING = "PING\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private int pongs;
    private int place;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers({"libuv:pipe_ping_pong", "libuv:pipe_ping_pong_vec"})
    void aThousandPingsOverAPipeComeBackFromAnEchoServer(boolean vectored, Loop loop) {
        Path path = folder.resolve("socket");
        try (UnixPeer<Void> server = UnixPeer.server(path, UnixPeer::echo)) {
            Pipe client = new Pipe(loop);
            client.connect(path.toString(), error -> {
                ok().onComplete(error);
                assertTrue(client.isReadable() && client.isWritable());
                play(client, client, vectored);
            });
            loop.run();
        }
        assertEquals(ROUNDS, pongs);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers({"libuv:pipe_ping_pong", "libuv:pipe_ping_pong_vec"})
    void aThousandPingsComeBackOverTheEndsOfTwoPipes(boolean vectored, Loop loop) {
        PipePair there = PipePair.ends(loop);
        PipePair back = PipePair.ends(loop);
        there.one().readStart(TcpPair.reader(bytes -> back.other().write(bytes, ok()), () -> {
            there.one().close();
            back.other().close();
        }));
        play(back.one(), there.other(), vectored);
        loop.run();
        assertEquals(ROUNDS, pongs);
    }

    @Test
    @Covers("libuv:pipe_ping_pong")
    @Tag("host")
    void aThousandPingsComeBackFromSocat(Loop loop) throws Exception {
        Pipe[] server = new Pipe[1];
        Path path = folder.resolve("socket");
        server[0] = PipePair.listening(loop, path, _ -> {
            Pipe accepted = PipePair.accept(server[0]);
            server[0].close();
            play(accepted, accepted, false);
        });
        try (Program socat = Program.start("socat", "UNIX-CONNECT:" + path, "EXEC:cat")) {
            loop.run();
            socat.result();
        } finally {
            server[0].close();
            loop.run();
        }
        assertEquals(ROUNDS, pongs);
    }

    private void play(SocketHandle in, SocketHandle out, boolean vectored) {
        in.readStart(TcpPair.reader(
                bytes -> {
                    while (bytes.hasRemaining()) {
                        assertEquals(PING[place], bytes.get());
                        place = (place + 1) % PING.length;
                        if (place == 0 && ++pongs < ROUNDS) {
                            ping(out, vectored);
                        } else if (place == 0) {
                            in.close();
                            out.close();
                        }
                    }
                },
                in::close));
        ping(out, vectored);
    }

    private static void ping(SocketHandle out, boolean vectored) {
        if (!vectored) {
            out.write(ByteBuffer.wrap(PING), ok());
            return;
        }
        ByteBuffer[] letters = new ByteBuffer[PING.length];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = ByteBuffer.wrap(PING, i, 1);
        }
        out.write(letters, ok());
    }
}
