package io.chagres.socket;

import static io.chagres.fixture.PipePair.assertCode;
import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipes and their requests that keep the loop alive, or not. */
@ConnectionTest
class PipeRefTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    @Test
    @Covers("libuv:pipe_ref")
    void aNewPipeDoesNotKeepTheLoopAlive(Loop loop) {
        Pipe pipe = new Pipe(loop);
        pipe.unref();
        assertFalse(loop.run());
        pipe.close();
        loop.run();
    }

    @Test
    @Covers("libuv:pipe_ref2")
    void aPipeThatFailedToListenDoesNotKeepTheLoopAlive(Loop loop) {
        Pipe pipe = new Pipe(loop);
        assertCode("EINVAL", () -> pipe.listen(128, _ -> {}));
        pipe.unref();
        assertFalse(pipe.isActive());
        assertFalse(loop.run());
        pipe.close();
        loop.run();
    }

    @Test
    void anUnreferencedListeningPipeDoesNotKeepTheLoopAlive(Loop loop) {
        Pipe pipe = PipePair.listening(loop, folder.resolve("socket"), _ -> {});
        assertTrue(pipe.isActive());
        pipe.unref();
        assertFalse(loop.run());
        pipe.close();
        loop.run();
    }

    @Test
    @Covers("libuv:pipe_ref3")
    void connectAndShutdownOfAnUnreferencedPipeKeepTheLoopAlive(Loop loop) {
        Path path = folder.resolve("socket");
        Pipe client = new Pipe(loop);
        client.unref();
        try (UnixPeer<byte[]> server = UnixPeer.server(path, UnixPeer::all)) {
            client.connect(path.toString(), error -> {
                journal.add("connect " + error);
                client.shutdown(failed -> journal.add("shutdown " + failed));
            });
            assertFalse(loop.run());
            assertEquals(0, server.result().length);
        }
        journal.expect("connect null", "shutdown null");
        client.close();
        loop.run();
    }

    @Test
    @Covers("libuv:pipe_ref4")
    void writesOfAnUnreferencedPipeKeepTheLoopAlive(Loop loop) {
        Path path = folder.resolve("socket");
        Pipe client = new Pipe(loop);
        try (UnixPeer<byte[]> server = UnixPeer.server(path, UnixPeer::all)) {
            client.connect(path.toString(), error -> {
                ok().onComplete(error);
                client.write(ByteBuffer.allocate(32767), failed -> {
                    journal.add("write " + failed);
                    client.shutdown(late -> journal.add("shutdown " + late));
                });
            });
            client.unref();
            assertFalse(loop.run());
            assertEquals(32767, server.result().length);
        }
        journal.expect("write null", "shutdown null");
        client.close();
        loop.run();
    }
}
