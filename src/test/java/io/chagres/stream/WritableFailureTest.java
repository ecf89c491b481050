package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A duplex whose sink fails, or that is destroyed during a write: the order of callbacks and events. */
@ExtendWith(LoopFixture.class)
class WritableFailureTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.withMark(loop, 10).watched();
        journal = stream.journal;
    }

    @Test
    @Covers({
        "node:test-stream-writable-write-error",
        "node:test-stream-writable-write-cb-error",
        "node:test-stream-writable-write-writev-finish"
    })
    void aFailureCompletesItsWriteThenThoseThatWaitThenTheEndThenTheErrorIsEmitted(Loop loop) {
        stream.holds = true;
        stream.write("a", stream.noted("done a"));
        stream.write("b", stream.noted("done b"));
        stream.end(stream.noted("ended"));
        stream.fail("EX");
        assertTrue(stream.isDestroyed());
        journal.expect("[a]", "done a EX", "done b EX", "ended EX");
        loop.run();
        journal.expect("error EX", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-write-error")
    void aFailureInsideTheCallMakesTheWriteAnswerFalseAndNoOtherBegins(Loop loop) {
        Duplex failing = new FailingDuplex(loop);
        failing.onError(error -> journal.add("error " + error.code()));
        assertFalse(failing.write(ByteBuffer.allocate(1), stream.noted("done a")));
        assertFalse(failing.write(ByteBuffer.allocate(1), stream.noted("done b")));
        assertFalse(failing.isWritable());
        failing.end(stream.noted("ended"));
        journal.expect();
        loop.run();
        assertEquals(1, ((FailingDuplex) failing).writes);
        journal.expect("done a EX", "done b EX", "ended EX", "error EX");
    }

    @Test
    void aWriteCancelledInACallbackCompletesAfterTheWriteThatSucceededMeanwhile(Loop loop) {
        stream.holds = true;
        stream.write("a", error -> {
            stream.cork();
            stream.write("c", stream.noted("done c"));
            stream.destroy();
        });
        stream.write("b", stream.noted("done b"));
        stream.holds = false;
        stream.complete();
        loop.run();
        journal.expect("[a]", "[b]", "done b", "done c ERR_STREAM_DESTROYED", "close false");
    }

    @Test
    @Covers({"node:test-stream-writable-write-cb-twice", "node:test-stream-err-multiple-callback-construction"})
    void aSinkThatCompletesAWriteTwiceIsAnError(Loop loop) {
        stream.holds = true;
        stream.write("a");
        Completion done = stream.held.remove();
        done.onComplete(null);
        done.onComplete(null);
        loop.run();
        journal.expect("[a]", "error Callback called multiple times", "close true");
    }

    @Test
    @Covers({"node:test-stream-writable-destroy", "node:test-stream-writable-finish-destroyed"})
    void afterADestructionTheWriteThatIsWithTheSinkCompletesFirstAndThenTheOthers(Loop loop) {
        stream.holds = true;
        stream.write("a", stream.noted("done a"));
        stream.write("b", stream.noted("done b"));
        stream.end(stream.noted("ended"));
        stream.destroy();
        loop.run();
        journal.expect("[a]", "close false");
        stream.complete();
        loop.run();
        journal.expect("done a", "done b ERR_STREAM_DESTROYED", "ended ERR_STREAM_DESTROYED");
    }

    @Test
    void writesThatADestroyCancelledAreNotCountedAnyMore(Loop loop) {
        stream.holds = true;
        stream.write("a");
        stream.write("bb");
        stream.write("ccc");
        assertEquals(6, stream.writableLength());
        assertEquals(5, stream.waitingBytes());
        stream.destroy();
        stream.complete();
        loop.run();
        assertEquals(0, stream.writableLength());
        assertEquals(0, stream.waitingBytes());
    }

    @Test
    @Covers("node:test-stream-writable-final-destroy")
    void aDestructionWhileTheSinkEndsPreventsTheFinish(Loop loop) {
        stream.holds = true;
        stream.end();
        stream.destroy();
        stream.complete();
        loop.run();
        journal.expect("final", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-write-writev-finish")
    void aVectorThatFailsFailsEachOfItsWritesAndThereIsNoFinish(Loop loop) {
        stream.holds = true;
        stream.vectored = true;
        stream.cork();
        stream.write("a", stream.noted("done a"));
        stream.write("b", stream.noted("done b"));
        stream.uncork();
        stream.end(stream.noted("ended"));
        stream.fail("EX");
        loop.run();
        journal.expect("[a|b]", "done a EX", "done b EX", "ended EX", "error EX", "close true");
    }

    /** Each of Node's variants: a write or a vector that fails inside the call or later, written by hand or by a pipe. */
    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    @Covers("node:test-stream-writable-write-writev-finish")
    void aFailedWritePreventsPrefinishAndFinish(boolean vectored, boolean later, Loop loop) {
        stream.onPrefinish(journal.note("prefinish"));
        stream.holds = true;
        stream.vectored = vectored;
        stream.taking = data -> failSoon(loop, later);
        if (vectored) {
            stream.cork();
            stream.write("a");
        }
        loop.execute(() -> {
            stream.end("b");
            if (vectored) {
                failSoon(loop, later);
            }
        });
        loop.run();
        journal.expect(vectored ? "[a|b]" : "[b]", "error EX", "close true");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers("node:test-stream-writable-write-writev-finish")
    void aFailedWriteOfAPipePreventsPrefinishAndFinish(boolean later, Loop loop) {
        MemoryDuplex source = MemoryDuplex.readable(loop, 10);
        source.push("ok");
        source.pushNoMore();
        stream.holds = true;
        stream.taking = data -> failSoon(loop, later);
        source.pipe(stream);
        loop.run();
        journal.expect("[ok]", "error EX", "close true");
    }

    private void failSoon(Loop loop, boolean later) {
        if (later) {
            loop.execute(() -> stream.fail("EX"));
        } else {
            stream.fail("EX");
        }
    }

    @Test
    @Covers({"node:test-stream-duplex-destroy", "node:test-stream-writable-destroy"})
    void corkedWritesCompleteWithErrStreamDestroyed(Loop loop) {
        stream.cork();
        stream.write("a", stream.noted("done a"));
        stream.destroy();
        stream.end(stream.noted("ended"));
        loop.run();
        journal.expect("done a ERR_STREAM_DESTROYED", "close false", "ended ERR_STREAM_DESTROYED");
    }

    @Test
    void aSinkWhoseEndFailsCompletesTheCallbacksAndEmitsTheError(Loop loop) {
        stream.holds = true;
        stream.end(stream.noted("ended"));
        stream.fail("EX");
        loop.run();
        journal.expect("final", "ended EX", "error EX", "close true");
    }

    /** A sink that fails inside the call of doWrite. */
    private static final class FailingDuplex extends Duplex {

        int writes;

        FailingDuplex(Loop loop) {
            super(loop, DuplexOptions.defaults());
        }

        @Override
        protected void doRead() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            writes++;
            done.onComplete(new ChagresException("EX", "EX"));
        }
    }
}
