package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A duplex whose options switch autoDestroy off: an error is emitted, and the stream stays until it is destroyed by a call. */
@ExtendWith(LoopFixture.class)
class AutoDestroyOffTest {

    private static final DuplexOptions KEPT =
            DuplexOptions.defaults().highWaterMark(10).autoDestroy(false);

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        stream = new MemoryDuplex(loop, KEPT).watched();
        journal = stream.journal;
    }

    @Test
    @Covers({"node:test-stream-writable-write-error", "node:test-stream-writable-destroy"})
    void aFailedWriteIsAnErrorAndTheStreamIsNotDestroyed(Loop loop) {
        stream.holds = true;
        stream.write("a", stream.noted("done a"));
        stream.write("b", stream.noted("done b"));
        stream.fail("EX");
        journal.expect("[a]", "done a EX", "done b EX");
        loop.run();
        journal.expect("error EX");
        assertFalse(stream.isDestroyed());
        assertFalse(stream.isWritable());
        assertEquals("EX", stream.errored().code());
        stream.destroy();
        loop.run();
        journal.expect("close false");
    }

    @Test
    void aWriteAfterTheErrorCompletesAtTheDestruction(Loop loop) {
        stream.holds = true;
        stream.write("a");
        stream.fail("EX");
        assertFalse(stream.write("b", stream.noted("done b")));
        stream.end(stream.noted("ended"));
        loop.run();
        journal.expect("[a]", "error EX", "ended EX");
        stream.destroy();
        loop.run();
        journal.expect("done b EX", "close false");
    }

    @Test
    @Covers({"node:test-stream-writable-write-error", "node:test-stream-error-once"})
    void anErrorIsEmittedOnceHoweverManyFollow(Loop loop) {
        stream.end();
        stream.write("h", stream.noted("done h"));
        stream.write("i", stream.noted("done i"));
        stream.pushNoMore();
        stream.push("late");
        loop.run();
        journal.expect(
                "final",
                "finish",
                "done h ERR_STREAM_WRITE_AFTER_END",
                "error write after end",
                "done i ERR_STREAM_WRITE_AFTER_END");
        assertFalse(stream.isDestroyed());
        stream.destroy(new ChagresException("EY", "later"));
        loop.run();
        journal.expect("close true");
    }

    @Test
    void afterAnErrorTheSourceIsNotAskedAndThereIsNoEnd(Loop loop) {
        stream.flowing();
        stream.source = () -> {
            throw new IllegalStateException("dry");
        };
        loop.run();
        journal.expect("error Unhandled error. (java.lang.IllegalStateException: dry)");
        assertFalse(stream.push("x"));
        stream.pushNoMore();
        stream.read();
        loop.run();
        journal.expect();
        assertEquals(1, stream.reads);
        assertFalse(stream.isDestroyed());
    }

    @Test
    void aFailedEndOfTheSinkCompletesItsCallbacksBeforeTheErrorEvent(Loop loop) {
        stream.holds = true;
        stream.end(stream.noted("ended"));
        stream.fail("EX");
        loop.run();
        journal.expect("final", "ended EX", "error EX");
        assertFalse(stream.isDestroyed());
    }

    @Test
    @Covers("node:test-stream-pipe-error-handling")
    void aSinkThatFailsIsUnpipedBeforeItsErrorListenersAreCalled(Loop loop) {
        MemoryDuplex source = MemoryDuplex.readable(loop, 10);
        MemoryDuplex sink = new MemoryDuplex(loop, KEPT);
        sink.onUnpipe(from -> journal.add("unpipe"));
        sink.watched();
        sink.onError(error -> journal.add("done"));
        sink.holds = true;
        source.pipe(sink);
        source.push("x");
        loop.run();
        sink.fail("EX");
        loop.run();
        journal.expect("unpipe", "done");
        sink.journal.expect("[x]", "error EX");
        assertTrue(source.isPaused());
    }

    @Test
    void finishedCallsBackWithTheErrorEvenIfItIsCalledAfterTheError(Loop loop) {
        Streams.finished(stream, stream.noted("finished"));
        stream.end();
        stream.write("h");
        loop.run();
        journal.expect("final", "finish", "error write after end", "finished ERR_STREAM_WRITE_AFTER_END");
        Streams.finished(stream, stream.noted("again"));
        loop.run();
        journal.expect("again ERR_STREAM_WRITE_AFTER_END");
    }

    @Test
    void aPipelineThatFailsDestroysAStreamWithoutAutoDestroy(Loop loop) {
        MemoryDuplex source = MemoryDuplex.readable(loop, 10);
        Streams.pipeline(List.of(source, stream), stream.noted("pipeline"));
        stream.holds = true;
        source.push("x");
        loop.run();
        stream.fail("EX");
        loop.run();
        journal.expect("[x]", "error EX", "close true", "pipeline EX");
        assertTrue(source.isDestroyed());
    }

    @Test
    void anErrorWithoutAListenerIsUncaughtWithoutAutoDestroyToo(Loop loop) {
        MemoryDuplex silent = new MemoryDuplex(loop, KEPT);
        silent.end();
        silent.write("late");
        assertEquals(
                "write after end",
                assertThrows(ChagresException.class, loop::run).getMessage());
        assertFalse(silent.isDestroyed());
    }
}
