package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Peer;
import io.chagres.fixture.PipePair;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues of more bytes than an int can count. All buffers are views of the same 64 MiB. */
@ConnectionTest
@Timeout(50)
class TcpHugeQueueTest {

    private static final int VIEWS = 40;
    private static final ByteBuffer VIEW = ByteBuffer.allocate(64 << 20);
    private static final long ALL = (long) VIEWS * VIEW.capacity();

    @Test
    void aWriteQueueCountsMoreThanTwoGibibytes(Loop loop) {
        int[] cancelled = {0};
        PipePair pair = PipePair.of(loop, false);
        for (int i = 0; i < VIEWS; i++) {
            pair.one().write(VIEW, error -> cancelled[0]++);
        }
        assertTrue(
                pair.one().writeQueueSize() > ALL - VIEW.capacity(),
                () -> pair.one().writeQueueSize() + " bytes");
        pair.close();
        loop.run();
        assertEquals(VIEWS, cancelled[0]);
    }

    @Test
    void aConnectingSocketCountsMoreThanTwoGibibytesOfWrites(Loop loop) {
        Socket socket = Net.connect(loop, Peer.deadPort());
        for (int i = 0; i < VIEWS; i++) {
            socket.write(VIEW.duplicate());
        }
        assertEquals(ALL, socket.writableLength());
        assertEquals(ALL, socket.bytesWritten());
        socket.destroy();
        loop.run();
    }
}
