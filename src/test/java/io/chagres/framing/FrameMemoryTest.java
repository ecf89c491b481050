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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The memory that frames take. */
@ExtendWith(LoopFixture.class)
class FrameMemoryTest {

    private static final int MAX_ADDED = 1 << 16;

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
        int pieces = 1 << 18;
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
    void framesOfWholeChunksMakeNoGarbage(Loop loop) {
        long[] sum = {0};
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            lines.append("a line of text, ").append(i % 10).append('\n');
        }
        byte[] bytes = FrameSource.bytes(lines.toString());
        ByteBuffer chunk = ByteBuffer.wrap(bytes);
        FrameSource source = new FrameSource(loop);
        FrameReader.on(source, Framing.lines(80)).onFrame(frame -> sum[0] += frame.remaining());
        loop.run();
        Runnable push = () -> source.give(chunk);
        // a view of a frame is 64 bytes at most, and one for the chunk
        long bound = 64 * 1001;
        assertTrue(bound
                >= Allocations.steadyState(bound, () -> {
                    loop.nextTick(push);
                    loop.run(RunMode.NOWAIT);
                }));
    }
}
