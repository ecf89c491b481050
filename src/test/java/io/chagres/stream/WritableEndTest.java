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

/** A stream that is ended: what its end callbacks are told, and what it says of itself meanwhile. */
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
    void itHasFinishedFromTheEndsCallbackOn(Loop loop) {
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
    void aFailingWriteIsToldToEveryEnd(Loop loop) {
        stream.holds = true;
        stream.write("asd");
        stream.end(stream.told("first"));
        stream.end(stream.told("second"));
        stream.fail("EX");
        loop.run();
        journal.expect("[asd]", "first EX", "second EX", "error EX", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-end-cb-error")
    void destroyedInItsFinishTheEndIsNotToldAgain(Loop loop) {
        stream.holds = true;
        stream.end(Talk.buffer("asd"), stream.told("ended"));
        stream.onFinish(() -> stream.destroy(new ChagresException("EX", "kaboom")));
        stream.complete();
        stream.complete();
        loop.run();
        journal.expect("[asd]", "final", "ended", "finish", "error kaboom", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-end-cb-error")
    void endedAgainWithDataTheEndsAreToldThatThisWasWrong(Loop loop) {
        stream.holds = true;
        stream.end(Talk.buffer("x"), stream.told("first"));
        stream.end(stream.told("second"));
        assertFalse(stream.isDestroyed());
        stream.end(Talk.buffer("late"), stream.told("third"));
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
    void whatTheSinksEndThrowsIsAnError(Loop loop) {
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
        throwing.end(Talk.buffer("test"), stream.told("ended"));
        loop.run();
        journal.expect(
                "ended ERR_UNHANDLED_ERROR", "error Unhandled error. (java.lang.IllegalStateException: fhqwhgads)");
        assertSame(thrown, throwing.errored().getCause());
    }

    @Test
    @Covers("node:test-stream-err-multiple-callback-construction")
    void aSinkThatEndsTwiceIsAnError(Loop loop) {
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
    void aSinkThatEndsAgainATickLaterHasFinishedAndFails(Loop loop) {
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
    void destroyedRightAfterTheSinksEndSucceededItFinishesAndCloses(Loop loop) {
        stream.holds = true;
        stream.end(stream.told("ended"));
        stream.complete();
        stream.destroy();
        loop.run();
        journal.expect("final", "ended", "finish", "close false");
        assertTrue(stream.isWritableFinished());
        assertFalse(stream.isWritableAborted());
    }

    @Test
    void destroyedThenWithAnErrorItFinishesFailsAndCloses(Loop loop) {
        stream.holds = true;
        stream.end(stream.told("ended"));
        stream.complete();
        stream.destroy(new ChagresException("EX", "kaboom"));
        loop.run();
        journal.expect("final", "ended", "finish", "error kaboom", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-finish-destroyed")
    void withoutAnEndOfItsOwnItDoesNotFinishOnceItIsDestroyed(Loop loop) {
        Duplex plain = new PlainSink(loop);
        plain.onFinish(journal.note("finish"));
        plain.onClose(hadError -> journal.add("close " + hadError));
        plain.end(stream.told("ended"));
        plain.destroy();
        loop.run();
        journal.expect("ended ERR_STREAM_DESTROYED", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-writable")
    void writableUntilItIsEndedOrDestroyed(Loop loop) {
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
    void orUntilAWriteFails(Loop loop) {
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
    void corksAreCountedAndTheLastLetsAllThroughTogether(Loop loop) {
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
    void oneUncorkTooManyChangesNothing(Loop loop) {
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
    void thePrefinishComesInsideTheEndOfASinkThatHasNoneOfItsOwn(Loop loop) {
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
    void itComesInsideTheCompletionOfTheSinksOwnEnd(Loop loop) {
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
    void theSinksOwnEndIsCalledInsideTheEndAndTheFinishComesLater(Loop loop) {
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

    /** A sink without an end of its own. */
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
