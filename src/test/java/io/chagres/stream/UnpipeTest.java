package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end of a pipe, and its events. */
@ExtendWith(LoopFixture.class)
class UnpipeTest {

    private MemoryDuplex source;
    private MemoryDuplex sink;

    @BeforeEach
    void create(Loop loop) {
        source = MemoryDuplex.readable(loop, 10);
        sink = sink(loop);
    }

    private MemoryDuplex sink(Loop loop) {
        MemoryDuplex made = MemoryDuplex.writable(loop, 10);
        made.onPipe(from -> {
            assertSame(source, from);
            made.journal.add("pipe");
        });
        made.onUnpipe(from -> {
            assertSame(source, from);
            made.journal.add("unpipe");
        });
        return made;
    }

    @Test
    @Covers({"node:test-stream-pipe-event", "node:test-stream-unpipe-event"})
    void thePipeEventIsEmittedInsideTheCallWithTheSource(Loop loop) {
        source.pipe(sink);
        sink.journal.expect("pipe");
        loop.run();
        sink.journal.expect();
        source.unpipe(sink);
        sink.journal.expect("unpipe");
        source.unpipe(sink);
        sink.journal.expect();
        loop.run();
    }

    @Test
    @Covers("node:test-stream-unpipe-event")
    void theEndEndsThePipe(Loop loop) {
        source.source = source::pushNoMore;
        source.pipe(sink);
        loop.run();
        sink.journal.expect("pipe", "final", "unpipe");
        assertTrue(sink.isWritableFinished());
    }

    @Test
    @Covers("node:test-stream-unpipe-event")
    void theEndOfTheSourceEndsOnlyThePipeIfEndIsFalse(Loop loop) {
        source.source = source::pushNoMore;
        assertSame(sink, source.pipe(sink, false));
        loop.run();
        sink.journal.expect("pipe", "unpipe");
        assertTrue(sink.isWritable());
    }

    @Test
    @Covers("node:test-stream-unpipe-event")
    void aPipeWithoutEndCanBeUnpipedByHand(Loop loop) {
        source.pipe(sink, false);
        loop.run();
        sink.journal.expect("pipe");
        source.unpipe(sink);
        loop.run();
        sink.journal.expect("unpipe");
    }

    @Test
    @Covers("node:test-stream-pipe-unpipe-streams")
    void anUnpipeOfOneSinkLeavesTheOtherFlowing(Loop loop) {
        MemoryDuplex other = sink(loop);
        source.pipe(sink);
        source.pipe(other);
        source.unpipe(other);
        source.push("a");
        loop.run();
        sink.journal.expect("pipe", "[a]");
        other.journal.expect("pipe", "unpipe");
        assertFalse(source.isPaused());
        source.unpipe(sink);
        assertTrue(source.isPaused());
        sink.journal.expect("unpipe");
    }

    @Test
    @Covers("node:test-stream-pipe-unpipe-streams")
    void anUnpipeOfAllSinksLeavesNothingBehind(Loop loop) {
        MemoryDuplex other = sink(loop);
        source.pipe(sink);
        source.pipe(other);
        loop.run();
        source.unpipe();
        assertTrue(source.isPaused());
        assertFalse(source.reading.hasDataListeners());
        sink.journal.expect("pipe", "unpipe");
        other.journal.expect("pipe", "unpipe");
        source.resume();
        source.push("dropped");
        source.pushNoMore();
        loop.run();
        sink.journal.expect();
        other.journal.expect();
        assertTrue(sink.isWritable());
    }

    @Test
    @Covers("node:test-stream-pipe-unpipe-streams")
    void aSourceUnpipedAsItStartsToFlowIsPausedOnce(Loop loop) {
        source.onPause(sink.journal.note("pause"));
        source.onResume(() -> source.unpipe(sink));
        source.pipe(sink);
        loop.run();
        sink.journal.expect("pipe", "pause", "unpipe");
    }

    @Test
    @Covers("node:test-stream-pipe-same-destination-twice")
    void ofTwoPipesToOneSinkEachUnpipeTakesOne(Loop loop) {
        source.pipe(sink);
        source.pipe(sink);
        source.unpipe(sink);
        source.push("a");
        loop.run();
        sink.journal.expect("pipe", "pipe", "unpipe", "[a]");
        source.unpipe(sink);
        source.push("b");
        loop.run();
        sink.journal.expect("unpipe");
        assertEquals(1, source.readableLength());
    }

    @Test
    @Covers("node:test-stream-pipe-cleanup")
    void aPipeThatHasEndedLeavesNothingBehind(Loop loop) {
        source.pipe(sink);
        source.pushNoMore();
        loop.run();
        assertFalse(source.reading.hasDataListeners());
        for (int i = 0; i < 10; i++) {
            MemoryDuplex again = MemoryDuplex.readable(loop, 10);
            MemoryDuplex destroyed = sink(loop);
            source = again;
            again.pipe(destroyed);
            destroyed.destroy();
            loop.run();
            destroyed.journal.expect("pipe", "unpipe");
            assertFalse(again.reading.hasDataListeners());
        }
    }

    @Test
    @Covers("node:test-stream-pipe-error-unhandled")
    void anErrorOfTheSinkWithoutAListenerIsUncaught(Loop loop) {
        source.source = () -> source.push("asd");
        source.pipe(sink);
        sink.destroy(new ChagresException("EX", "asd"));
        assertEquals("asd", assertThrows(ChagresException.class, loop::run).getMessage());
        sink.journal.expect("pipe", "unpipe");
        assertTrue(source.isPaused());
        source.destroy();
        loop.run();
    }

    @Test
    @Covers("node:test-stream-pipe-error-handling")
    void anErrorOfTheSinkUnpipesBeforeItsListenersAreCalled(Loop loop) {
        source.pipe(sink);
        loop.run();
        sink.onError(error -> {
            sink.journal.add("error " + error.getMessage());
            source.push("kept");
        });
        sink.destroy(new ChagresException("EX", "asd"));
        loop.run();
        sink.journal.expect("pipe", "unpipe", "error asd");
        assertTrue(source.isPaused());
        assertEquals(4, source.readableLength());
    }

    @Test
    @Covers("node:test-stream2-finish-pipe-error")
    void aSinkThatIsEndedBeforeTheFirstChunkFails(Loop loop) {
        source.source = () -> source.push("x");
        source.pipe(sink);
        sink.holds = true;
        sink.end();
        assertEquals(
                "write after end",
                assertThrows(ChagresException.class, loop::run).getMessage());
        assertEquals("ERR_STREAM_WRITE_AFTER_END", sink.errored().code());
        source.destroy();
        loop.run();
    }

    @Test
    void aSourceThatIsDestroyedLeavesItsSinkAloneAndIsForgotten(Loop loop) {
        source.pipe(sink);
        loop.run();
        source.destroy();
        loop.run();
        sink.journal.expect("pipe");
        sink.destroy();
        loop.run();
        sink.journal.expect();
    }

    @Test
    void aSinkThatIsClosedGetsNothing(Loop loop) {
        sink.destroy();
        loop.run();
        source.push("kept");
        source.pipe(sink);
        loop.run();
        assertEquals(4, source.readableLength());
    }
}
