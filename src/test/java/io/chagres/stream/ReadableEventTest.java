package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The readable event, and changes between reading by hand and flowing. */
@ExtendWith(LoopFixture.class)
class ReadableEventTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        use(MemoryDuplex.readable(loop, 10));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex.watched();
        journal = duplex.journal;
    }

    /** Reads {@code size} bytes, or all if it is negative, and notes the result. */
    private void note(int size) {
        ByteBuffer chunk = size < 0 ? stream.read() : stream.read(size);
        journal.add(chunk == null ? "nothing" : Talk.text(chunk));
    }

    private Runnable once(Runnable action) {
        return new Runnable() {
            @Override
            public void run() {
                stream.offReadable(this);
                action.run();
            }
        };
    }

    @Test
    @Covers("node:test-stream-readable-event")
    void aLateReadableListenerIsCalledForBufferedBytes(Loop loop) {
        stream.push("beyond the mark");
        loop.run();
        stream.onReadable(journal.note("readable"));
        journal.expect();
        loop.run();
        journal.expect("readable");
        assertEquals(0, stream.reads);
    }

    @Test
    @Covers("node:test-stream-readable-event")
    void aLateReadableListenerIsCalledForBufferedBytesWhileTheSourceIsAsked(Loop loop) {
        stream.push("bl");
        loop.run();
        assertEquals(1, stream.reads);
        stream.onReadable(journal.note("readable"));
        loop.run();
        journal.expect("readable");
    }

    @Test
    @Covers("node:test-stream-readable-event")
    void aLateReadableListenerIsCalledForBufferedBytesAfterTheEndOfTheSource(Loop loop) {
        stream.push("blerg");
        stream.pushNoMore();
        loop.run();
        stream.onReadable(journal.note("readable"));
        loop.run();
        journal.expect("readable");
        assertEquals(0, stream.reads);
    }

    @Test
    @Covers("node:test-stream-readable-event")
    void theSourceIsAskedAgainAfterAnEmptyChunk(Loop loop) {
        Deque<String> chunks = new ArrayDeque<>(List.of("", "x", "y", "", "z"));
        stream.source = () -> loop.nextTick(() -> {
            if (chunks.isEmpty()) {
                stream.pushNoMore();
            } else {
                stream.push(chunks.remove());
            }
        });
        stream.onReadable(() -> note(-1));
        loop.run();
        journal.expect("x", "y", "z", "nothing", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-emittedReadable")
    void chunksPushedBeforeTheReadableEventAreOneEvent(Loop loop) {
        stream.onReadable(() -> note(-1));
        loop.nextTick(() -> stream.push("foo"));
        loop.nextTick(() -> stream.push("bar"));
        loop.run();
        journal.expect("foobar");
        stream.push("quo");
        loop.nextTick(stream::pushNoMore);
        loop.run();
        journal.expect("quo", "nothing", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-emittedReadable")
    void aReadOf0BytesDoesNotRepeatTheReadableEvent(Loop loop) {
        stream.onReadable(() -> note(0));
        stream.push("foo");
        stream.pushNoMore();
        loop.run();
        journal.expect("nothing");
        assertEquals(3, stream.readableLength());
    }

    @Test
    @Covers({"node:test-stream-readable-emittedReadable", "node:test-stream-readable-needReadable"})
    void aChunkThatFlowsEmitsNoReadableEvent(Loop loop) {
        stream.onData(chunk -> {
            journal.add(Talk.text(chunk));
            stream.read();
        });
        stream.push("foooo");
        stream.push("bar");
        stream.push("quo");
        loop.nextTick(stream::pushNoMore);
        loop.run();
        journal.expect("foooo", "bar", "quo", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-needReadable")
    void aReadThatFindsTooFewBytesLeadsToAReadableEventWithTheNextChunk(Loop loop) {
        stream.onReadable(() -> note(8));
        for (int i = 0; i < 3; i++) {
            loop.run();
            stream.push("foo");
        }
        loop.run();
        journal.expect("nothing", "nothing", "foofoofo");
        stream.pushNoMore();
        loop.run();
        journal.expect("o", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-needReadable")
    void anEndWithoutDataIsOneReadableEvent(Loop loop) {
        stream.onReadable(() -> note(-1));
        stream.push("foo");
        stream.pushNoMore();
        loop.run();
        journal.expect("foo", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-readableListening-state")
    void nothingFlowsWhileThereIsAReadableListener(Loop loop) {
        assertFalse(stream.isPaused());
        stream.flowing();
        assertTrue(stream.isReadableFlowing());
        stream.onReadable(journal.note("readable"));
        assertFalse(stream.isReadableFlowing());
        assertTrue(stream.isPaused());
        stream.resume();
        stream.push("x");
        loop.run();
        assertFalse(stream.isReadableFlowing());
        journal.expect("readable");
        assertEquals("x", Talk.text(stream.read()));
        journal.expect("data x");
    }

    @Test
    @Covers("node:test-stream-readable-readable-then-resume")
    void aResumeInTheTickOfTheRemovalMakesTheStreamFlow(Loop loop) {
        Runnable never = journal.note("readable");
        stream.push("hello");
        stream.pushNoMore();
        stream.onReadable(never);
        stream.offReadable(never);
        stream.resume();
        loop.run();
        journal.expect("end", "close false");
    }

    @Test
    @Covers({"node:test-stream-readable-data", "node:test-stream-readable-reading-readingMore"})
    void dataListenersGetTheFlowATickAfterTheLastReadableListenerIsRemoved(Loop loop) {
        Runnable never = journal.note("readable");
        stream.onReadable(never);
        stream.flowing();
        stream.offReadable(never);
        stream.push("pushed");
        assertFalse(stream.isReadableFlowing());
        loop.nextTick(() -> {
            assertTrue(stream.isReadableFlowing());
            stream.pause();
            stream.resume();
            stream.unshift("unshifted");
            stream.pushNoMore();
        });
        loop.run();
        journal.expect("data pushed", "data unshifted", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-data")
    void afterTheLastReadableListenerADataListenerDecidesTheFlow(Loop loop) {
        Runnable never = journal.note("readable");
        stream.onReadable(never);
        stream.offReadable(never);
        loop.run();
        stream.flowing();
        stream.push("hello");
        loop.run();
        journal.expect("data hello");
    }

    @Test
    @Covers("node:test-stream-readable-reading-readingMore")
    void dataListenersGetBytesThatAreReadByHand(Loop loop) {
        stream.flowing();
        stream.onReadable(() -> {
            journal.add("readable");
            while (stream.read() != null) {}
        });
        stream.push("pushed");
        assertEquals("pushed", Talk.text(stream.read(6)));
        assertEquals(1, stream.reads);
        stream.unshift("unshifted");
        loop.run();
        journal.expect("data pushed", "readable", "data unshifted");
        stream.pushNoMore();
        loop.run();
        journal.expect("readable", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-reading-readingMore")
    void aPauseAndAResumeInOneTickChangeNothing(Loop loop) {
        stream.flowing();
        stream.push("pushed");
        stream.pause();
        assertFalse(stream.isReadableFlowing());
        stream.resume();
        assertTrue(stream.isReadableFlowing());
        stream.unshift("unshifted");
        stream.pushNoMore();
        loop.run();
        journal.expect("data unshifted", "data pushed", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-once-readable-pipe")
    void aReadableListenerThatRemovesItselfDoesNotHoldUpALaterPipe(Loop loop) {
        MemoryDuplex sink = new MemoryDuplex(loop);
        stream.onReadable(once(journal.note("readable")));
        stream.pipe(sink);
        pushThree();
        loop.run();
        journal.expect("readable", "end", "close false");
        sink.journal.expect("[foo]", "[bar]", "[baz]", "final");
    }

    @Test
    @Covers("node:test-stream-once-readable-pipe")
    void aReadableListenerThatRemovesItselfDoesNotHoldUpAnEarlierPipe(Loop loop) {
        MemoryDuplex sink = new MemoryDuplex(loop);
        stream.pipe(sink);
        pushThree();
        stream.onReadable(once(journal.note("readable")));
        loop.run();
        journal.expect("readable", "end", "close false");
        sink.journal.expect("[foo]", "[bar]", "[baz]", "final");
    }

    private void pushThree() {
        stream.push("foo");
        stream.push("bar");
        stream.push("baz");
        stream.pushNoMore();
    }

    @Test
    @Covers("node:test-stream-readable-hwm-0-async")
    void withAMarkOf0TheSourceIsAskedForEachChunk(Loop loop) {
        use(MemoryDuplex.readable(loop, 0));
        stream.source = () -> loop.nextTick(() -> {
            if (stream.reads <= 5) {
                stream.push("a");
            } else {
                stream.pushNoMore();
            }
        });
        stream.flowing();
        loop.run();
        journal.expect("data a", "data a", "data a", "data a", "data a", "end", "close false");
        assertEquals(6, stream.reads);
    }

    @Test
    @Covers({"node:test-stream-readable-hwm-0-no-flow-data", "node:test-stream-readable-hwm-0"})
    void withAMarkOf0TheSourceIsAskedOnlyByAReadByHand(Loop loop) {
        use(MemoryDuplex.readable(loop, 0));
        stream.source = () -> {
            journal.add("asked");
            loop.nextTick(() -> {
                if (stream.reads == 1) {
                    stream.push("a");
                } else {
                    stream.pushNoMore();
                }
            });
        };
        stream.onReadable(journal.note("readable"));
        stream.flowing();
        assertFalse(stream.isReadableFlowing());
        loop.run();
        journal.expect("asked", "readable");
        assertEquals("a", Talk.text(stream.read()));
        journal.expect("data a");
        assertNull(stream.read());
        loop.run();
        journal.expect("asked", "readable");
        assertNull(stream.read());
        journal.expect();
        loop.run();
        journal.expect("end", "close false");
    }

    /** A source that pushes inside doRead: two chunks up to the mark, and one more that was asked for meanwhile. */
    @Test
    @Covers("node:test-stream-readable-infinite-read")
    void aSourceWithoutAnEndFillsTheBufferBeforeEachReadableEvent(Loop loop) {
        use(MemoryDuplex.readable(loop, 16 * 1024));
        ByteBuffer chunk = ByteBuffer.allocate(8192);
        stream.source = () -> stream.push(chunk);
        int[] times = {0};
        stream.onReadable(() -> {
            if (times[0]++ < 10) {
                assertEquals(
                        times[0] == 1 ? 16 * 1024 : 24 * 1024, stream.read().remaining());
            }
        });
        loop.run();
        assertEquals(11, times[0]);
        assertEquals(31, stream.reads);
        assertEquals(8192, chunk.remaining(), "a chunk is not touched");
        stream.destroy();
        loop.run();
    }
}
