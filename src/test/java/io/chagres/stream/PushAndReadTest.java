package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pushes of a source, reads, and pauses between them, as in Node's test files on them. */
@ExtendWith(LoopFixture.class)
class PushAndReadTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        use(MemoryDuplex.readable(loop, 1000));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex.watched();
        journal = duplex.journal;
    }

    private String read() {
        ByteBuffer chunk = stream.read();
        return chunk == null ? null : Talk.text(chunk);
    }

    private void onceReadable(Runnable action) {
        stream.onReadable(new Runnable() {
            @Override
            public void run() {
                stream.offReadable(this);
                action.run();
            }
        });
    }

    private void onceData(Consumer<ByteBuffer> action) {
        stream.onData(new Consumer<>() {
            @Override
            public void accept(ByteBuffer chunk) {
                stream.offData(this);
                action.accept(chunk);
            }
        });
    }

    // ---- pushing

    @Test
    @Covers("node:test-stream-big-push")
    void aPushBeyondTheMarkAnswersFalseAndOneReadTakesAllThatTheSourceAddsMeanwhile(Loop loop) {
        String text = "asdfasdfasdfasdfasdf";
        use(MemoryDuplex.readable(loop, 5));
        stream.source = () -> {
            switch (stream.reads) {
                case 1 -> loop.execute(() -> stream.push(text));
                case 2 -> assertFalse(stream.push(text));
                default -> stream.pushNoMore();
            }
        };
        assertFalse(stream.push(text));
        assertEquals(text, read());
        assertNull(read());
        onceReadable(() -> {
            assertEquals(text + text, read());
            assertNull(read());
        });
        loop.run();
        journal.expect("end", "close false");
        assertEquals(3, stream.reads);
    }

    @Test
    @Covers("node:test-stream-push-order")
    void chunksAreBufferedInTheOrderOfTheirPushes(Loop loop) {
        use(MemoryDuplex.readable(loop, 20));
        Deque<String> left = new ArrayDeque<>(List.of("1", "2", "3", "4", "5", "6"));
        stream.source = () -> {
            if (left.isEmpty()) {
                stream.pushNoMore();
            } else {
                stream.push(left.remove());
                stream.push(left.remove());
            }
        };
        assertNull(stream.read(0));
        loop.run();
        assertEquals(6, stream.readableLength());
        assertEquals("123456", read());
        loop.run();
        journal.expect("end", "close false");
    }

    /** A source that starts and stops, as a socket does. */
    @Test
    @Covers("node:test-stream2-push")
    void aSourceThatStopsAtTheMarkIsStartedAgainByARead(Loop loop) {
        use(MemoryDuplex.readable(loop, 16));
        boolean[] reading = {true};
        List<String> written = new ArrayList<>();
        stream.source = () -> reading[0] = true;
        for (int round = 0; round < 6; round++) {
            loop.execute(() -> {
                for (int i = 0; i < 4; i++) {
                    assertTrue(reading[0]);
                    if (!stream.push("asdfg")) {
                        reading[0] = false;
                        loop.nextTick(() -> written.add(read()));
                    }
                }
                assertFalse(reading[0]);
            });
            loop.run();
        }
        stream.pushNoMore();
        assertNull(read());
        loop.run();
        assertEquals(Collections.nCopies(6, "asdfgasdfgasdfgasdfg"), written);
        journal.expect("end", "close false");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers("node:test-stream-readable-add-chunk-during-data")
    void aChunkAddedInsideADataListenerIsBufferedAndComesToTheNext(boolean first, Loop loop) {
        onceData(chunk -> {
            assertEquals(0, stream.readableLength());
            if (first) {
                stream.unshift(chunk);
            } else {
                stream.push(chunk);
            }
            assertEquals(12, stream.readableLength());
            stream.flowing();
        });
        stream.push("Hello, world");
        loop.run();
        journal.expect("data Hello, world");
    }

    // ---- the end

    @Test
    @Covers("node:test-stream-end-paused")
    void anEmptyStreamThatIsPausedEndsOnceItIsResumed(Loop loop) {
        stream.source = stream::pushNoMore;
        stream.flowing();
        stream.pause();
        loop.run();
        journal.expect();
        stream.resume();
        loop.run();
        journal.expect("end", "close false");
        assertEquals(1, stream.reads);
    }

    @Test
    @Covers("node:test-stream-readable-ended")
    void isReadableEndedIsTrueInTheEndEventAndNotBefore(Loop loop) {
        stream.source = () -> {
            assertFalse(stream.isReadableEnded());
            stream.push("asd");
            stream.pushNoMore();
            assertFalse(stream.isReadableEnded());
        };
        stream.onData(chunk -> assertFalse(stream.isReadableEnded()));
        stream.onEnd(() -> assertTrue(stream.isReadableEnded()));
        loop.run();
        journal.expect("end", "close false");
        assertEquals(1, stream.reads);
    }

    @Test
    @Covers("node:test-stream-readable-ended")
    void aSecondPushOfTheEndIsNoError(Loop loop) {
        stream.onReadable(() -> stream.read());
        stream.push("a");
        stream.pushNoMore();
        stream.pushNoMore();
        loop.run();
        journal.expect("end", "close false");
    }

    @Test
    @Covers("node:test-stream2-basic")
    void anEndPushedInsideDoReadIsEmittedBeforeTheNextTick(Loop loop) {
        stream.source = stream::pushNoMore;
        stream.read();
        loop.nextTick(journal.note("tick"));
        loop.run();
        journal.expect("end", "tick", "close false");
    }

    @Test
    @Covers("node:test-stream2-basic")
    void aReadOf0BytesOfAnEndedStreamChangesNothing(Loop loop) {
        MemoryDuplex sink = MemoryDuplex.writable(loop, 10);
        stream.push("foo");
        stream.pushNoMore();
        assertNull(stream.read(0));
        stream.pipe(sink);
        loop.run();
        sink.journal.expect("[foo]", "final");
        assertEquals(0, stream.reads);
    }

    @Test
    @Covers("node:test-stream2-basic")
    void aReadableListenerMakesTheSourceBeReadToItsEnd(Loop loop) {
        use(MemoryDuplex.readable(loop, 5));
        stream.source = () -> {
            if (stream.reads == 3) {
                stream.pushNoMore();
            } else {
                stream.push("asdf");
            }
        };
        boolean[] readable = {false};
        stream.onReadable(() -> {
            readable[0] = true;
            stream.read();
        });
        loop.run();
        assertTrue(readable[0]);
        assertEquals(3, stream.reads);
        journal.expect("end", "close false");
    }

    /** A source of 50 bytes in tens of five; sizes as in Node: a read that is too large returns null, and the next is larger. */
    @Test
    @Covers("node:test-stream2-basic")
    void aReadThatGrowsAtEachTryTakesTheBytesThatAreBuffered(Loop loop) {
        int[] rounds = {10};
        int[] at = {0};
        Runnable[] source = new Runnable[1];
        source[0] = () -> {
            if (at[0] < 20) {
                at[0] = 20;
                stream.push("x".repeat(20));
            } else {
                loop.execute(() -> {
                    at[0] = 0;
                    if (--rounds[0] <= 0) {
                        stream.pushNoMore();
                    } else {
                        source[0].run();
                    }
                });
            }
        };
        stream.source = source[0];
        List<Integer> sizes = new ArrayList<>();
        int[] size = {1};
        Runnable[] flow = new Runnable[1];
        flow[0] = () -> {
            for (ByteBuffer chunk; (chunk = stream.read(size[0]++)) != null; ) {
                sizes.add(chunk.remaining());
            }
            onceReadable(flow[0]);
        };
        flow[0].run();
        loop.run();
        assertEquals(List.of(1, 2, 3, 4, 5, 9, 10, 12, 13, 15, 17, 19, 21, 23, 25, 21), sizes);
        journal.expect("end", "close false");
    }

    // ---- a mark of 0

    @Test
    @Covers("node:test-stream-readable-hwm-0")
    void withAMarkOf0ReadableIsEmittedOnlyOnceTheSourceHasPushed(Loop loop) {
        use(MemoryDuplex.readable(loop, 0));
        boolean[] pushed = {false};
        stream.onReadable(() -> {
            assertNull(stream.read());
            assertTrue(pushed[0]);
            journal.add("readable");
        });
        loop.nextTick(() -> {
            assertNull(stream.read());
            pushed[0] = true;
            stream.pushNoMore();
        });
        loop.run();
        journal.expect("readable", "end", "close false");
        assertEquals(1, stream.reads);
    }

    @Test
    @Covers("node:test-streams-highwatermark")
    void withAMarkOf0NothingPushedWantsMoreAndAReadOfNothingAsksTheSource(Loop loop) {
        use(MemoryDuplex.readable(loop, 0));
        for (int i = 0; i < 3; i++) {
            assertTrue(stream.push(""));
        }
        assertNull(stream.read(0));
        assertEquals(1, stream.reads);
        assertNull(stream.read(1));
        assertEquals(1, stream.readableHighWaterMark());
        UsageException refused = assertThrows(UsageException.class, () -> stream.read((1 << 30) + 1));
        assertEquals("ERR_OUT_OF_RANGE", refused.code());
        loop.run();
    }

    @Test
    @Covers("node:test-streams-highwatermark")
    void aSinkWithAMarkOf0GetsAllOfAPipe(Loop loop) {
        MemoryDuplex sink = MemoryDuplex.writable(loop, 0);
        stream.pipe(sink);
        stream.push("a");
        stream.push("b");
        stream.push("c");
        stream.pushNoMore();
        loop.run();
        sink.journal.expect("[a]", "[b]", "[c]", "final");
    }

    @Test
    @Covers("node:test-streams-highwatermark")
    void theLargestMarkIsAccepted(Loop loop) {
        DuplexOptions largest = DuplexOptions.defaults().highWaterMark(Integer.MAX_VALUE);
        MemoryDuplex duplex = new MemoryDuplex(loop, largest);
        assertEquals(Integer.MAX_VALUE, duplex.readableHighWaterMark());
        assertEquals(Integer.MAX_VALUE, duplex.writableHighWaterMark());
        assertTrue(duplex.push("x"));
        duplex.holds = true;
        assertTrue(duplex.write("x"));
        duplex.destroy();
        loop.run();
    }

    // ---- pausing

    @Test
    @Covers("node:test-stream-ispaused")
    void onlyAPauseMakesAStreamPaused(Loop loop) {
        assertFalse(stream.isPaused());
        stream.onData(chunk -> {});
        assertFalse(stream.isPaused());
        stream.pause();
        assertTrue(stream.isPaused());
        stream.resume();
        assertFalse(stream.isPaused());
        loop.run();
    }

    @Test
    @Covers("node:test-stream-readable-pause-and-resume")
    void aListenerThatPausesInEachChunkAndResumesLaterGetsThemOneByOne(Loop loop) {
        stream.source = () -> {
            if (stream.reads <= 18) {
                loop.nextTick(() -> stream.push("x"));
            } else {
                stream.push("x");
                stream.pushNoMore();
            }
        };
        int[] expected = {19};
        readAndPause(loop, expected);
        loop.run();
        assertEquals(0, expected[0]);
        journal.expect("end", "close false");
    }

    private void readAndPause(Loop loop, int[] expected) {
        boolean[] ended = {false};
        stream.onData(new Consumer<>() {
            @Override
            public void accept(ByteBuffer chunk) {
                assertFalse(ended[0], "the end was emitted while the stream is paused");
                ended[0] = true;
                stream.pause();
                if (--expected[0] > 0) {
                    loop.execute(() -> {
                        stream.offData(this);
                        readAndPause(loop, expected);
                        stream.resume();
                    });
                }
            }
        });
    }

    @Test
    @Covers("node:test-stream-readable-pause-and-resume")
    void aReadableListenerThatCameAndWentDoesNotUndoAPause(Loop loop) {
        Runnable never = journal.note("readable");
        stream.onReadable(never);
        stream.offReadable(never);
        stream.pause();
        loop.nextTick(() -> assertTrue(stream.isPaused()));
        loop.run();
        assertTrue(stream.isPaused());
    }

    @Test
    @Covers("node:test-stream-readable-pause-and-resume")
    void aSourceIsNotPausedAnyMoreWhenItsSinkDrains(Loop loop) {
        MemoryDuplex target = MemoryDuplex.writable(loop, 1);
        target.holds = true;
        target.write("full");
        stream.pipe(target);
        assertTrue(stream.isPaused());
        target.onDrain(() -> {
            assertFalse(stream.isPaused());
            target.journal.add("drain");
        });
        target.complete();
        loop.run();
        target.journal.expect("[full]", "drain");
    }
}
