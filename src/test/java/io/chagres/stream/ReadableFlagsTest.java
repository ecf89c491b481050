package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The flags of the reading side, and the events pause and resume. */
@ExtendWith(LoopFixture.class)
class ReadableFlagsTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.readable(loop, 10).watched();
        journal = stream.journal;
    }

    @Test
    @Covers("node:test-stream-readable-aborted")
    void aStreamDestroyedBeforeItsEndIsReadableAborted(Loop loop) {
        for (boolean pushes : new boolean[] {false, true}) {
            for (boolean ends : new boolean[] {false, true}) {
                MemoryDuplex destroyed = MemoryDuplex.readable(loop, 10);
                if (pushes) {
                    destroyed.push("x");
                }
                if (ends) {
                    destroyed.pushNoMore();
                }
                assertFalse(destroyed.isReadableAborted());
                destroyed.destroy();
                assertTrue(destroyed.isReadableAborted());
                loop.run();
            }
        }
    }

    @Test
    @Covers("node:test-stream-readable-aborted")
    void aStreamThatHasEndedIsNotReadableAborted(Loop loop) {
        stream.push("x");
        stream.pushNoMore();
        stream.onEnd(() -> {
            stream.destroy();
            assertFalse(stream.isReadableAborted());
        });
        stream.resume();
        loop.run();
        assertFalse(stream.isReadableAborted());
        MemoryDuplex sink = MemoryDuplex.writable(loop, 1);
        sink.destroy();
        assertFalse(sink.isReadableAborted());
        assertTrue(sink.isWritableAborted());
        loop.run();
    }

    @Test
    @Covers("node:test-stream-readable-readable")
    void isReadableIsTrueUntilTheEndEvent(Loop loop) {
        assertTrue(stream.isReadable());
        stream.pushNoMore();
        stream.resume();
        assertTrue(stream.isReadable());
        Runnable gone = () -> {
            throw new AssertionError();
        };
        stream.onEnd(gone);
        stream.offEnd(gone);
        stream.onEnd(() -> assertFalse(stream.isReadable()));
        loop.run();
        journal.expect("end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-readable")
    void isReadableIsTrueUntilTheDestruction(Loop loop) {
        stream.onError(error -> assertFalse(stream.isReadable()));
        stream.source = () -> loop.nextTick(() -> {
            stream.destroy(new ChagresException("EX", "x"));
            assertFalse(stream.isReadable());
        });
        stream.resume();
        loop.run();
        journal.expect("error x", "close true");
    }

    @Test
    @Covers("node:test-stream-readable-error-end")
    void afterAnErrorThereIsNoEnd(Loop loop) {
        stream.flowing();
        stream.push("asd");
        stream.pushNoMore();
        stream.destroy(new ChagresException("EX", "kaboom"));
        loop.run();
        journal.expect("error kaboom", "close true");
    }

    @Test
    @Covers("node:test-stream-readable-didRead")
    void readableDidReadIsTrueOnceAChunkWasConsumed(Loop loop) {
        stream.source = () -> {
            stream.push("data");
            stream.pushNoMore();
        };
        assertFalse(stream.readableDidRead());
        stream.resume();
        loop.run();
        assertTrue(stream.readableDidRead());
        journal.expect("end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-didRead")
    void readableDidReadIsFalseAfterAnEndOrADestructionAlone(Loop loop) {
        stream.source = stream::pushNoMore;
        stream.read();
        loop.run();
        journal.expect("end", "close false");
        assertFalse(stream.readableDidRead());
        MemoryDuplex destroyed = MemoryDuplex.readable(loop, 10);
        destroyed.push("x");
        destroyed.destroy();
        loop.run();
        assertFalse(destroyed.readableDidRead());
    }

    @Test
    @Covers("node:test-stream-readable-didRead")
    void aStreamWhoseDataListenerWasRemovedFlowsOnAndDropsItsChunks(Loop loop) {
        Consumer<ByteBuffer> gone = chunk -> {
            throw new AssertionError();
        };
        stream.push("dropped");
        stream.onData(gone);
        stream.offData(gone);
        assertFalse(stream.isPaused());
        loop.run();
        assertTrue(stream.readableDidRead());
        assertEquals(0, stream.readableLength());
    }

    @Test
    @Covers("node:test-stream-readable-resume-hwm")
    void aResumeWithAFullBufferDoesNotAskTheSource(Loop loop) {
        for (int i = 0; i < 10; i++) {
            stream.push("a".repeat(20));
        }
        stream.resume();
        stream.onData(chunk -> stream.pause());
        loop.run();
        assertEquals(180, stream.readableLength());
        assertEquals(0, stream.reads);
    }

    @Test
    @Covers("node:test-stream-readable-resumeScheduled")
    void theResumeEventIsEmittedOnceATickLater(Loop loop) {
        stream.onResume(journal.note("resume"));
        stream.resume();
        stream.resume();
        stream.flowing();
        journal.expect();
        loop.nextTick(journal.note("tick"));
        loop.run();
        journal.expect("resume", "tick");
    }

    @Test
    @Covers("node:test-stream-readable-resumeScheduled")
    void aPipeAndADataListenerEmitTheResumeEvent(Loop loop) {
        stream.onResume(journal.note("resume"));
        stream.flowing();
        stream.push("x");
        loop.run();
        journal.expect("resume", "data x");
        stream.pause();
        stream.pipe(MemoryDuplex.writable(loop, 10));
        journal.expect();
        loop.run();
        journal.expect("resume");
    }

    @Test
    void thePauseEventIsEmittedAtOnceAndOnlyIfThePauseChangesSomething(Loop loop) {
        stream.onPause(journal.note("pause"));
        stream.pause();
        journal.expect("pause");
        stream.pause();
        stream.resume();
        stream.pause();
        journal.expect("pause");
        loop.run();
        journal.expect();
    }
}
