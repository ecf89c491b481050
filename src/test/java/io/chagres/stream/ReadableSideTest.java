package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Node's rules of reading, on a duplex as a user would make one. */
@ExtendWith(LoopFixture.class)
class ReadableSideTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        use(MemoryDuplex.withMark(loop, 10));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex.watched();
        journal = duplex.journal;
    }

    @Test
    @Covers({"node:test-stream2-push", "node:test-stream-big-push", "node:test-stream-push-order"})
    void aStreamThatIsNotReadBuffersUpToTheMarkAndDeliversInOrderLater(Loop loop) {
        assertTrue(stream.push("12345"));
        assertTrue(stream.push("6789"));
        assertFalse(stream.push("0"));
        assertFalse(stream.push("far too much"));
        assertEquals(22, stream.readableLength());
        loop.run();
        journal.expect();
        stream.flowing();
        journal.expect();
        loop.run();
        journal.expect("data 12345", "data 6789", "data 0", "data far too much");
        assertEquals(0, stream.readableLength());
    }

    @Test
    void aFlowingStreamHandsAChunkOnInsideThePush(Loop loop) {
        stream.flowing();
        loop.run();
        assertTrue(stream.push("now"));
        journal.expect("data now");
        assertTrue(stream.push("a chunk beyond the mark"));
        journal.expect("data a chunk beyond the mark");
        loop.run();
    }

    @Test
    void aDataListenerMakesTheStreamFlowFromTheNextTickOn(Loop loop) {
        stream.push("before");
        stream.flowing();
        journal.expect();
        loop.nextTick(journal.note("tick"));
        loop.run();
        journal.expect("data before", "tick");
    }

    @Test
    @Covers({"node:test-stream-ispaused", "node:test-stream-readable-pause-and-resume"})
    void aPausedStreamDeliversNothingToAListenerThatIsAdded(Loop loop) {
        assertFalse(stream.isPaused());
        stream.pause();
        assertTrue(stream.isPaused());
        stream.flowing();
        stream.push("x");
        loop.run();
        journal.expect();
        stream.resume();
        assertFalse(stream.isPaused());
        journal.expect();
        loop.run();
        journal.expect("data x");
        stream.pause();
        stream.push("y");
        loop.run();
        journal.expect();
        stream.resume();
        stream.pause();
        loop.run();
        journal.expect();
    }

    @Test
    void aPauseInAListenerHoldsTheNextChunksBack(Loop loop) {
        stream.push("a");
        stream.push("b");
        stream.onData(chunk -> {
            journal.add(Talk.text(chunk));
            stream.pause();
        });
        loop.run();
        journal.expect("a");
        stream.resume();
        loop.run();
        journal.expect("b");
    }

    @Test
    void aStreamResumedWithoutAListenerDropsItsChunks(Loop loop) {
        stream.push("dropped");
        stream.resume();
        loop.run();
        assertEquals(0, stream.readableLength());
        stream.flowing();
        stream.push("kept");
        loop.run();
        journal.expect("data kept");
    }

    @Test
    @Covers({"node:test-stream-end-paused", "node:test-stream-readable-ended"})
    void theEndIsEmittedOnceATickAfterAllBytesWereConsumed(Loop loop) {
        stream.push("x");
        stream.pushNoMore();
        stream.pushNoMore();
        loop.run();
        journal.expect();
        assertTrue(stream.isReadable());
        stream.flowing();
        stream.onEnd(() -> assertTrue(stream.isReadableEnded()));
        loop.run();
        journal.expect("data x", "end");
        assertFalse(stream.isReadable());
        stream.resume();
        loop.run();
        journal.expect();
    }

    @Test
    void anEndWithoutDataWaitsForAReader(Loop loop) {
        stream.pushNoMore();
        loop.run();
        journal.expect();
        stream.resume();
        loop.run();
        journal.expect("end");
    }

    @Test
    @Covers("node:test-stream-error-once")
    void aPushAfterTheEndIsAnErrorOnce(Loop loop) {
        stream.pushNoMore();
        assertFalse(stream.push("late"));
        assertFalse(stream.push("later"));
        loop.run();
        journal.expect("error stream.push() after EOF", "close true");
        assertEquals("ERR_STREAM_PUSH_AFTER_EOF", stream.errored().code());
    }

    @Test
    @Covers({"node:test-stream-readable-destroy", "node:test-stream-readable-end-destroyed"})
    void aDestroyedStreamDeliversNothing(Loop loop) {
        stream.flowing();
        stream.push("lost");
        stream.pushNoMore();
        stream.destroy();
        assertFalse(stream.push("more"));
        loop.run();
        journal.expect("close false");
        assertEquals(0, stream.readableLength());
    }

    @Test
    void aPushOfNullIsRefusedAndAnEmptyChunkIsNotDelivered(Loop loop) {
        stream.flowing();
        loop.run();
        assertThrows(UsageException.class, () -> stream.push((ByteBuffer) null));
        assertTrue(stream.push(""));
        loop.run();
        journal.expect();
    }

    @Test
    @Covers("node:test-stream-backpressure")
    void theSourceIsAskedOnceUntilItPushes(Loop loop) {
        stream.flowing();
        loop.run();
        assertEquals(1, stream.reads);
        stream.push("a");
        loop.run();
        assertEquals(2, stream.reads);
        stream.pause();
        stream.push("123456789");
        loop.run();
        assertEquals(3, stream.reads, "one byte of room");
        stream.push("0");
        loop.run();
        assertEquals(3, stream.reads, "full");
        stream.resume();
        loop.run();
        assertEquals(4, stream.reads, "empty again");
    }

    /** A source that pushes inside doRead, until a push returns false: no recursion, no lost chunk, the end last. */
    @Test
    @Covers({"node:test-stream-readable-flow-recursion", "node:test-stream2-push"})
    void aSourceThatPushesAtOnceIsReadToItsEnd(Loop loop) {
        int count = 200_000;
        long[] sum = {0};
        Duplex counting = new Duplex(loop, DuplexOptions.defaults().highWaterMark(64)) {
            private int next;

            @Override
            protected void doRead() {
                boolean more = true;
                while (more && next < count) {
                    more = push(ByteBuffer.allocate(4).putInt(0, next++));
                }
                if (next == count) {
                    pushEnd();
                }
            }

            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                throw new AssertionError();
            }
        };
        counting.onData(chunk -> sum[0] += chunk.getInt(0));
        counting.onEnd(journal.note("end"));
        loop.run();
        assertEquals((long) count * (count - 1) / 2, sum[0]);
        journal.expect("end");
        counting.destroy();
        loop.run();
    }

    @Test
    @Covers("node:test-stream-readable-add-chunk-during-data")
    void aChunkPushedInsideADataListenerComesAfterIt(Loop loop) {
        boolean[] pushed = {false};
        stream.onData(chunk -> {
            journal.add("begin " + Talk.text(chunk));
            if (!pushed[0]) {
                pushed[0] = true;
                stream.push("b");
                stream.push("c");
            }
            journal.add("end " + Talk.text(chunk));
        });
        loop.run();
        stream.push("a");
        loop.run();
        assertEquals(1, journal.count("begin a"));
        assertEquals(1, journal.count("begin b"));
        assertEquals(1, journal.count("begin c"));
    }

    @Test
    void aListenerAddedInsideAListenerGetsTheNextChunkOnly(Loop loop) {
        stream.onData(chunk -> {
            journal.add("first " + Talk.text(chunk));
            if (Talk.text(chunk).equals("a")) {
                stream.onData(more -> journal.add("second " + Talk.text(more)));
            }
        });
        stream.push("a");
        stream.push("b");
        loop.run();
        journal.expect("first a", "first b", "second b");
    }

    @Test
    void aThousandListenersAreCalledInOrder(Loop loop) {
        int[] next = {0};
        for (int i = 0; i < 1000; i++) {
            int mine = i;
            stream.onEnd(() -> assertEquals(mine, next[0]++));
        }
        stream.pushNoMore();
        stream.resume();
        loop.run();
        assertEquals(1000, next[0]);
    }
}
