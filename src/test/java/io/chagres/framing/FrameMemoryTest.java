package io.chagres.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Allocations;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The memory that frames take. */
@ExtendWith(LoopFixture.class)
class FrameMemoryTest {

    private static final int MAX_ADDED = 1 << 16;
    /** A view of the chunk, and what one iteration of the loop may cost. */
    private static final int CHUNK = 128;

    @Test
    void aFrameOfOneChunkIsNotCopiedAndOneOfTwoIs(Loop loop) {
        FrameSource source = new FrameSource(loop);
        List<ByteBuffer> frames = new ArrayList<>();
        FrameReader.on(source, Framing.lines(80)).onFrame(frames::add);
        byte[] first = FrameSource.bytes("one\ntwo\nth");
        byte[] second = FrameSource.bytes("ree\nfour\n");
        source.give(ByteBuffer.wrap(first));
        source.give(ByteBuffer.wrap(second));
        loop.run();
        assertEquals(4, frames.size());
        assertSame(first, frames.get(0).array());
        assertSame(first, frames.get(1).array());
        assertNotSame(first, frames.get(2).array());
        assertNotSame(second, frames.get(2).array());
        assertSame(second, frames.get(3).array());
    }

    @Test
    void aPrefixThatPromisesMuchTakesNoMemory(Loop loop) {
        for (Framing framing : List.of(
                Framing.length(4, Framing.MAX_LENGTH),
                Framing.varint(Framing.MAX_LENGTH),
                Framing.fixed(Framing.MAX_LENGTH))) {
            FrameSource source = new FrameSource(loop);
            FrameReader.on(source, framing).onFrame(frame -> {});
            loop.run();
            String promise =
                    framing.equals(Framing.varint(Framing.MAX_LENGTH)) ? "\377\377\377\377\1" : "\77\377\377\377";
            long bytes = Allocations.once(() -> {
                source.give(promise);
                for (int i = 0; i < 100; i++) {
                    source.give("x");
                }
            });
            assertTrue(bytes < MAX_ADDED, () -> framing + " has taken " + bytes + " bytes");
            source.destroy();
            loop.run();
        }
    }

    @Test
    void aFrameInManySmallPiecesIsCopiedFewTimes(Loop loop) {
        FrameSource source = new FrameSource(loop);
        int[] length = {0};
        FrameReader.on(source, Framing.lines(1 << 20)).onFrame(frame -> length[0] = frame.remaining());
        loop.run();
        ByteBuffer piece = ByteBuffer.wrap(FrameSource.bytes("x"));
        int pieces = 1 << 16;
        long views = 2L * 64 * pieces; // of push, and its tick
        long bytes = Allocations.once(() -> {
            for (int i = 0; i < pieces; i++) {
                source.give(piece);
            }
        });
        assertTrue(bytes - views < 4L * pieces, () -> bytes + " bytes");
        source.give("\n");
        assertEquals(pieces, length[0]);
        loop.run();
    }

    @Test
    void aFrameOfAWholeChunkCostsAView(Loop loop) {
        long[] sum = {0};
        // 56 bytes each, and less if the compiler sees that the listener does not keep the view
        expectBytesForEach(56, loop, reader -> reader.onFrame(frame -> sum[0] += frame.remaining()));
    }

    @Test
    void aTextCostsAString(Loop loop) {
        long[] sum = {0};
        // the String, and its array of 17 characters
        expectBytesForEach(24 + 16 + 24, loop, reader -> reader.onText(text -> sum[0] += text.length()));
    }

    /** Sends a chunk of many frames of 17 bytes. */
    private static void expectBytesForEach(int bytes, Loop loop, Consumer<FrameReader> listening) {
        int frames = 1000;
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < frames; i++) {
            lines.append("a line of text, ").append(i % 10).append('\n');
        }
        ByteBuffer chunk = ByteBuffer.wrap(FrameSource.bytes(lines.toString()));
        FrameSource source = new FrameSource(loop);
        listening.accept(FrameReader.on(source, Framing.lines(80)));
        loop.run();
        Runnable push = () -> source.give(chunk);
        long bound = (long) bytes * frames + CHUNK;
        long least = Allocations.steadyState(bound, () -> {
            loop.nextTick(push);
            loop.run(RunMode.NOWAIT);
        });
        assertTrue(least <= bound, () -> least + " bytes for " + frames + " frames");
    }
}
