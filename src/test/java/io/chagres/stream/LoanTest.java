package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.ReadSlab;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chunks that a source lends: pipes and text listeners get the same memory again and again, other listeners never get it. */
@ExtendWith(LoopFixture.class)
class LoanTest {

    private static final int STEPS = 400;
    private static final int SEEDS = 200;

    private final Journal journal = new Journal();

    /** A source that reads as a socket does: into the slab of loans if it can lend, otherwise into the slab of chunks. */
    private static final class Source extends Duplex {
        private final ReadSlab slab;
        private int loans;

        Source(Loop loop) {
            super(loop, DuplexOptions.defaults());
            slab = ReadSlab.of(LoopCore.of(loop));
        }

        @Override
        protected void doRead() {}

        boolean lends() {
            return canLend();
        }

        /** Reads as often as the room requires. */
        void reads(byte[] bytes) {
            for (int from = 0; from < bytes.length; ) {
                from += canLend() ? readLoan(bytes, from) : readChunk(bytes, from);
            }
        }

        private int readLoan(byte[] bytes, int from) {
            loans++;
            ReadSlab lending = slab.ofLoans();
            int count = fill(lending.room(), bytes, from);
            if (lend(lending.lend(count))) {
                lending.giveAway();
            } else {
                lending.takeBack();
            }
            return count;
        }

        private int readChunk(byte[] bytes, int from) {
            int count = fill(slab.room(), bytes, from);
            push(slab.take(count));
            return count;
        }

        private static int fill(ByteBuffer room, byte[] bytes, int from) {
            int count = Math.min(room.remaining(), bytes.length - from);
            room.put(room.position(), bytes, from, count);
            return count;
        }

        void reads(String text) {
            reads(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A sink that takes a part at once and keeps the rest, as a socket does whose peer is slow. It copies the rest when it completes. */
    private static final class Sink extends Duplex {
        private final ByteArrayOutputStream got = new ByteArrayOutputStream();
        private final Random random;
        private ByteBuffer rest;
        private Completion restDone;

        Sink(Loop loop, Random random) {
            super(loop, DuplexOptions.defaults().highWaterMark(300));
            this.random = random;
        }

        @Override
        protected boolean releasesBuffers() {
            return true;
        }

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            int taken = random.nextBoolean() ? data.remaining() : random.nextInt(data.remaining() + 1);
            take(data.slice(data.position(), taken));
            if (taken == data.remaining()) {
                done.onComplete(null);
            } else {
                rest = data.slice(data.position() + taken, data.remaining() - taken);
                restDone = done;
            }
        }

        private void take(ByteBuffer data) {
            while (data.hasRemaining()) {
                got.write(data.get());
            }
        }

        void goOn() {
            if (rest != null) {
                take(rest);
                rest = null;
                restDone.onComplete(null);
            }
        }

        boolean isBusy() {
            return rest != null;
        }
    }

    /** A source, its sink, and the bytes that were read. */
    private static final class Line {
        private final Source source;
        private final Sink sink;
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private final List<ByteBuffer> kept = new ArrayList<>();
        private boolean keeps;

        Line(Loop loop, Random random) {
            source = new Source(loop);
            sink = new Sink(loop, random);
            source.pipe(sink);
        }

        void reads(Random random) {
            byte[] bytes = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 20_000 : 200)];
            random.nextBytes(bytes);
            sent.writeBytes(bytes);
            source.reads(bytes);
        }

        void keep() {
            if (!keeps) {
                keeps = true;
                source.onData(kept::add);
            }
        }

        void end(Loop loop) {
            while (sink.writableCorked() > 0) {
                sink.uncork();
            }
            do {
                sink.goOn();
                loop.run();
            } while (sink.isBusy());
        }

        /** A listener that was added late has kept the last chunk. */
        void expectAll() {
            byte[] all = sent.toByteArray();
            assertArrayEquals(all, sink.got.toByteArray());
            byte[] last = join(kept);
            assertArrayEquals(Arrays.copyOfRange(all, all.length - last.length, all.length), last);
        }

        private static byte[] join(List<ByteBuffer> chunks) {
            ByteBuffer all = ByteBuffer.allocate(
                    chunks.stream().mapToInt(ByteBuffer::remaining).sum());
            chunks.forEach(chunk -> all.put(chunk.duplicate()));
            return all.array();
        }
    }

    /** Several sources that share the slabs, with sinks that are slow at random, and one listener: every byte arrives as it was. */
    @ParameterizedTest
    @MethodSource("seeds")
    void everyByteArrivesAsItWas(long seed, Loop loop) {
        Random random = new Random(seed);
        List<Line> lines =
                Stream.generate(() -> new Line(loop, random)).limit(3).toList();
        loop.run();
        for (int step = 0; step < STEPS; step++) {
            Line line = lines.get(random.nextInt(3));
            switch (random.nextInt(12)) {
                case 0 -> line.sink.cork();
                case 1, 2 -> line.sink.uncork();
                case 3, 4, 5 -> line.sink.goOn();
                case 6 -> loop.run();
                case 7 -> lines.get(2).keep();
                default -> line.reads(random);
            }
        }
        lines.forEach(line -> line.end(loop));
        lines.forEach(Line::expectAll);
        assertTrue(lines.get(0).source.loans > 0);
    }

    static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    // ---- conditions

    @Test
    void aChunkIsLentToPipesWhoseSinksReleaseBuffers(Loop loop) {
        Source source = new Source(loop);
        source.pipe(new Sink(loop, new Random(1)));
        assertFalse(source.lends(), "it does not flow yet");
        loop.run();
        assertTrue(source.lends());
    }

    @Test
    void aSinkThatDoesNotReleaseBuffersMayKeepAChunk(Loop loop) {
        Source source = new Source(loop);
        source.pipe(new MemoryDuplex(loop));
        loop.run();
        assertFalse(source.lends());
    }

    @Test
    void aDataListenerMayKeepAChunk(Loop loop) {
        Source source = new Source(loop);
        source.pipe(new Sink(loop, new Random(1)));
        source.onData(chunk -> {});
        loop.run();
        assertFalse(source.lends());
    }

    @Test
    void aChunkIsNotLentWithoutAListener(Loop loop) {
        Source source = new Source(loop);
        source.resume();
        loop.run();
        assertFalse(source.lends());
    }

    @Test
    void aChunkIsNotLentWhileTheStreamIsPausedOrHasBufferedBytes(Loop loop) {
        Source source = new Source(loop);
        source.pipe(new Sink(loop, new Random(1)));
        loop.run();
        source.pause();
        assertFalse(source.lends());
        source.reads("waits");
        source.resume();
        assertFalse(source.lends());
        loop.run();
        assertTrue(source.lends());
    }

    @Test
    void aChunkIsNotLentToASinkThatIsBusy(Loop loop) {
        Source source = new Source(loop);
        Sink sink = new Sink(loop, new Random(1));
        source.pipe(sink);
        loop.run();
        sink.cork();
        sink.write(Talk.buffer("before"));
        assertFalse(source.lends());
        sink.uncork();
        sink.goOn();
        loop.run();
        assertTrue(source.lends());
    }

    @Test
    void textIsDecodedFromALentChunk(Loop loop) {
        Source source = new Source(loop);
        source.onText(StandardCharsets.UTF_8, journal::add);
        loop.run();
        assertTrue(source.lends());
        byte[] euro = "\u20ac".getBytes(StandardCharsets.UTF_8);
        source.reads("one ");
        source.reads(new byte[] {euro[0], euro[1]});
        source.reads(new byte[] {euro[2], '!'});
        assertEquals(3, source.loans);
        journal.expect("one ", "\u20ac!");
    }

    @Test
    void aTextListenerMayWriteToTheSinkOfAPipe(Loop loop) {
        Source source = new Source(loop);
        Sink sink = new Sink(loop, new Random(1));
        source.onText(StandardCharsets.UTF_8, text -> {
            sink.cork();
            sink.write(Talk.buffer("<"));
        });
        source.pipe(sink);
        loop.run();
        source.reads("abc");
        source.reads("def");
        sink.uncork();
        sink.uncork();
        while (sink.isBusy()) {
            sink.goOn();
        }
        loop.run();
        assertEquals("<abc<def", sink.got.toString(StandardCharsets.UTF_8));
    }
}
