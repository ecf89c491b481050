package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Thousands of random calls of the users of a stream. Each byte that the source has pushed is consumed once and in order, sinks get what
 * was consumed while they were piped to, and every stream reaches its end.
 */
@ExtendWith(LoopFixture.class)
class ReadableModelTest {

    private static final int RUNS = Integer.getInteger("chagres.runs", 5000);

    @Test
    void noByteIsLostDoubledOrStuck(Loop loop) {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("ReadableModelTest: " + RUNS + " runs, -Dchagres.seed=" + seed);
        for (int i = 0; i < RUNS; i++) {
            new Run(loop, seed + i).play();
        }
    }

    /** A stream of numbered bytes, and random calls that interfere with it. */
    private static final class Run {

        private final Loop loop;
        private final String name;
        private final Random random;
        private final MemoryDuplex stream;
        private final int total;
        private int pushed;
        private int consumed;
        private boolean ended;
        /** True once the random calls have stopped. */
        private boolean leaving;

        private final List<Runnable> listeners = new ArrayList<>();
        private final List<MemoryDuplex> sinks = new ArrayList<>();
        private final Consumer<ByteBuffer> all = this::consume;

        Run(Loop loop, long seed) {
            this.loop = loop;
            name = "seed " + seed;
            random = new Random(seed);
            stream = MemoryDuplex.readable(loop, random.nextInt(20));
            total = 1 + random.nextInt(300);
            stream.source = source();
            stream.onEnd(() -> ended = true);
        }

        /** Pushes at once, on a tick, or in a later iteration; one chunk, or as many as the mark allows. */
        private Runnable source() {
            boolean greedy = random.nextBoolean();
            Runnable push = greedy ? this::pushMany : this::pushOne;
            return switch (random.nextInt(4)) {
                case 0 -> push;
                case 1 -> () -> loop.nextTick(push);
                case 2 -> () -> loop.execute(push);
                default ->
                    () -> {
                        if (random.nextBoolean()) {
                            push.run();
                        } else {
                            loop.execute(push);
                        }
                    };
            };
        }

        private boolean pushOne() {
            int size = Math.min(1 + random.nextInt(11), total - pushed);
            ByteBuffer chunk = ByteBuffer.allocate(size);
            while (chunk.hasRemaining()) {
                chunk.put((byte) pushed++);
            }
            boolean more = stream.push(chunk.flip());
            if (pushed == total) {
                stream.pushNoMore();
                return false;
            }
            return more;
        }

        private void pushMany() {
            while (pushOne()) {}
        }

        private void consume(ByteBuffer chunk) {
            for (int i = chunk.position(); i < chunk.limit(); i++) {
                assertEquals((byte) consumed++, chunk.get(i), name);
            }
            if (leaving) {
                return;
            }
            if (random.nextInt(20) == 0) {
                putBack(chunk);
            } else if (random.nextInt(10) == 0) {
                interfere();
            }
        }

        /** Not while other listeners get the same chunk: an unshift would rightly give it to them twice. */
        private void putBack(ByteBuffer chunk) {
            if (sinks.isEmpty() && !stream.isReadableEnded()) {
                int count = random.nextInt(chunk.remaining() + 1);
                consumed -= count;
                stream.unshift(chunk.slice(chunk.limit() - count, count));
            }
        }

        void play() {
            stream.pause();
            stream.onData(all);
            for (int steps = random.nextInt(12); steps > 0 && !ended; steps--) {
                interfere();
                if (random.nextBoolean()) {
                    loop.run();
                }
            }
            leaving = true;
            listeners.forEach(stream::offReadable);
            loop.run();
            stream.unpipe();
            stream.resume();
            loop.run();
            assertTrue(ended, () -> name + " is stuck after " + consumed + " of " + total);
            assertEquals(total, consumed, name);
            sinks.forEach(sink -> assertEquals(0, sink.writableLength(), name));
        }

        private void interfere() {
            switch (random.nextInt(9)) {
                case 0 -> stream.pause();
                case 1 -> stream.resume();
                case 2 -> stream.read();
                case 3 -> stream.read(random.nextInt(30));
                case 4 -> listen();
                case 5 ->
                    listeners.stream().findFirst().ifPresent(listener -> {
                        listeners.remove(listener);
                        stream.offReadable(listener);
                    });
                case 6 -> pipe();
                case 7 -> stream.unpipe();
                default -> sinks.stream().findAny().ifPresent(stream::unpipe);
            }
        }

        private void listen() {
            int size = random.nextInt(8) - 1;
            Runnable listener = () -> {
                if (size < 0) {
                    stream.read();
                } else {
                    stream.read(size);
                }
            };
            listeners.add(listener);
            stream.onReadable(listener);
        }

        private void pipe() {
            MemoryDuplex sink = MemoryDuplex.writable(loop, random.nextInt(20));
            if (random.nextBoolean()) {
                sink.holds = true;
                sink.taking = data -> loop.execute(sink::complete);
            }
            sinks.add(sink);
            stream.pipe(sink, false);
        }
    }
}
