package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A stream that is ended: the results of its end callbacks, and its flags at each step. */
@ExtendWith(LoopFixture.class)
class WritableEndTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.writable(loop, 10).watched();
        journal = stream.journal;
    }

    @Test
    @Covers({"node:test-stream-writable-finished-state", "node:test-stream-duplex-writable-finished"})
    void isWritableFinishedIsTrueFromTheCallbackOfTheEndOn(Loop loop) {
        stream.taking = data -> assertFalse(stream.isWritableFinished());
        stream.onFinish(() -> assertTrue(stream.isWritableFinished()));
        stream.end(Talk.buffer("x"), error -> {
            assertTrue(stream.isWritableFinished());
            journal.add("ended");
        });
        loop.run();
        journal.expect("[x]", "final", "ended", "finish", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-end-cb-error")
    void aFailingWriteFailsEveryPendingEnd(Loop loop) {
        stream.holds = true;
        stream.write("asd");
        stream.end(stream.noted("first"));
        stream.end(stream.noted("second"));
        stream.fail("EX");
        loop.run();
        journal.expect("[asd]", "first EX", "second EX", "error EX", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-end-cb-error")
    void aDestructionInTheFinishDoesNotCompleteTheEndAgain(Loop loop) {
        stream.holds = true;
        stream.end(Talk.buffer("asd"), stream.noted("ended"));
        stream.onFinish(() -> stream.destroy(new ChagresException("EX", "kaboom")));
        stream.complete();
        stream.complete();
        loop.run();
        journal.expect("[asd]", "final", "ended", "finish", "error kaboom", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-end-cb-error")
    void aSecondEndWithDataFailsAllEnds(Loop loop) {
        stream.holds = true;
        stream.end(Talk.buffer("x"), stream.noted("first"));
        stream.end(stream.noted("second"));
        assertFalse(stream.isDestroyed());
        stream.end(Talk.buffer("late"), stream.noted("third"));
        assertTrue(stream.isDestroyed());
        loop.run();
        stream.complete();
        loop.run();
        journal.expect(
                "[x]",
                "error write after end",
                "close true",
                "third ERR_STREAM_WRITE_AFTER_END",
                "first ERR_STREAM_WRITE_AFTER_END",
                "second ERR_STREAM_WRITE_AFTER_END");
    }

    @Test
    @Covers("node:test-stream-writable-final-throw")
    void anExceptionOfDoFinalIsAnError(Loop loop) {
        IllegalStateException thrown = new IllegalStateException("fhqwhgads");
        Duplex throwing = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                done.onComplete(null);
            }

            @Override
            protected void doFinal(Completion done) {
                throw thrown;
            }
        };
        throwing.onError(error -> journal.add("error " + error.getMessage()));
        throwing.end(Talk.buffer("test"), stream.noted("ended"));
        loop.run();
        journal.expect(
                "ended ERR_UNHANDLED_ERROR", "error Unhandled error. (java.lang.IllegalStateException: fhqwhgads)");
        assertSame(thrown, throwing.errored().getCause());
    }

    @Test
    @Covers("node:test-stream-err-multiple-callback-construction")
    void aSecondCompletionOfDoFinalIsAnError(Loop loop) {
        stream.holds = true;
        stream.end();
        Completion done = stream.held.remove();
        done.onComplete(null);
        done.onComplete(null);
        loop.run();
        journal.expect("final", "finish", "error Callback called multiple times", "close true");
        assertEquals("ERR_MULTIPLE_CALLBACK", stream.errored().code());
    }

    @Test
    @Covers("node:test-stream-err-multiple-callback-construction")
    void aSecondCompletionOfDoFinalATickLaterFailsAfterTheFinish(Loop loop) {
        Duplex twice = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                done.onComplete(null);
            }

            @Override
            protected void doFinal(Completion done) {
                loop.nextTick(() -> done.onComplete(null));
                loop.nextTick(() -> done.onComplete(null));
            }
        };
        twice.onFinish(journal.note("finish"));
        twice.onError(error -> journal.add("error " + error.getMessage()));
        twice.onClose(hadError -> journal.add("close " + hadError));
        twice.write("some data");
        twice.end();
        loop.run();
        journal.expect("finish", "error Callback called multiple times", "close true");
    }

    @Test
    void aStreamDestroyedRightAfterTheSinkHasEndedFinishesAndCloses(Loop loop) {
        stream.holds = true;
        stream.end(stream.noted("ended"));
        stream.complete();
        stream.destroy();
        loop.run();
        journal.expect("final", "ended", "finish", "close false");
        assertTrue(stream.isWritableFinished());
        assertFalse(stream.isWritableAborted());
    }

    @Test
    void aStreamDestroyedWithAnErrorRightAfterTheSinkHasEndedFinishesFailsAndCloses(Loop loop) {
        stream.holds = true;
        stream.end(stream.noted("ended"));
        stream.complete();
        stream.destroy(new ChagresException("EX", "kaboom"));
        loop.run();
        journal.expect("final", "ended", "finish", "error kaboom", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-finish-destroyed")
    void aSinkWithoutDoFinalDoesNotFinishAfterADestruction(Loop loop) {
        Duplex plain = new PlainSink(loop);
        plain.onFinish(journal.note("finish"));
        plain.onClose(hadError -> journal.add("close " + hadError));
        plain.end(stream.noted("ended"));
        plain.destroy();
        loop.run();
        journal.expect("ended ERR_STREAM_DESTROYED", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-writable")
    void isWritableIsTrueUntilTheEndOrTheDestruction(Loop loop) {
        assertTrue(stream.isWritable());
        stream.destroy();
        assertFalse(stream.isWritable());
        MemoryDuplex ended = MemoryDuplex.writable(loop, 10);
        assertTrue(ended.isWritable());
        ended.end();
        assertFalse(ended.isWritable());
        loop.run();
    }

    @Test
    @Covers("node:test-stream-writable-writable")
    void isWritableIsTrueUntilAWriteFails(Loop loop) {
        stream.holds = true;
        stream.write("asd");
        stream.fail("EX");
        assertFalse(stream.isWritable());
        assertTrue(stream.isWritableAborted());
        loop.run();
        journal.expect("[asd]", "error EX", "close true");
    }

    @Test
    @Covers("node:test-stream-writableState-uncorked-bufferedRequestCount")
    void corksAreCountedAndTheLastUncorkWritesAllTogether(Loop loop) {
        stream.vectored = true;
        stream.cork();
        stream.cork();
        assertEquals(2, stream.writableCorked());
        stream.write("first");
        stream.uncork();
        assertEquals(1, stream.writableCorked());
        stream.write("second");
        assertEquals(11, stream.waitingBytes());
        loop.nextTick(() -> {
            stream.uncork();
            assertEquals(0, stream.writableCorked());
            assertEquals(0, stream.waitingBytes());
            stream.cork();
            stream.write("third");
            stream.end();
            assertEquals(0, stream.writableCorked());
            assertEquals(0, stream.waitingBytes());
        });
        loop.run();
        journal.expect("[first|second]", "[third]", "final", "finish", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-properties")
    void anUncorkWithoutACorkChangesNothing(Loop loop) {
        stream.uncork();
        assertEquals(0, stream.writableCorked());
        stream.cork();
        stream.uncork();
        stream.uncork();
        assertEquals(0, stream.writableCorked());
        stream.write("x");
        loop.run();
        journal.expect("[x]");
    }

    @Test
    @Covers("node:test-stream-error-once")
    void writesAfterTheEndAreOneError(Loop loop) {
        stream.end();
        stream.write("h");
        stream.write("h");
        loop.run();
        journal.expect("final", "finish", "error write after end", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-finished")
    void thePrefinishIsEmittedInsideTheEndOfASinkWithoutDoFinal(Loop loop) {
        Duplex plain = new PlainSink(loop);
        plain.onPrefinish(journal.note("prefinish"));
        plain.onFinish(journal.note("finish"));
        plain.end();
        journal.expect("prefinish");
        loop.run();
        journal.expect("finish");
    }

    @Test
    @Covers("node:test-stream-writable-finished")
    void thePrefinishIsEmittedInsideTheCompletionOfDoFinal(Loop loop) {
        Runnable gone = journal.note("gone");
        stream.onPrefinish(gone);
        stream.onPrefinish(journal.note("prefinish"));
        stream.offPrefinish(gone);
        stream.holds = true;
        stream.end();
        loop.run();
        journal.expect("final");
        stream.complete();
        journal.expect("prefinish");
        loop.run();
        journal.expect("finish", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-finished")
    void doFinalIsCalledInsideTheEndAndTheFinishIsEmittedLater(Loop loop) {
        stream.onPrefinish(journal.note("prefinish"));
        stream.end();
        journal.expect("final", "prefinish");
        loop.run();
        journal.expect("finish", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-write-writev-finish")
    void aWriteInThePrefinishIsAnErrorAndThereIsNoFinish(Loop loop) {
        Duplex plain = new PlainSink(loop);
        plain.onPrefinish(() -> plain.write("late"));
        plain.onFinish(journal.note("finish"));
        plain.onError(error -> journal.add("error " + error.getMessage()));
        plain.end();
        loop.run();
        journal.expect("error write after end");
    }

    @Test
    @Covers("node:test-stream-writable-write-writev-finish")
    void aWriteInTheFinishIsAnError(Loop loop) {
        Duplex plain = new PlainSink(loop);
        plain.onFinish(() -> plain.write("late"));
        plain.onFinish(journal.note("finish"));
        plain.onError(error -> journal.add("error " + error.getMessage()));
        plain.end();
        loop.run();
        journal.expect("finish", "error write after end");
    }

    /** A sink without doFinal. */
    private static final class PlainSink extends Duplex {

        PlainSink(Loop loop) {
            super(loop, DuplexOptions.defaults().readable(false));
        }

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            done.onComplete(null);
        }
    }
}
