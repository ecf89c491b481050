package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A hundred thousand of each: their number decides neither the depth of the stack nor the cost of each of them. A cost that grew with the
 * square would take minutes.
 */
@ExtendWith(LoopFixture.class)
@Timeout(50)
class ManyOfEachTest {

    private static final int MANY = 100_000;

    /** Reading and writing are independent. Each has its order, and the close is the last event. */
    private static final Comparator<String> ORDER =
            Comparator.comparingInt(List.of("in", "end", "written", "finish", "close")::indexOf);

    private int count;

    // ---- in one stream

    @Test
    void aHundredThousandLinesAreTakenOffAChunkOneByOne(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.onData(chunk -> {
            count++;
            chunk.get();
            if (chunk.hasRemaining()) {
                stream.unshift(chunk.slice());
            }
        });
        stream.onEnd(() -> count = -count);
        loop.run();
        stream.push(ByteBuffer.allocate(MANY));
        stream.pushNoMore();
        loop.run();
        assertEquals(-MANY, count);
    }

    @Test
    void aHundredThousandChunksAreReadInsideTheDataEventsOfOneAnother(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.pause();
        for (int i = 0; i < MANY; i++) {
            stream.push(ByteBuffer.allocate(1));
        }
        stream.onData(chunk -> {
            count++;
            stream.read();
        });
        stream.onEnd(() -> count = -count);
        stream.pushNoMore();
        stream.resume();
        loop.run();
        assertEquals(-MANY, count);
    }

    @Test
    void aHundredThousandWritesAreMadeByTheCallbacksOfOneAnother(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        writeAgain(stream);
        stream.onFinish(() -> count = -count);
        loop.run();
        assertEquals(-MANY, count);
    }

    private void writeAgain(MemoryDuplex stream) {
        if (count == MANY) {
            stream.end();
            return;
        }
        stream.write(ByteBuffer.allocate(1), error -> {
            count++;
            writeAgain(stream);
        });
    }

    @Test
    void aHundredThousandWritesAreCompletedByTheCallbacksOfOneAnother(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.holds = true;
        for (int i = 0; i < MANY; i++) {
            stream.write(ByteBuffer.allocate(1), error -> {
                count++;
                if (!stream.held.isEmpty()) {
                    stream.complete();
                }
            });
        }
        stream.complete();
        loop.run();
        assertEquals(MANY, count);
    }

    /** A write that waits for a tick, because it is deep inside other calls, is not overtaken by one that is not deep. */
    @Test
    void writesKeepTheirOrderAtEveryDepth(Loop loop) {
        MemoryDuplex source = new MemoryDuplex(loop);
        MemoryDuplex sink = new MemoryDuplex(loop);
        List<String> called = new ArrayList<>();
        List<String> written = new ArrayList<>();
        sink.taking = data -> written.add(Talk.text(data));
        source.onData(chunk -> {
            if (++count < 300) {
                source.unshift(chunk);
            }
            String text = Integer.toString(called.size());
            called.add(text);
            sink.write(text, null);
        });
        loop.run();
        source.push("x");
        loop.run();
        assertEquals(300, called.size());
        assertEquals(called, written);
        source.destroy();
        sink.destroy();
        loop.run();
    }

    @Test
    void aDestroyCancelsAHundredThousandWrites(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.cork();
        for (int i = 0; i < MANY; i++) {
            stream.write(ByteBuffer.allocate(1), error -> count++);
        }
        stream.destroy();
        loop.run();
        assertEquals(MANY, count);
        assertEquals(0, stream.writableLength());
    }

    @Test
    void aHundredThousandDrainsWriteAgain(Loop loop) {
        MemoryDuplex stream = MemoryDuplex.withMark(loop, 1);
        stream.holds = true;
        stream.onDrain(() -> {
            if (++count < MANY) {
                writeAndComplete(loop, stream);
            }
        });
        writeAndComplete(loop, stream);
        loop.run();
        assertEquals(MANY, count);
    }

    /** A write that is made deep inside other calls waits for a tick. */
    private static void writeAndComplete(Loop loop, MemoryDuplex stream) {
        stream.write(ByteBuffer.allocate(1), null);
        if (stream.held.isEmpty()) {
            loop.nextTick(stream::complete);
        } else {
            stream.complete();
        }
    }

    @Test
    void aHundredThousandFinishedCallbacksAreCalled(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        List<Runnable> removers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            removers.add(Streams.finished(stream, error -> count++));
        }
        for (int i = 0; i < MANY; i += 2) {
            removers.get(i).run();
        }
        stream.resume();
        stream.pushNoMore();
        stream.end();
        loop.run();
        assertEquals(MANY / 2, count);
    }

    @Test
    void aHundredThousandTextListenersAreCalled(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        for (int i = 0; i < MANY; i++) {
            stream.onText(StandardCharsets.UTF_8, text -> count++);
        }
        stream.push("a");
        stream.pushNoMore();
        loop.run();
        assertEquals(MANY, count);
    }

    // ---- several streams

    @Test
    void aSourceIsPipedToAHundredThousandSinks(Loop loop) {
        MemoryDuplex source = new MemoryDuplex(loop);
        List<MemoryDuplex> sinks = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            sinks.add(new Counting(loop));
            source.pipe(sinks.getLast());
        }
        loop.run();
        for (int round = 0; round < 2; round++) {
            sinks.forEach(sink -> sink.holds = true);
            source.push("abcd");
            loop.run();
            assertTrue(source.isPaused());
            sinks.forEach(MemoryDuplex::completeAll); // each drain is one pipe less that waits
            loop.run();
            assertTrue(source.isReadableFlowing());
        }
        assertEquals(2 * MANY, count);
        for (int i = 0; i < MANY; i += 2) {
            source.unpipe(sinks.get(i));
        }
        source.unpipe();
        source.destroy();
        sinks.forEach(MemoryDuplex::destroy);
        loop.run();
    }

    /** A sink with a low mark, and without a journal. */
    private final class Counting extends MemoryDuplex {

        Counting(Loop loop) {
            super(loop, DuplexOptions.defaults().highWaterMark(1));
        }

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            count++;
            held.add(done);
        }
    }

    @Test
    void aHundredThousandSourcesArePipedToOneSink(Loop loop) {
        MemoryDuplex sink = new MemoryDuplex(loop);
        List<MemoryDuplex> sources = new ArrayList<>();
        sink.onUnpipe(source -> count++);
        for (int i = 0; i < MANY; i++) {
            sources.add(new MemoryDuplex(loop));
            sources.getLast().pipe(sink, false);
        }
        for (int i = MANY - 1; i >= MANY / 2; i--) {
            sources.get(i).unpipe(sink);
        }
        for (int i = 0; i < MANY / 4; i++) {
            sources.get(i).destroy();
        }
        loop.run();
        sink.destroy();
        loop.run();
        assertEquals(MANY / 2 + MANY / 4, count);
    }

    @Test
    void oneSignalAbortsAHundredThousandStreams(Loop loop) {
        AbortController controller = new AbortController();
        List<MemoryDuplex> streams = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            streams.add(Streams.addAbortSignal(controller.signal(), new MemoryDuplex(loop)));
            streams.getLast().onError(error -> count++);
        }
        for (int i = 0; i < MANY; i += 2) {
            streams.get(i).destroy();
        }
        loop.run();
        assertEquals(MANY / 2, controller.signal().listeners());
        controller.abort();
        loop.run();
        assertEquals(MANY / 2, count);
    }

    @Test
    void aHundredThousandStreamsAreDestroyedInTheCloseOfOneAnother(Loop loop) {
        MemoryDuplex first = new MemoryDuplex(loop);
        MemoryDuplex last = first;
        for (int i = 1; i < MANY; i++) {
            MemoryDuplex next = new MemoryDuplex(loop);
            last.onClose(hadError -> {
                count++;
                next.destroy();
            });
            last = next;
        }
        first.destroy();
        loop.run();
        assertTrue(last.isClosed());
        assertEquals(MANY - 1, count);
    }

    @Test
    @Tag("no-qemu")
    void aPipelineHasManyStages(Loop loop) {
        List<Duplex> stages = stages(loop);
        MemoryDuplex source = (MemoryDuplex) stages.getFirst();
        Streams.pipeline(stages, error -> count = error == null ? -count : 1);
        stages.getLast().onData(chunk -> count += chunk.remaining());
        source.end();
        loop.run();
        for (int i = 0; i < 3; i++) {
            source.push("abc");
            loop.run();
        }
        source.push("abc");
        source.pushNoMore();
        loop.run();
        assertEquals(-12, count);
    }

    @Test
    void aPipelineOfManyStagesFails(Loop loop) {
        List<Duplex> stages = stages(loop);
        ChagresException failure = new ChagresException("EOOPS", "oops");
        Streams.pipeline(stages, error -> count = error == failure ? 1 : -1);
        loop.run();
        stages.getLast().onError(error -> {});
        stages.get(MANY / 2).destroy(failure);
        loop.run();
        assertEquals(1, count);
        assertTrue(stages.getLast().isClosed() && stages.getFirst().isClosed());
    }

    private static List<Duplex> stages(Loop loop) {
        List<Duplex> stages = new ArrayList<>();
        stages.add(new MemoryDuplex(loop));
        while (stages.size() < MANY) {
            stages.add(new ThroughDuplex(loop));
        }
        return stages;
    }

    // ---- layers

    /** A stream over a stream, as TLS is over a socket: each call is passed to the stream below. */
    private static final class Layer extends Duplex {

        private final Duplex below;

        Layer(Loop loop, Duplex below) {
            super(loop, DuplexOptions.defaults());
            this.below = below;
            below.onData(this::push);
            below.onEnd(this::pushEnd);
        }

        @Override
        protected void doRead() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            below.write(data, done);
        }

        @Override
        protected void doFinal(Completion done) {
            below.end(done);
        }

        @Override
        protected void doDestroy(ChagresException error, Completion done) {
            below.destroy(error);
            done.onComplete(error);
        }
    }

    private static Duplex layersOver(Duplex bottom) {
        Duplex top = bottom;
        for (int i = 0; i < MANY; i++) {
            top = new Layer(bottom.loop(), top);
        }
        return top;
    }

    @Test
    void manyLayersOfStreamsReadWriteAndEnd(Loop loop) {
        MemoryDuplex bottom = new MemoryDuplex(loop);
        Duplex top = layersOver(bottom);
        List<String> events = new ArrayList<>();
        top.onData(chunk -> events.add(Talk.text(chunk)));
        top.onEnd(() -> events.add("end"));
        top.onClose(hadError -> events.add("close"));
        loop.run();
        bottom.push("in");
        bottom.pushNoMore();
        top.write(Talk.buffer("out"), error -> events.add("written"));
        top.end(error -> events.add("finish"));
        loop.run();
        assertEquals(
                List.of("in", "end", "written", "finish", "close"),
                events.stream().sorted(ORDER).toList());
        bottom.journal.expect("[out]", "final");
    }

    @Test
    void manyLayersOfStreamsAreDestroyed(Loop loop) {
        MemoryDuplex bottom = new MemoryDuplex(loop);
        layersOver(bottom).destroy();
        loop.run();
        assertTrue(bottom.isClosed());
    }
}
