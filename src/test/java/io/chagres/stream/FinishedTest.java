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

/** When Streams.finished calls back, and with what. */
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
        Streams.finished(stream, stream.told("finished"));
        return stream.watched();
    }

    @Test
    void aReadableAfterItsEndAndClose(Loop loop) {
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
    void aWritableAfterItsFinishAndClose(Loop loop) {
        use(MemoryDuplex.writable(loop, 10));
        watched().end();
        loop.run();
        journal.expect("final", "finish", "finished", "close false");
    }

    @Test
    void aDuplexAfterBoth(Loop loop) {
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
    void oneThatDoesNotDestroyItselfWithoutAClose(Loop loop) {
        use(new MemoryDuplex(loop, DuplexOptions.defaults().highWaterMark(10).autoDestroy(false)));
        watched().end();
        stream.pushNoMore();
        stream.resume();
        loop.run();
        journal.expect("final", "finish", "finished", "end");
        Streams.finished(stream, stream.told("again"));
        journal.expect();
        loop.run();
        journal.expect("again");
    }

    @Test
    void oneDirectionAlone(Loop loop) {
        Streams.finishedReading(stream, stream.told("read"));
        Streams.finishedWriting(stream, stream.told("written"));
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
    void oneDirectionThatIsOverAlready(Loop loop) {
        stream.end();
        stream.pushNoMore();
        stream.resume();
        stream.onEnd(() -> Streams.finishedReading(stream, stream.told("read")));
        stream.onFinish(() -> Streams.finishedWriting(stream, stream.told("written")));
        loop.run();
        journal.expect("final", "written", "read");
    }

    @Test
    void aDirectionThatThereIsNotIsOver(Loop loop) {
        use(MemoryDuplex.writable(loop, 10));
        Streams.finishedReading(stream, stream.told("read"));
        journal.expect();
        loop.run();
        journal.expect("read");
    }

    @Test
    void anErrorIsToldWithTheErrorEventAndHeard(Loop loop) {
        Streams.finished(stream, stream.told("finished"));
        stream.destroy(new ChagresException("EX", "x"));
        loop.run();
        journal.expect("finished EX");
    }

    @Test
    void aCloseBeforeTheEndIsPremature(Loop loop) {
        watched();
        stream.push("asd");
        stream.pushNoMore();
        stream.destroy();
        loop.run();
        journal.expect("finished ERR_STREAM_PREMATURE_CLOSE", "close false");
    }

    @Test
    void soIsOneBeforeTheFinish(Loop loop) {
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
    void destroyedBeforeItIsAskedItWaitsForTheClose(Loop loop) {
        List<Completion> held = new ArrayList<>();
        Duplex slow = new Duplex(loop, DuplexOptions.defaults().writable(false)) {
            @Override
            protected void doDestroy(ChagresException error, Completion done) {
                held.add(done);
            }
        };
        slow.destroy();
        Streams.finished(slow, stream.told("finished"));
        loop.run();
        journal.expect();
        held.getFirst().onComplete(null);
        loop.run();
        journal.expect("finished ERR_STREAM_PREMATURE_CLOSE");
    }

    @Test
    void ofAClosedStreamItIsToldOnATick(Loop loop) {
        stream.onError(error -> {});
        stream.destroy(new ChagresException("EX", "x"));
        loop.run();
        Streams.finished(stream, error -> {
            journal.add(error.code());
            Streams.finished(stream, stream.told("again"));
        });
        journal.expect();
        loop.run();
        journal.expect("EX", "again EX");
    }

    @Test
    void takenOffItIsNotTold(Loop loop) {
        Streams.finished(stream, stream.told("finished")).run();
        stream.destroy();
        Streams.finished(stream, stream.told("finished")).run();
        loop.run();
        Streams.finished(stream, stream.told("finished")).run();
        loop.run();
        journal.expect();
    }

    @Test
    void whatEndsButIsNeverReadIsNeverFinished(Loop loop) {
        watched();
        stream.onFinish(() -> Streams.finished(stream, stream.told("later")));
        stream.push("x");
        stream.pushNoMore();
        stream.end();
        loop.run();
        journal.expect("final", "finish");
    }

    @Test
    @Covers("node:test-stream-end-of-streams")
    void itWantsAStreamAndACallback(Loop loop) {
        assertThrows(UsageException.class, () -> Streams.finished(null, error -> {}));
        assertEquals(
                "callback must not be null",
                assertThrows(UsageException.class, () -> Streams.finished(stream, null))
                        .getMessage());
    }

    @Test
    @Covers("node:test-stream-promises")
    void aFutureIsOneLine(Loop loop) {
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

    /** What has called back listens no longer: a later error is for the user. */
    @Test
    @Covers("node:test-stream-promises")
    void itLeavesNoListenerBehind(Loop loop) {
        Streams.finishedWriting(stream, stream.told("written"));
        stream.end();
        loop.run();
        journal.expect("final", "written");
        stream.destroy(new ChagresException("EX", "nobody listens"));
        assertEquals(
                "nobody listens",
                assertThrows(ChagresException.class, loop::run).getMessage());
    }
}
