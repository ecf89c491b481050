package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Node's rules of writing, on a duplex as a user would make one. */
@ExtendWith(LoopFixture.class)
class WritableSideTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        use(MemoryDuplex.withMark(loop, 10));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex.watched();
        journal = duplex.journal;
    }

    @Test
    @Covers({"node:test-stream-write-drain", "node:test-stream-writable-needdrain-state"})
    void aWriteReturnsFalseFromTheMarkOnAndTheDrainFollowsWhenAllIsWritten(Loop loop) {
        stream.holds = true;
        assertTrue(stream.write("123456789"));
        assertFalse(stream.write("0"));
        assertFalse(stream.write("x"));
        assertEquals(11, stream.writableLength());
        assertTrue(stream.writableNeedDrain());
        stream.complete();
        assertTrue(stream.writableNeedDrain());
        stream.complete();
        stream.complete();
        assertFalse(stream.writableNeedDrain());
        loop.run();
        journal.expect("[123456789]", "[0]", "[x]", "drain");
    }

    @Test
    @Covers("node:test-stream-big-packet")
    void bytesThatTheSinkTakesAtOnceDoNotCount(Loop loop) {
        assertTrue(stream.write("far more than ten bytes"));
        assertEquals(0, stream.writableLength());
        loop.run();
        journal.expect("[far more than ten bytes]");
    }

    @Test
    @Covers("node:test-streams-highwatermark")
    void withAMarkOf0AWriteReturnsFalseUnlessItCompletesAtOnce(Loop loop) {
        use(MemoryDuplex.withMark(loop, 0));
        assertTrue(stream.write("a"));
        stream.holds = true;
        assertFalse(stream.write("b"));
        stream.complete();
        loop.run();
        journal.expect("[a]", "[b]", "drain");
    }

    @Test
    @Covers("node:test-streams-highwatermark")
    void aNegativeMarkIsRefused() {
        assertEquals(
                "ERR_INVALID_ARG_VALUE",
                assertThrows(
                                UsageException.class,
                                () -> DuplexOptions.defaults()
                                        .readableHighWaterMark(-1)
                                        .writableHighWaterMark(0))
                        .code());
        assertEquals(
                "ERR_INVALID_ARG_VALUE",
                assertThrows(
                                UsageException.class,
                                () -> DuplexOptions.defaults()
                                        .readableHighWaterMark(0)
                                        .writableHighWaterMark(-5))
                        .code());
        assertEquals(64 * 1024, DuplexOptions.defaults().writableHighWaterMark());
    }

    @Test
    void aCallbackIsCalledOnATickIfTheSinkCompletesAtOnce(Loop loop) {
        stream.write("a", stream.noted("done a"));
        stream.write("b", stream.noted("done b"));
        journal.expect("[a]", "[b]");
        loop.run();
        journal.expect("done a", "done b");
    }

    @Test
    void aCallbackIsCalledInsideALaterCompletionWhenTheNextWriteHasBegun(Loop loop) {
        stream.holds = true;
        stream.write("a", stream.noted("done a"));
        stream.write("b", stream.noted("done b"));
        stream.complete();
        journal.expect("[a]", "[b]", "done a");
        stream.complete();
        journal.expect("done b");
        loop.run();
        journal.expect();
    }

    @Test
    @Covers({"node:test-stream-writev", "node:test-stream-writable-clear-buffer"})
    void writesThatWaitGoTogetherIfTheSinkTakesSeveral(Loop loop) {
        stream.holds = true;
        stream.vectored = true;
        for (String text : new String[] {"a", "b", "c"}) {
            stream.write(text, stream.noted("done " + text));
        }
        stream.complete();
        journal.expect("[a]", "[b|c]", "done a");
        stream.write("d", stream.noted("done d"));
        stream.complete();
        journal.expect("[d]", "done b", "done c");
        stream.complete();
        loop.run();
        journal.expect("done d");
    }

    @Test
    @Covers({"node:test-stream3-cork-uncork", "node:test-stream-writable-properties"})
    void corkedWritesWaitForTheLastUncork(Loop loop) {
        stream.vectored = true;
        stream.cork();
        stream.cork();
        stream.write("a");
        stream.write("b");
        stream.uncork();
        journal.expect();
        stream.uncork();
        stream.uncork();
        journal.expect("[a|b]");
        stream.write("c");
        loop.run();
        journal.expect("[c]");
    }

    @Test
    @Covers("node:test-stream3-cork-end")
    void anEndUndoesAllCorks(Loop loop) {
        stream.vectored = true;
        stream.cork();
        stream.cork();
        stream.write("a");
        stream.end("b");
        loop.run();
        journal.expect("[a|b]", "final", "finish");
    }

    @Test
    @Covers({
        "node:test-stream-write-final",
        "node:test-stream-writable-finished",
        "node:test-stream-writable-final-async"
    })
    void theFinishIsEmittedATickAfterTheEndOfTheSink(Loop loop) {
        stream.holds = true;
        stream.end(ByteBuffer.allocate(0), stream.noted("ended"));
        assertTrue(stream.isWritableEnded());
        assertFalse(stream.isWritable());
        stream.complete();
        loop.run();
        journal.expect("[]", "final");
        assertFalse(stream.isWritableFinished());
        stream.complete();
        journal.expect();
        loop.run();
        journal.expect("ended", "finish");
        assertTrue(stream.isWritableFinished());
    }

    @Test
    void theFinishIsEmittedAfterAllCallbacks(Loop loop) {
        stream.write("a", stream.noted("done a"));
        stream.write("b", stream.noted("done b"));
        stream.end("c");
        loop.run();
        journal.expect("[a]", "[b]", "[c]", "done a", "done b", "final", "finish");
    }

    @Test
    @Covers({"node:test-stream-writable-end-multiple", "node:test-stream-writable-ended-state"})
    void aStreamThatIsEndedTwiceFinishesOnceAndCallsBothCallbacks(Loop loop) {
        stream.end(stream.noted("first"));
        stream.end(stream.noted("second"));
        loop.run();
        journal.expect("final", "first", "second", "finish");
        stream.end(stream.noted("third"));
        loop.run();
        journal.expect("third ERR_STREAM_ALREADY_FINISHED");
    }

    @Test
    void aWriteInsideACallbackGoesBehindTheWritesThatWait(Loop loop) {
        stream.holds = true;
        stream.write("a", error -> stream.write("c", stream.noted("done c")));
        stream.write("b", stream.noted("done b"));
        while (!stream.held.isEmpty()) {
            stream.complete();
        }
        loop.run();
        journal.expect("[a]", "[b]", "[c]", "done b", "done c");
    }
}
