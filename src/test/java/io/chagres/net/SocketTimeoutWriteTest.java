package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.UnixPeer;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The idle timer and a write that a slow peer takes bit by bit. Over a Unix socket, where a read makes room at once. */
@ConnectionTest
class SocketTimeoutWriteTest {

    private static final int LENGTH = 32 << 20;

    private final Journal journal = new Journal();
    private final ByteBuffer room = ByteBuffer.allocate(1 << 20);

    @TempDir
    private Path folder;

    @Test
    void aTimeoutDoesNotFireWhileASlowWriteMakesProgress(Loop loop, ManualClock clock) throws IOException {
        Path path = folder.resolve("socket");
        try (ServerSocketChannel listener = UnixPeer.listener(path, 0)) {
            Socket client = Net.connect(loop, ConnectOptions.toPath(path.toString()));
            client.onConnect(() -> writeSlowly(client, accepted(listener)));
            loop.run();
        }
        journal.expect("read at 90", "read at 180", "read at 270", "read at 360", "read at 450", "timeout at 600");
    }

    private void writeSlowly(Socket client, SocketChannel peer) {
        Loop loop = client.loop();
        long start = loop.now();
        client.setTimeout(100).onTimeout(() -> {
            journal.add("timeout at " + (loop.now() - start));
            client.destroy();
        });
        client.onClose(hadError -> close(peer));
        client.write(ByteBuffer.allocate(LENGTH));
        Timer[] reading = new Timer[1];
        reading[0] = Timer.every(loop, 90, () -> {
            assertTrue(readAll(peer) > 0);
            journal.add("read at " + (loop.now() - start));
            if (loop.now() - start >= 450) {
                reading[0].close();
                // the idle timer alone does not keep the loop running
                Timer.after(loop, 1000, client::destroy);
            }
        });
    }

    private static SocketChannel accepted(ServerSocketChannel listener) {
        try {
            SocketChannel peer = listener.accept();
            peer.configureBlocking(false);
            return peer;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads what is in the kernel now. */
    private int readAll(SocketChannel peer) {
        try {
            int all = 0;
            for (int count = peer.read(room.clear()); count > 0; count = peer.read(room.clear())) {
                all += count;
            }
            return all;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void close(SocketChannel peer) {
        try {
            peer.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
