package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** More bytes than an int can count, all of them views of the same 64 MiB. */
@ExtendWith(LoopFixture.class)
@Timeout(50)
class HugeLengthsTest {

    private static final int VIEWS = 40;
    private static final ByteBuffer VIEW = ByteBuffer.allocate(64 << 20);
    private static final long ALL = (long) VIEWS * VIEW.capacity();

    private long count;

    private static MemoryDuplex filled(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.pause();
        for (int i = 0; i < VIEWS; i++) {
            assertFalse(stream.push(VIEW.duplicate()), "room behind " + stream.readableLength());
        }
        assertEquals(ALL, stream.readableLength());
        return stream;
    }

    @Test
    void moreThan2GibibytesOfBufferedChunksFlow(Loop loop) {
        MemoryDuplex stream = filled(loop);
        stream.onData(chunk -> count += chunk.remaining());
        stream.onEnd(() -> count = -count);
        stream.pushNoMore();
        stream.resume();
        loop.run();
        assertEquals(-ALL, count);
        assertEquals(0, stream.readableLength());
    }

    @Test
    void moreThan2GibibytesOfBufferedChunksCanBeRead(Loop loop) {
        MemoryDuplex stream = filled(loop);
        ByteBuffer some = stream.read(100);
        assertEquals(100, some.remaining());
        stream.unshift(some);
        assertEquals(ALL, stream.readableLength());
        ByteBuffer first = stream.read();
        assertEquals(100, first.remaining());
        count = first.remaining();
        for (int piece = 1 << 20; stream.readableLength() > 0; ) {
            count += stream.read((int) Math.min(piece, stream.readableLength())).remaining();
        }
        assertEquals(ALL, count);
        assertNull(stream.read());
        stream.destroy();
        loop.run();
    }

    @Test
    void moreThan2GibibytesOfWaitingWritesAreWritten(Loop loop) {
        List<Integer> batches = new ArrayList<>();
        Duplex stream = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected boolean isVectored() {
                return true;
            }

            @Override
            protected void doWriteVector(ByteBuffer[] data, Completion done) {
                batches.add(data.length);
                done.onComplete(null);
            }
        };
        stream.cork();
        for (int i = 0; i < VIEWS; i++) {
            stream.write(VIEW.duplicate(), error -> count++);
        }
        assertEquals(ALL, stream.writableLength());
        stream.uncork();
        assertEquals(0, stream.writableLength());
        loop.run();
        assertEquals(VIEWS, count);
        assertEquals(List.of(16, 16, 8), batches);
        stream.destroy();
        loop.run();
    }

    @Test
    void aSourceWaitsForASinkThatHoldsMoreThan2Gibibytes(Loop loop) {
        MemoryDuplex source = filled(loop);
        MemoryDuplex sink = new MemoryDuplex(loop) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                count += data.remaining();
                tick(() -> done.onComplete((ChagresException) null));
            }
        };
        source.pipe(sink);
        source.pushNoMore();
        sink.onFinish(() -> count = -count);
        loop.run();
        assertEquals(-ALL, count);
        assertTrue(sink.isWritableFinished());
    }
}
