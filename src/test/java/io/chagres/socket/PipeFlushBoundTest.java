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

/** How much of an iteration one stream may take for its writes: 32 system calls. A write with a descriptor is a call of its own. */
@ExtendWith(LoopFixture.class)
class PipeFlushBoundTest {

    private static final int WRITES = 40;
    private static final int CALLS_PER_FLUSH = 32;

    private int told;

    @Test
    void aFlushMakes32CallsAndLeavesTheRestToTheNextIteration(Loop loop) {
        PipePair pair = PipePair.of(loop, true);
        int filled = fill(pair.one());
        for (int i = 0; i < WRITES; i++) {
            pair.one().write(Talk.buffer("x"), pair.one(), error -> told++);
        }
        assertEquals(WRITES, pair.one().writeQueueSize());
        drain(pair.other().fd(), filled);
        loop.run(RunMode.NOWAIT);
        assertEquals(WRITES - CALLS_PER_FLUSH, pair.one().writeQueueSize());
        loop.run(RunMode.NOWAIT);
        assertEquals(0, pair.one().writeQueueSize());
        assertEquals(WRITES, takeAll(loop, pair.other()), "descriptors, with the first of which the kernel was full");
        assertEquals(WRITES, told);
        pair.close();
        loop.run();
    }

    /** Reads all writes: how many descriptors came along. */
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

    /** Writes until the kernel takes no more: how many bytes. */
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
