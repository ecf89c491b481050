package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A slow sink: order, drains, callbacks, and one error for each failure. */
@ExtendWith(LoopFixture.class)
class WritableOrderTest {

    /** 50 chunks of 0 to 49 bytes. */
    private static final List<String> CHUNKS =
            IntStream.range(0, 50).mapToObj("x"::repeat).toList();

    private MemoryDuplex stream;
    private Journal journal;
    private List<String> taken;

    @BeforeEach
    void create(Loop loop) {
        use(loop, 100);
    }

    /** A sink that completes a write one iteration later. */
    private void use(Loop loop, int mark) {
        stream = MemoryDuplex.writable(loop, mark);
        journal = stream.journal;
        taken = new ArrayList<>();
        stream.holds = true;
        stream.taking = data -> loop.execute(() -> {
            taken.add(Talk.text(data));
            stream.complete();
        });
        stream.onPrefinish(() -> assertEquals(CHUNKS, taken));
    }

    /** Completes the end of the sink, too. */
    private void run(Loop loop) {
        loop.run();
        stream.completeAll();
        loop.run();
        assertTrue(stream.isWritableFinished());
    }

    @Test
    @Covers("node:test-stream2-writable")
    void writesMadeAtOnceAreWrittenInOrderAndEachCallbackIsCalled(Loop loop) {
        List<String> completed = new ArrayList<>();
        for (String chunk : CHUNKS) {
            stream.write(chunk, error -> completed.add(chunk));
        }
        stream.end();
        run(loop);
        assertEquals(CHUNKS, completed);
    }

    @Test
    @Covers("node:test-stream2-writable")
    void writesMadeOneByOneAreWrittenInOrder(Loop loop) {
        int[] next = {0};
        Runnable[] write = new Runnable[1];
        write[0] = () -> {
            stream.write(CHUNKS.get(next[0]++));
            if (next[0] < CHUNKS.size()) {
                loop.execute(() -> loop.execute(write[0]));
            } else {
                stream.end();
            }
        };
        write[0].run();
        run(loop);
    }

    @Test
    @Covers("node:test-stream2-writable")
    void aWriterThatStopsAtEachFalseIsDrained17Times(Loop loop) {
        use(loop, 50);
        int[] drains = {0};
        int[] next = {0};
        Runnable write = () -> {
            boolean more = true;
            while (more && next[0] < CHUNKS.size()) {
                more = stream.write(CHUNKS.get(next[0]++));
            }
            if (next[0] < CHUNKS.size()) {
                assertTrue(stream.writableLength() >= 50);
            } else {
                stream.end();
            }
        };
        stream.onDrain(() -> {
            drains[0]++;
            write.run();
        });
        write.run();
        run(loop);
        assertEquals(17, drains[0]);
    }

    @Test
    @Covers("node:test-stream2-writable")
    void theEndsCallbackComesAfterThatOfTheLastWrite(Loop loop) {
        MemoryDuplex plain = MemoryDuplex.writable(loop, 10);
        plain.taking = data -> loop.execute(plain::completeAll);
        plain.holds = true;
        plain.write("hello", plain.noted("written"));
        plain.end(plain.noted("ended"));
        loop.run();
        plain.completeAll();
        loop.run();
        plain.journal.expect("[hello]", "written", "final", "ended");
    }

    @Test
    @Covers("node:test-stream2-writable")
    void anEmptyLastChunkIsWrittenAndFinishes(Loop loop) {
        for (boolean later : new boolean[] {false, true}) {
            MemoryDuplex plain = MemoryDuplex.writable(loop, 10).watched();
            plain.holds = later;
            plain.taking = data -> {
                if (later) {
                    loop.nextTick(plain::complete);
                }
            };
            plain.write("x", plain.noted("x"));
            plain.end(ByteBuffer.allocate(0));
            loop.run();
            plain.completeAll();
            loop.run();
            plain.journal.expect("[x]", "[]", "x", "final", "finish", "close false");
        }
    }

    @Test
    @Covers("node:test-stream2-writable")
    void aSecondEndWithAChunkFailsTheStream(Loop loop) {
        MemoryDuplex ended = MemoryDuplex.writable(loop, 100).watched();
        ended.holds = true;
        ended.end("this is the end");
        ended.end("and so is this");
        loop.run();
        ended.journal.expect("[this is the end]", "error write after end", "close true");
    }

    @Test
    @Covers("node:test-stream2-writable")
    void anEndThatFailsIsOneErrorEvenIfAListenerDestroysTheStream(Loop loop) {
        MemoryDuplex failing = MemoryDuplex.writable(loop, 10).watched();
        failing.onPrefinish(failing.journal.note("prefinish"));
        failing.onError(error -> failing.destroy(new ChagresException("EY", "another")));
        failing.holds = true;
        failing.end();
        failing.fail("EX");
        loop.run();
        failing.journal.expect("final", "error EX", "close true");
    }

    @Test
    @Covers("node:test-stream2-writable")
    void aDestructionAfterAWriteAfterTheEndKeepsTheFirstError(Loop loop) {
        MemoryDuplex ended = MemoryDuplex.writable(loop, 10).watched();
        ended.holds = true;
        ended.end();
        ended.write("hello");
        ended.destroy(new ChagresException("EY", "another"));
        loop.run();
        ended.journal.expect("final", "error write after end", "close true");
    }

    @Test
    @Covers("node:test-stream2-writable")
    void aWriteOnlyStreamCanNotBePiped(Loop loop) {
        MemoryDuplex sink = MemoryDuplex.writable(loop, 10);
        MemoryDuplex source = MemoryDuplex.writable(loop, 10).watched();
        source.pipe(sink);
        loop.run();
        source.journal.expect("error Cannot pipe, not readable", "close true");
        assertEquals("ERR_STREAM_CANNOT_PIPE", source.errored().code());
        assertTrue(sink.isWritable());
    }

    @Test
    @Covers("node:test-stream-writable-end-cb-uncaught")
    void anEndThatFailsCompletesItsCallbackAndIsUncaughtWithoutAListener(Loop loop) {
        MemoryDuplex failing = MemoryDuplex.writable(loop, 10);
        failing.holds = true;
        failing.end(failing.noted("ended"));
        failing.fail("EX");
        assertEquals("EX", assertThrows(ChagresException.class, loop::run).code());
        failing.journal.expect("final", "ended EX");
    }

    @Test
    @Covers("node:test-stream-writable-aborted")
    void aStreamDestroyedBeforeItsFinishIsWritableAborted(Loop loop) {
        for (boolean ends : new boolean[] {false, true}) {
            MemoryDuplex destroyed = MemoryDuplex.writable(loop, 10);
            destroyed.holds = true;
            assertFalse(destroyed.isWritableAborted());
            if (ends) {
                destroyed.end();
            }
            destroyed.destroy();
            assertTrue(destroyed.isWritableAborted());
            loop.run();
        }
    }
}
