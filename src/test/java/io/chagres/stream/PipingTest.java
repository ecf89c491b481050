package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Node's rules of pipe. */
@ExtendWith(LoopFixture.class)
class PipingTest {

    private MemoryDuplex source;
    private MemoryDuplex sink;
    private MemoryDuplex other;

    @BeforeEach
    void create(Loop loop) {
        source = MemoryDuplex.withMark(loop, 10);
        sink = MemoryDuplex.withMark(loop, 2).watched();
        other = MemoryDuplex.withMark(loop, 2).watched();
    }

    @Test
    @Covers({"node:test-stream-pipe-flow", "node:test-stream-pipe-cleanup"})
    void aPipePassesChunksAndTheEnd(Loop loop) {
        assertSame(sink, source.pipe(sink));
        source.push("a");
        source.push("b");
        source.pushNoMore();
        loop.run();
        sink.journal.expect("[a]", "[b]", "final", "finish");
    }

    @Test
    @Covers("node:test-stream-pipe-needDrain")
    void aSinkThatIsFullHoldsTheSourceBackUntilItDrains(Loop loop) {
        sink.holds = true;
        source.pipe(sink);
        source.push("abc");
        loop.run();
        assertTrue(source.isPaused());
        source.push("def");
        loop.run();
        sink.journal.expect("[abc]");
        sink.complete();
        loop.run();
        sink.journal.expect("drain", "[def]");
    }

    @Test
    @Covers("node:test-stream-pipe-needDrain")
    void aSourceWaitsForASinkThatIsFullAlready(Loop loop) {
        sink.holds = true;
        sink.write("full");
        source.pipe(sink);
        source.push("a");
        loop.run();
        assertTrue(source.isPaused());
        sink.complete();
        loop.run();
        sink.journal.expect("[full]", "drain", "[a]");
    }

    @Test
    @Covers("node:test-stream-pipe-deadlock")
    void aSourceThatHasEndedAlreadyWaitsForASinkThatIsFull(Loop loop) {
        sink.holds = true;
        sink.write("full");
        source.push("a");
        source.pushNoMore();
        source.pipe(sink);
        loop.run();
        sink.complete();
        loop.run();
        sink.complete();
        loop.run();
        sink.journal.expect("[full]", "drain", "[a]", "final");
        sink.complete();
        loop.run();
        sink.journal.expect("finish");
    }

    @Test
    void aPausedSourceFlowsWhenItIsPiped(Loop loop) {
        source.pause();
        source.push("a");
        source.pipe(sink);
        loop.run();
        sink.journal.expect("[a]");
    }

    @Test
    void aSourceThatItsUserPausesStaysPausedWhenTheSinkDrains(Loop loop) {
        sink.holds = true;
        source.pipe(sink);
        loop.run();
        source.pause();
        sink.write("by another user");
        sink.complete();
        loop.run();
        sink.journal.expect("[by another user]", "drain");
        assertTrue(source.isPaused());
    }

    @Test
    @Covers({"node:test-stream-pipe-multiple-pipes", "node:test-stream-pipe-await-drain"})
    void ofSeveralSinksTheSlowestDecides(Loop loop) {
        sink.holds = true;
        other.holds = true;
        source.pipe(sink);
        source.pipe(other);
        source.push("abc");
        loop.run();
        source.push("def");
        sink.complete();
        loop.run();
        assertTrue(source.isPaused());
        sink.journal.expect("[abc]", "drain");
        other.journal.expect("[abc]");
        other.complete();
        loop.run();
        sink.journal.expect("[def]");
        other.journal.expect("drain", "[def]");
    }

    @Test
    @Covers("node:test-stream2-unpipe-drain")
    void aSourceDoesNotWaitForASinkThatHasClosed(Loop loop) {
        sink.holds = true;
        source.pipe(sink);
        source.pipe(other);
        source.push("abc");
        loop.run();
        source.push("def");
        sink.destroy();
        loop.run();
        sink.journal.expect("[abc]", "close false");
        other.journal.expect("[abc]", "[def]");
    }

    @Test
    void theSourceIsLeftPausedAndAliveAfterItsLastSinkHasClosed(Loop loop) {
        source.pipe(sink);
        loop.run();
        sink.destroy();
        loop.run();
        source.push("kept");
        loop.run();
        assertTrue(source.isPaused());
        assertFalse(source.isDestroyed());
        assertEquals(4, source.readableLength());
    }

    @Test
    @Covers("node:test-stream2-finish-pipe")
    void aSinkThatItsUserEndsIsLeftAlone(Loop loop) {
        source.pipe(sink);
        sink.end();
        loop.run();
        source.push("late");
        loop.run();
        sink.journal.expect("final", "finish");
    }

    @Test
    @Covers("node:test-stream-pipe-same-destination-twice")
    void theSameSinkTwiceGetsEverythingTwice(Loop loop) {
        source.pipe(sink);
        source.pipe(sink);
        source.push("a");
        source.push("b");
        loop.run();
        sink.journal.expect("[a]", "[a]", "[b]", "[b]");
    }

    @Test
    @Covers("node:test-stream-pipe-after-end")
    void aSourceThatHasEndedEndsTheSink(Loop loop) {
        source.pushNoMore();
        source.resume();
        loop.run();
        assertTrue(source.isReadableEnded());
        source.pipe(sink);
        loop.run();
        sink.journal.expect("final", "finish");
    }

    @Test
    @Covers("node:test-stream-pipe-after-end")
    void aSourceThatHasEndedAndClosedEndsTheSink(Loop loop) {
        source = MemoryDuplex.readable(loop, 10);
        source.pushNoMore();
        source.resume();
        loop.run();
        assertTrue(source.isClosed());
        source.pipe(sink);
        loop.run();
        sink.journal.expect("final", "finish");
    }

    @Test
    void aSourceThatClosedBeforeItsEndDoesNotEndTheSink(Loop loop) {
        source.destroy();
        loop.run();
        source.pipe(sink);
        loop.run();
        sink.journal.expect();
        assertTrue(sink.isWritable());
    }

    @Test
    @Covers("node:test-stream-pipe-error-handling")
    void anErrorOfTheSourceDoesNotEndTheSink(Loop loop) {
        source.onError(error -> {});
        source.pipe(sink);
        source.destroy(new ChagresException("EX", "x"));
        loop.run();
        sink.journal.expect();
        assertTrue(sink.isWritable());
    }

    @Test
    void aChainOfPipesPassesAllBytes(Loop loop) {
        MemoryDuplex middle = MemoryDuplex.withMark(loop, 10);
        source.pipe(middle).pipe(sink);
        middle.push("from the middle");
        source.push("to the middle");
        loop.run();
        middle.journal.expect("[to the middle]");
        sink.journal.expect("[from the middle]");
    }
}
