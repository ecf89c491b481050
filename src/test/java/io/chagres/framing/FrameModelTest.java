package io.chagres.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Thousands of random protocols, which a model has encoded: frames of all kinds, switches between them, and one of several ends. The bytes
 * arrive in random chunks, many of one byte. The listener pauses at random, and must get each frame once, in order, and none after the end.
 */
@ExtendWith(LoopFixture.class)
class FrameModelTest {

    private static final int RUNS = Integer.getInteger("chagres.runs", 10_000);

    @Test
    void theFramesAreThoseOfTheModel(Loop loop) {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("FrameModelTest: " + RUNS + " runs, -Dchagres.seed=" + seed);
        for (int i = 0; i < RUNS; i++) {
            new Run(loop, seed + i).play();
        }
    }

    /** A protocol, the stream that its bytes arrive from, and the reader. */
    private static final class Run {

        private final Loop loop;
        private final String name;
        private final Random random;
        private final FrameModel model;
        private final FrameSource source;
        private final FrameSource sink;
        private final FrameReader reader;
        private final ArrayDeque<FrameModel.Step> expected;
        private final boolean pauses;
        private final boolean decodes;
        private final int maxChunk;
        private int given;
        private boolean paused;
        private boolean over; // the listener has stopped or destroyed
        private boolean ended;
        private String error = "";

        Run(Loop loop, long seed) {
            this.loop = loop;
            name = "seed " + seed;
            random = new Random(seed);
            model = FrameModel.random(random);
            expected = new ArrayDeque<>(model.steps());
            pauses = random.nextBoolean();
            decodes = random.nextBoolean();
            maxChunk = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(60);
            source = new FrameSource(loop);
            sink = new FrameSource(loop);
            reader = FrameReader.on(source, model.framing());
        }

        void play() {
            if (decodes) {
                reader.onText(StandardCharsets.ISO_8859_1, text -> frame(FrameSource.bytes(text)));
            } else {
                reader.onFrame(this::frame);
            }
            reader.onEnd(() -> ended = true);
            source.onError(failure -> error = failure.code());
            boolean finished = false;
            for (int rounds = 0; !finished || paused; rounds++) {
                assertTrue(rounds < 10_000, () -> name + " is stuck at " + expected);
                resume();
                deliver();
                if (!finished && given == model.bytes().length) {
                    finished = true;
                    source.finish();
                }
                loop.run();
            }
            check();
        }

        /** Gives some chunks: before the reader flows they are buffered, and join. */
        private void deliver() {
            for (int chunks = random.nextInt(200); chunks > 0 && given < model.bytes().length; chunks--) {
                int size = Math.min(1 + random.nextInt(maxChunk), model.bytes().length - given);
                given += size;
                source.give(ByteBuffer.wrap(model.bytes(), given - size, size));
            }
        }

        private void frame(ByteBuffer frame) {
            byte[] bytes = new byte[frame.remaining()];
            frame.get(bytes);
            frame(bytes);
        }

        private void frame(byte[] frame) {
            assertFalse(paused, () -> name + ": a frame arrives although the reader is paused");
            assertFalse(over, () -> name + ": a frame arrives after the end");
            assertFalse(expected.isEmpty(), () -> name + ": a frame too many");
            FrameModel.Step step = expected.remove();
            assertEquals(FrameModel.text(step.frame()), FrameModel.text(frame), name);
            act(step);
            if (pauses && !over && random.nextInt(4) == 0) {
                pause();
            }
        }

        private void act(FrameModel.Step step) {
            if (step.next() != null) {
                reader.switchTo(step.next());
            } else if (expected.isEmpty() && model.end() == FrameModel.End.STOP) {
                over = true;
                reader.stop().pipe(sink);
            } else if (expected.isEmpty() && model.end() == FrameModel.End.DESTROY) {
                over = true;
                source.destroy();
            }
        }

        private void pause() {
            paused = true;
            reader.pause();
            if (random.nextBoolean()) {
                loop.nextTick(this::resume);
            }
        }

        private void resume() {
            if (paused) {
                paused = false;
                reader.resume();
            }
        }

        private void check() {
            assertEquals(0, expected.size(), () -> name + " has no more frames, but " + expected);
            assertEquals(model.end().code(), error, name);
            assertEquals(model.end() == FrameModel.End.BORDER, ended, name);
            String rest = model.end() == FrameModel.End.STOP ? FrameModel.text(model.rest()) : "";
            assertEquals(rest, sink.writtenText(), name);
        }
    }
}
