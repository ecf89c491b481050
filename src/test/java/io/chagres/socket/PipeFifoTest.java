package io.chagres.socket;

import static io.chagres.fixture.PipePair.assertCode;
import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.PipeReader;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipes over descriptors that are read with read(2) and written with write(2): FIFOs and the ends of a pipe(7). */
@ConnectionTest
class PipeFifoTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    @Test
    @Covers("libuv:pipe_close_stdout_read_stdin")
    void theEndOfAPipeIsReadInASingleIteration(Loop loop) {
        PipePair ends = PipePair.ends(loop);
        ends.other().close();
        loop.run(RunMode.NOWAIT);
        PipePair.collect(ends.one());
        assertFalse(loop.run(RunMode.NOWAIT));
        assertTrue(ends.one().isClosed());
    }

    @Test
    void buffersOfAllKindsArriveInOrderOverAPipe(Loop loop) {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("PipeFifoTest: -Dchagres.seed=" + seed);
        byte[] noise = Talk.noise(seed, 3 << 20);
        PipePair ends = PipePair.ends(loop);
        writeInPieces(ends.other(), noise, new Random(seed));
        ends.other().shutdown(error -> ends.other().close());
        ByteArrayOutputStream got = PipePair.collect(ends.one());
        loop.run();
        assertArrayEquals(noise, got.toByteArray(), () -> "seed " + seed);
    }

    /** Writes small and large buffers: on the heap, direct, read-only and empty, alone and together. */
    private static void writeInPieces(Pipe pipe, byte[] noise, Random random) {
        List<ByteBuffer> together = new ArrayList<>();
        for (int at = 0; at < noise.length; ) {
            int length =
                    Math.min(random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(500), noise.length - at);
            ByteBuffer heap = ByteBuffer.wrap(noise, at, length);
            together.add(
                    switch (random.nextInt(3)) {
                        case 0 -> heap;
                        case 1 -> heap.asReadOnlyBuffer();
                        default -> ByteBuffer.allocateDirect(length).put(heap).flip();
                    });
            at += length;
            if (random.nextInt(3) > 0 || at == noise.length) {
                pipe.write(together.toArray(ByteBuffer[]::new), ok());
                together.clear();
            }
        }
    }

    @Test
    void aPipeReadsIntoADirectBuffer(Loop loop) {
        PipePair ends = PipePair.ends(loop);
        ByteBuffer direct = ByteBuffer.allocateDirect(7).position(2).limit(5);
        StringBuilder got = new StringBuilder();
        ends.other().write(Talk.buffer("0123456789"), error -> ends.other().close());
        ends.one()
                .readStart(new PipeReader(
                        direct,
                        count -> {
                            assertEquals(2, direct.position());
                            got.append(Talk.text(direct.slice(2, count)));
                        },
                        ends.one()::close));
        loop.run();
        assertEquals("0123456789", got.toString());
    }

    @Test
    void tryWriteFillsThePipeAndAFurtherWriteIsQueued(Loop loop) {
        PipePair ends = PipePair.ends(loop);
        int taken = ends.other().tryWrite(ByteBuffer.allocate(1 << 20));
        assertEquals(1 << 16, taken, "the capacity of a pipe");
        assertEquals(0, ends.other().tryWrite(ByteBuffer.allocate(1)));
        ends.other().write(ByteBuffer.allocate(100), error -> ends.other().close());
        assertEquals(100, ends.other().writeQueueSize());
        ByteArrayOutputStream got = PipePair.collect(ends.one());
        loop.run();
        assertEquals(taken + 100, got.size());
    }

    @Test
    void aWriteToAPipeWithoutAReaderFailsAndTheProcessSurvives(Loop loop) {
        PipePair ends = PipePair.ends(loop);
        ends.one().close();
        ends.other().write(Talk.buffer("x"), error -> {
            journal.add(error.getMessage());
            assertCode("EPIPE", () -> ends.other().tryWrite(Talk.buffer("x")));
            ends.other().close();
        });
        loop.run();
        journal.expect("write EPIPE");
    }

    @Test
    void queuedWritesFailWhenTheReaderCloses(Loop loop) {
        PipePair ends = PipePair.ends(loop);
        ends.other().write(ByteBuffer.allocate(1 << 20), error -> journal.add(error.getMessage()));
        ends.other().write(ByteBuffer.allocateDirect(1 << 20), error -> {
            journal.add(error.getMessage());
            ends.other().close();
        });
        loop.run(RunMode.NOWAIT);
        journal.expect();
        ends.one().close();
        loop.run();
        journal.expect("write EPIPE", "write EPIPE");
    }

    @Test
    void aShutdownOfAPipeCompletesAfterTheWritesAndTheReaderSeesTheEndAtTheClose(Loop loop) {
        PipePair ends = PipePair.ends(loop);
        ends.other().write(ByteBuffer.allocate(200_000), error -> journal.add("write " + error));
        ends.other().shutdown(error -> {
            journal.add("shutdown " + error);
            ends.other().close();
        });
        assertCode("EPIPE", () -> ends.other().write(Talk.buffer("x"), ok()));
        ByteArrayOutputStream got = PipePair.collect(ends.one());
        loop.run();
        journal.expect("write null", "shutdown null");
        assertEquals(200_000, got.size());
    }

    @Test
    void aCloseCancelsTheWritesAndTheShutdown(Loop loop) {
        PipePair ends = PipePair.ends(loop);
        ends.other().write(ByteBuffer.allocate(200_000), error -> journal.add("write " + error.code()));
        ends.other().shutdown(error -> journal.add("shutdown " + error.code()));
        ends.other().close(journal.note("close"));
        ends.one().close();
        loop.run();
        journal.expect("write ECANCELED", "shutdown ECANCELED", "close");
    }

    @Test
    @Tag("host")
    void aNamedFifoIsReadFromAnotherProcess(Loop loop) throws Exception {
        Path fifo = folder.resolve("fifo");
        Program.run("mkfifo", fifo.toString());
        try (Program writer = Program.start("sh", "-c", "seq 1 100000 > '" + fifo + "'")) {
            int flags = Descriptors.O_RDONLY | Descriptors.O_CLOEXEC;
            int fd = Descriptors.open(Memory.string(fifo.toString()), flags, 0); // waits for the writer
            ByteArrayOutputStream got = PipePair.collect(PipePair.opened(new Pipe(loop), fd));
            loop.run();
            writer.result();
            String[] lines = got.toString().split("\n");
            assertEquals(100_000, lines.length);
            assertEquals("[99999, 100000]", Arrays.toString(Arrays.copyOfRange(lines, 99_998, 100_000)));
        }
    }
}
