package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The bound of one stream's writes in an iteration: 32 system calls. A write with a descriptor is a separate call. */
@ExtendWith(LoopFixture.class)
class PipeFlushBoundTest {

    private static final int WRITES = 40;
    private static final int CALLS_PER_FLUSH = 32;

    private int completed;

    @Test
    void aFlushMakes32CallsAndLeavesTheRestToTheNextIteration(Loop loop) {
        PipePair pair = PipePair.of(loop, true);
        int filled = fill(pair.one());
        for (int i = 0; i < WRITES; i++) {
            pair.one().write(Talk.buffer("x"), pair.one(), error -> completed++);
        }
        assertEquals(WRITES, pair.one().writeQueueSize());
        drain(pair.other().fd(), filled);
        loop.run(RunMode.NOWAIT);
        assertEquals(WRITES - CALLS_PER_FLUSH, pair.one().writeQueueSize());
        loop.run(RunMode.NOWAIT);
        assertEquals(0, pair.one().writeQueueSize());
        assertEquals(
                WRITES, takeAll(loop, pair.other()), "descriptors, although the kernel's buffer was full at the first");
        assertEquals(WRITES, completed);
        pair.close();
        loop.run();
    }

    /** Reads all writes and returns how many descriptors arrived. */
    private static int takeAll(Loop loop, Pipe pipe) {
        int[] taken = new int[2];
        pipe.readStart(TcpPair.reader(
                bytes -> {
                    taken[0] += bytes.remaining();
                    while (pipe.pendingCount() > 0) {
                        Descriptors.close(pipe.acceptDescriptor());
                        taken[1]++;
                    }
                    if (taken[0] == WRITES) {
                        pipe.readStop();
                    }
                },
                () -> {}));
        loop.run();
        return taken[1];
    }

    /** Writes until the kernel takes no more, and returns how many bytes it took. */
    private static int fill(Pipe pipe) {
        int all = 0;
        for (int taken = 1; taken > 0; all += taken) {
            taken = pipe.tryWrite(ByteBuffer.allocate(64 * 1024));
        }
        return all;
    }

    private static void drain(int fd, int bytes) {
        MemorySegment room = Memory.allocate(64 * 1024);
        for (int left = bytes; left > 0; ) {
            long count = Descriptors.read(fd, room, Math.min(left, room.byteSize()));
            assertTrue(count > 0, () -> "read " + count);
            left -= (int) count;
        }
    }
}
