package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A pipe whose sink is slower than its source, and users who interfere. */
@ExtendWith(LoopFixture.class)
class PipingBackpressureTest {

    private MemoryDuplex source;
    private MemoryDuplex sink;

    @BeforeEach
    void create(Loop loop) {
        source = MemoryDuplex.readable(loop, 1000);
        sink = MemoryDuplex.writable(loop, 5).watched();
        sink.holds = true;
    }

    @Test
    @Covers("node:test-stream-pipe-await-drain-manual-resume")
    void aSourceThatIsResumedByHandWaitsAgainFromTheNextChunkOn(Loop loop) {
        source.onPause(sink.journal.note("pause"));
        source.pipe(sink);
        source.push("first");
        source.push("second");
        source.push("third");
        source.pushNoMore();
        loop.run();
        sink.journal.expect("[first]", "pause");
        source.resume();
        loop.run();
        sink.journal.expect("pause");
        assertTrue(source.isPaused());
        assertEquals(11, sink.writableLength());
        sink.complete();
        loop.run();
        sink.journal.expect("[second]");
        sink.complete();
        loop.run();
        sink.journal.expect("drain", "[third]", "pause");
        sink.complete();
        loop.run();
        sink.journal.expect("final");
    }

    @Test
    @Covers("node:test-stream-pipe-await-drain-push-while-write")
    void aChunkPushedInsideTheWriteOfTheSinkWaitsItsTurn(Loop loop) {
        sink.taking = data -> {
            assertFalse(source.isPaused(), "the source waits for no sink inside a write");
            if (data.remaining() == 6) {
                source.push("another");
                loop.nextTick(() -> assertTrue(source.isPaused()));
            }
            loop.nextTick(sink::complete);
        };
        source.source = () -> {
            if (source.reads == 1) {
                source.push("longer");
                source.push("a second");
            }
        };
        source.pipe(sink);
        loop.run();
        sink.journal.expect("[longer]", "drain", "[a second]", "drain", "[another]", "drain");
    }

    /** A source of a thousand chunks, and a sink that completes each of them an iteration later. */
    @ParameterizedTest
    @MethodSource("interferences")
    @Covers("node:test-stream-pipe-manual-resume")
    void pausesAndResumesOfUsersNeitherLoseNorDoubleAChunk(Consumer<Readable> interference, Loop loop) {
        StringBuilder written = new StringBuilder();
        StringBuilder pushed = new StringBuilder();
        sink.taking = data -> {
            written.append(Talk.text(data));
            loop.execute(sink::complete);
        };
        source = MemoryDuplex.readable(loop, 16);
        source.source = () -> {
            if (source.reads <= 1000) {
                pushed.append(source.reads);
                source.push("" + source.reads);
            } else {
                source.pushNoMore();
            }
        };
        source.pipe(sink);
        loop.execute(() -> interference.accept(source));
        loop.run();
        assertTrue(written.toString().endsWith("1000"));
        assertEquals(pushed.toString(), written.toString());
    }

    static Stream<Consumer<Readable>> interferences() {
        return Stream.of(Readable::read, Readable::resume, source -> {});
    }

    @Test
    @Covers("node:test-stream-backpressure")
    void theSourceIsNeverReadMoreThanTwoChunksAhead(Loop loop) {
        source = MemoryDuplex.readable(loop, 16);
        source.source = () -> {
            if (source.reads <= 20) {
                source.push("more than the mark");
            } else {
                source.pushNoMore();
            }
        };
        int[] written = {0};
        sink.taking = data -> loop.execute(() -> {
            assertTrue(source.reads - ++written[0] <= 2, () -> source.reads + " read, " + written[0] + " written");
            sink.complete();
        });
        source.pipe(sink);
        loop.run();
        assertEquals(20, written[0]);
    }

    @Test
    @Covers("node:test-stream-pipe-flow-after-unpipe")
    void aSourceUnpipedWhileItWaitsFlowsOnForItsDataListeners(Loop loop) {
        source.source = () -> source.push("foo");
        int[] chunks = {0};
        source.onData(chunk -> {
            if (++chunks[0] == 20) {
                source.pause();
            }
        });
        sink = MemoryDuplex.writable(loop, 1);
        sink.holds = true;
        source.pipe(sink);
        loop.run();
        assertEquals(1, chunks[0]);
        source.unpipe(sink);
        loop.run();
        assertEquals(20, chunks[0]);
        assertTrue(source.reads >= 20);
        sink.journal.expect("[foo]");
        source.destroy();
        loop.run();
    }

    @Test
    void aSourceUnpipedWhileItWaitsStaysPausedWithoutADataListener(Loop loop) {
        source.pipe(sink);
        source.push("first");
        source.push("second");
        loop.run();
        source.unpipe(sink);
        loop.run();
        assertTrue(source.isPaused());
        assertEquals(6, source.readableLength());
        sink.complete();
        loop.run();
        sink.journal.expect("[first]", "drain");
    }

    @Test
    void ofTwoSinksTheFasterGoesOnIfTheSlowerIsUnpiped(Loop loop) {
        MemoryDuplex other = MemoryDuplex.writable(loop, 5);
        source.pipe(sink);
        source.pipe(other);
        source.push("first");
        source.push("second");
        loop.run();
        other.journal.expect("[first]");
        source.unpipe(sink);
        loop.run();
        other.journal.expect("[second]");
    }

    @Test
    @Covers("node:test-stream-pipe-cleanup-pause")
    void aSinkMayHandTheSourceToAnother(Loop loop) {
        MemoryDuplex second = MemoryDuplex.writable(loop, 5);
        MemoryDuplex first = MemoryDuplex.writable(loop, 5);
        first.taking = data -> {
            source.unpipe(first);
            source.pipe(second);
            source.push("second chunk");
        };
        source.pipe(first);
        source.push("first chunk");
        loop.run();
        source.push("third chunk");
        loop.run();
        source.push("fourth chunk");
        loop.run();
        first.journal.expect("[first chunk]");
        second.journal.expect("[second chunk]", "[third chunk]", "[fourth chunk]");
    }

    /** The sink is a duplex that has read its own end when the first chunk arrives, and completes that chunk later. */
    @Test
    @Covers("node:test-stream-duplex-readable-end")
    void aSinkWhoseReadingHasEndedStillHoldsItsSourceBack(Loop loop) {
        int[] left = {5};
        source = MemoryDuplex.readable(loop, 16);
        source.source = () -> {
            if (left[0]-- > 0) {
                source.push("x".repeat(20));
            }
        };
        MemoryDuplex ending = MemoryDuplex.withMark(loop, 16);
        ending.taking = data -> ending.pushNoMore();
        ending.holds = true;
        ending.onEnd(() -> {
            ending.journal.add("end");
            assertEquals(3, left[0]);
            assertTrue(source.isPaused());
        });
        source.pipe(ending);
        ending.resume();
        loop.run();
        ending.journal.expect("[" + "x".repeat(20) + "]", "end");
    }
}
