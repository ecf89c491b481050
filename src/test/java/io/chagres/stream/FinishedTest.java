package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams.finished: the time and the result of its callback. */
@ExtendWith(LoopFixture.class)
@Covers("node:test-stream-finished")
class FinishedTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        use(new MemoryDuplex(loop));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex;
        journal = duplex.journal;
    }

    private MemoryDuplex watched() {
        Streams.finished(stream, stream.noted("finished"));
        return stream.watched();
    }

    @Test
    void finishedCallsBackAfterTheEndAndTheCloseOfAReadable(Loop loop) {
        use(MemoryDuplex.readable(loop, 10));
        Streams.finished(stream, error -> {
            assertTrue(stream.isClosed());
            journal.add("finished");
        });
        stream.pushNoMore();
        stream.resume();
        loop.run();
        journal.expect("finished");
    }

    @Test
    void finishedCallsBackAfterTheFinishAndTheCloseOfAWritable(Loop loop) {
        use(MemoryDuplex.writable(loop, 10));
        watched().end();
        loop.run();
        journal.expect("final", "finish", "finished", "close false");
    }

    @Test
    void finishedCallsBackAfterTheEndAndTheFinishOfADuplex(Loop loop) {
        watched().end();
        loop.run();
        journal.expect("final", "finish");
        stream.pushNoMore();
        loop.run();
        journal.expect();
        stream.resume();
        loop.run();
        journal.expect("end", "finished", "close false");
    }

    @Test
    void finishedDoesNotWaitForACloseWithoutAutoDestroy(Loop loop) {
        use(new MemoryDuplex(loop, DuplexOptions.defaults().highWaterMark(10).autoDestroy(false)));
        watched().end();
        stream.pushNoMore();
        stream.resume();
        loop.run();
        journal.expect("final", "finish", "finished", "end");
        Streams.finished(stream, stream.noted("again"));
        journal.expect();
        loop.run();
        journal.expect("again");
    }

    @Test
    void finishedReadingAndFinishedWritingWaitForOneSideOnly(Loop loop) {
        Streams.finishedReading(stream, stream.noted("read"));
        Streams.finishedWriting(stream, stream.noted("written"));
        stream.holds = true;
        stream.end("foo");
        stream.pushNoMore();
        stream.resume();
        loop.run();
        journal.expect("[foo]", "read");
        stream.complete();
        loop.run();
        journal.expect("final");
        stream.complete();
        loop.run();
        journal.expect("written");
    }

    @Test
    void finishedReadingCallsBackIfTheSideHasEndedAlready(Loop loop) {
        stream.end();
        stream.pushNoMore();
        stream.resume();
        stream.onEnd(() -> Streams.finishedReading(stream, stream.noted("read")));
        stream.onFinish(() -> Streams.finishedWriting(stream, stream.noted("written")));
        loop.run();
        journal.expect("final", "written", "read");
    }

    @Test
    void aSideThatAStreamDoesNotHaveIsNotAwaited(Loop loop) {
        use(MemoryDuplex.writable(loop, 10));
        Streams.finishedReading(stream, stream.noted("read"));
        journal.expect();
        loop.run();
        journal.expect("read");
    }

    @Test
    void finishedCallsBackWithTheErrorInTheErrorEventAndCountsAsItsListener(Loop loop) {
        Streams.finished(stream, stream.noted("finished"));
        stream.destroy(new ChagresException("EX", "x"));
        loop.run();
        journal.expect("finished EX");
    }

    @Test
    void finishedCallsBackWithPrematureCloseAfterACloseBeforeTheEnd(Loop loop) {
        watched();
        stream.push("asd");
        stream.pushNoMore();
        stream.destroy();
        loop.run();
        journal.expect("finished ERR_STREAM_PREMATURE_CLOSE", "close false");
    }

    @Test
    void finishedCallsBackWithPrematureCloseAfterACloseBeforeTheFinish(Loop loop) {
        use(MemoryDuplex.writable(loop, 10));
        watched();
        stream.holds = true;
        stream.end("asd");
        stream.destroy();
        loop.run();
        journal.expect("[asd]", "finished ERR_STREAM_PREMATURE_CLOSE", "close false");
        stream.completeAll();
        loop.run();
    }

    @Test
    void finishedWaitsForTheCloseOfAStreamThatIsDestroyedAlready(Loop loop) {
        List<Completion> held = new ArrayList<>();
        Duplex slow = new Duplex(loop, DuplexOptions.defaults().writable(false)) {
            @Override
            protected void doDestroy(ChagresException error, Completion done) {
                held.add(done);
            }
        };
        slow.destroy();
        Streams.finished(slow, stream.noted("finished"));
        loop.run();
        journal.expect();
        held.getFirst().onComplete(null);
        loop.run();
        journal.expect("finished ERR_STREAM_PREMATURE_CLOSE");
    }

    @Test
    void finishedOfAClosedStreamCallsBackOnATick(Loop loop) {
        stream.onError(error -> {});
        stream.destroy(new ChagresException("EX", "x"));
        loop.run();
        Streams.finished(stream, error -> {
            journal.add(error.code());
            Streams.finished(stream, stream.noted("again"));
        });
        journal.expect();
        loop.run();
        journal.expect("EX", "again EX");
    }

    @Test
    void aFinishedCallbackThatWasRemovedIsNotCalled(Loop loop) {
        Streams.finished(stream, stream.noted("finished")).run();
        stream.destroy();
        Streams.finished(stream, stream.noted("finished")).run();
        loop.run();
        Streams.finished(stream, stream.noted("finished")).run();
        loop.run();
        journal.expect();
    }

    @Test
    void finishedDoesNotCallBackForAStreamThatIsNeverRead(Loop loop) {
        watched();
        stream.onFinish(() -> Streams.finished(stream, stream.noted("later")));
        stream.push("x");
        stream.pushNoMore();
        stream.end();
        loop.run();
        journal.expect("final", "finish");
    }

    @Test
    @Covers("node:test-stream-end-of-streams")
    void finishedRequiresAStreamAndACallback(Loop loop) {
        assertThrows(UsageException.class, () -> Streams.finished(null, error -> {}));
        assertEquals(
                "callback must not be null",
                assertThrows(UsageException.class, () -> Streams.finished(stream, null))
                        .getMessage());
    }

    @Test
    @Covers("node:test-stream-promises")
    void finishedCompletesAFutureInOneLine(Loop loop) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        Streams.finished(stream, error -> {
            if (error == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(error);
            }
        });
        stream.end();
        stream.pushNoMore();
        stream.resume();
        loop.run();
        assertTrue(future.isDone() && !future.isCompletedExceptionally());
    }

    /** After the callback the listeners are removed: a later error goes to the user. */
    @Test
    @Covers("node:test-stream-promises")
    void finishedLeavesNoListenerBehind(Loop loop) {
        Streams.finishedWriting(stream, stream.noted("written"));
        stream.end();
        loop.run();
        journal.expect("final", "written");
        stream.destroy(new ChagresException("EX", "no listener"));
        assertEquals(
                "no listener", assertThrows(ChagresException.class, loop::run).getMessage());
    }
}
