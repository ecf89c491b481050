package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A duplex with a construct step: the calls that wait for the step, and its failures. */
@ExtendWith(LoopFixture.class)
@Covers("node:test-stream-construct")
class ConstructTest {

    private static final DuplexOptions OPTIONS = DuplexOptions.defaults().highWaterMark(10);

    private MemoryDuplex stream;
    private Journal journal;
    /** The completion of a step that the test completes itself. */
    private Completion step;

    @BeforeEach
    void create(Loop loop) {
        use(constructing(loop, OPTIONS, done -> step = done));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex.watched();
        journal = duplex.journal;
    }

    /** A duplex that notes its construct step and its destruction. */
    private static MemoryDuplex constructing(Loop loop, DuplexOptions options, Consumer<Completion> step) {
        return new MemoryDuplex(loop, options) {
            {
                constructWith(done -> {
                    journal.add("construct");
                    step.accept(done);
                });
            }

            @Override
            protected void doDestroy(ChagresException error, Completion done) {
                journal.add(error == null ? "destroy" : "destroy " + error.getMessage());
                done.onComplete(error);
            }
        };
    }

    private static ChagresException error(String message) {
        return new ChagresException("EX", message);
    }

    @Test
    void theStepRunsOnATickAndWritesAndTheEndWaitForIt(Loop loop) {
        assertTrue(stream.write("a", stream.noted("done a")));
        assertFalse(stream.write("123456789", stream.noted("done b")));
        stream.end();
        assertEquals(10, stream.writableLength());
        journal.expect();
        loop.run();
        journal.expect("construct");
        step.onComplete(null);
        journal.expect();
        loop.run();
        journal.expect("[a]", "[123456789]", "done a", "done b", "final", "finish");
    }

    @Test
    void anEndWithoutAWriteWaitsForTheStep(Loop loop) {
        use(constructing(loop, OPTIONS.readable(false), done -> loop.nextTick(() -> done.onComplete(null))));
        stream.end();
        loop.run();
        journal.expect("construct", "final", "finish", "destroy", "close false");
    }

    @Test
    void aDrainFollowsAWriteThatWaitedForTheStep(Loop loop) {
        assertFalse(stream.write("1234567890"));
        loop.run();
        assertTrue(stream.writableNeedDrain());
        step.onComplete(null);
        loop.run();
        journal.expect("construct", "[1234567890]", "drain");
    }

    @Test
    void writesThatWaitedGoTogetherIfTheSinkTakesSeveral(Loop loop) {
        stream.vectored = true;
        stream.write("a");
        stream.write("b");
        loop.run();
        step.onComplete(null);
        loop.run();
        journal.expect("construct", "[a|b]");
    }

    @Test
    void corkedWritesWaitForTheUncorkAndForTheStep(Loop loop) {
        stream.cork();
        stream.write("a");
        stream.uncork();
        loop.run();
        stream.cork();
        step.onComplete(null);
        loop.run();
        journal.expect("construct");
        stream.uncork();
        journal.expect("[a]");
        loop.run();
    }

    @Test
    void theSourceIsNotAskedBeforeTheStepHasCompleted(Loop loop) {
        stream.flowing();
        stream.source = stream::pushNoMore;
        loop.run();
        assertEquals(0, stream.reads);
        step.onComplete(null);
        loop.run();
        assertEquals(1, stream.reads);
        journal.expect("construct", "end");
    }

    @Test
    void aReadByHandDoesNotAskTheSourceBeforeTheStepHasCompleted(Loop loop) {
        assertNull(stream.read());
        stream.read(0);
        stream.onReadable(() -> journal.add("readable " + Talk.text(stream.read())));
        loop.run();
        assertEquals(0, stream.reads);
        stream.source = () -> {
            stream.source = () -> {};
            stream.push("x");
        };
        step.onComplete(null);
        loop.run();
        journal.expect("construct", "readable x");
    }

    @Test
    void aChunkPushedDuringTheStepIsDelivered(Loop loop) {
        stream.flowing();
        loop.run();
        stream.push("early");
        loop.run();
        assertEquals(0, stream.reads);
        step.onComplete(null);
        loop.run();
        journal.expect("construct", "data early");
    }

    @Test
    void aConstructedStreamThatIsNotReadDoesNotAskItsSource(Loop loop) {
        loop.run();
        step.onComplete(null);
        loop.run();
        assertEquals(0, stream.reads);
        journal.expect("construct");
    }

    @Test
    void aSecondCompletionOfTheStepIsAnError(Loop loop) {
        use(constructing(loop, OPTIONS, done -> {
            done.onComplete(null);
            done.onComplete(null);
        }));
        loop.run();
        journal.expect(
                "construct",
                "destroy Callback called multiple times",
                "error Callback called multiple times",
                "close true");
        assertEquals("ERR_MULTIPLE_CALLBACK", stream.errored().code());
    }

    @Test
    void anErrorOfTheStepDestroysTheStream(Loop loop) {
        stream.write("a", stream.noted("done a"));
        stream.end(stream.noted("ended"));
        loop.run();
        step.onComplete(error("kaboom"));
        loop.run();
        journal.expect("construct", "destroy kaboom", "done a EX", "ended EX", "error kaboom", "close true");
        assertEquals(0, stream.reads);
    }

    @Test
    void anErrorInsideTheCallAndAnExceptionOfTheStepDestroyTheStream(Loop loop) {
        use(constructing(loop, OPTIONS.writable(false), done -> done.onComplete(error("kaboom"))));
        loop.run();
        journal.expect("construct", "destroy kaboom", "error kaboom", "close true");
        use(constructing(loop, OPTIONS.readable(false), done -> {
            throw error("thrown");
        }));
        loop.run();
        journal.expect("construct", "destroy thrown", "error thrown", "close true");
    }

    @Test
    void withoutAutoDestroyAnErrorOfTheStepIsEmittedAlone(Loop loop) {
        use(constructing(
                loop,
                DuplexOptions.defaults().highWaterMark(10).autoDestroy(false),
                done -> done.onComplete(error("kaboom"))));
        stream.write("a");
        loop.run();
        journal.expect("construct", "error kaboom");
        assertFalse(stream.isDestroyed());
    }

    @Test
    void ifTheStreamIsDestroyedBeforeTheStepHasRunTheStepRunsAndTheDestructionWaits(Loop loop) {
        stream.destroy();
        assertTrue(stream.isDestroyed());
        loop.run();
        journal.expect("construct");
        assertFalse(stream.isClosed());
        step.onComplete(null);
        loop.run();
        journal.expect("destroy", "close false");
        assertEquals(0, stream.reads);
    }

    @Test
    void theErrorOfADestructionIsEmittedAfterTheStep(Loop loop) {
        stream.write("a", stream.noted("done a"));
        loop.run();
        journal.expect("construct");
        stream.destroy(error("kaboom"));
        stream.destroy(error("again"));
        loop.run();
        journal.expect("done a EX");
        step.onComplete(null);
        loop.run();
        journal.expect("destroy kaboom", "error kaboom", "close true");
    }

    @Test
    void theErrorOfTheStepIsEmittedIfTheDestructionHasNone(Loop loop) {
        stream.destroy();
        loop.run();
        step.onComplete(error("step"));
        loop.run();
        journal.expect("construct", "destroy step", "error step", "close true");
    }

    @Test
    void ofTwoErrorsThatOfTheDestructionIsEmittedWithThatOfTheStepSuppressed(Loop loop) {
        ChagresException first = error("first");
        ChagresException second = error("second");
        stream.destroy(first);
        loop.run();
        step.onComplete(second);
        loop.run();
        journal.expect("construct", "destroy first", "error first", "close true");
        assertSame(second, first.getSuppressed()[0]);
    }

    @Test
    void aConstructedStreamWithoutAReadingSideIsDestroyedAfterItsFinish(Loop loop) {
        use(constructing(loop, OPTIONS.readable(false), done -> loop.nextTick(() -> done.onComplete(null))));
        stream.resume();
        stream.end("foo");
        loop.run();
        journal.expect("construct", "[foo]", "final", "finish", "destroy", "close false");
    }

    @Test
    void aStreamThatMayNotBeHalfOpenEndsItselfOnlyAfterTheStep(Loop loop) {
        use(constructing(loop, DuplexOptions.defaults().allowHalfOpen(false).highWaterMark(10), done -> step = done));
        stream.resume();
        stream.pushNoMore();
        loop.run();
        journal.expect("construct", "end");
        step.onComplete(null);
        loop.run();
        journal.expect("final", "finish", "destroy", "close false");
    }

    @Test
    void aPipeIntoAStreamThatConstructsWaitsWithBackPressure(Loop loop) {
        MemoryDuplex source = MemoryDuplex.readable(loop, 10);
        source.pipe(stream);
        source.push("1234567890");
        loop.run();
        journal.expect("construct");
        assertTrue(source.isPaused());
        source.push("x");
        source.pushNoMore();
        step.onComplete(null);
        loop.run();
        journal.expect("[1234567890]", "drain", "[x]", "final", "finish");
    }

    @Test
    void aPipelineSucceedsAfterTheStepAndFailsWithTheStep(Loop loop) {
        MemoryDuplex source = MemoryDuplex.readable(loop, 10);
        source.push("x");
        source.pushNoMore();
        Streams.pipeline(List.of(source, stream), stream.noted("pipeline"));
        loop.run();
        journal.expect("construct");
        step.onComplete(null);
        loop.run();
        journal.expect("[x]", "final", "finish", "pipeline");
        MemoryDuplex other = MemoryDuplex.readable(loop, 10);
        use(constructing(loop, OPTIONS, done -> done.onComplete(error("kaboom"))));
        Streams.pipeline(List.of(other, stream), stream.noted("pipeline"));
        loop.run();
        journal.expect("construct", "destroy kaboom", "error kaboom", "close true", "pipeline EX");
        assertTrue(other.isDestroyed());
    }

    @Test
    void finishedWaitsForTheCloseThatFollowsTheStep(Loop loop) {
        Streams.finished(stream, stream.noted("finished"));
        stream.destroy();
        loop.run();
        journal.expect("construct");
        step.onComplete(null);
        loop.run();
        journal.expect("destroy", "close false", "finished ERR_STREAM_PREMATURE_CLOSE");
    }

    @Test
    void aSecondStepAndAStepOfADestroyedStreamAreRefused(Loop loop) {
        UsageException pending = assertThrows(UsageException.class, () -> stream.constructWith(done -> {}));
        assertEquals("ERR_INVALID_STATE", pending.code());
        MemoryDuplex destroyed = new MemoryDuplex(loop);
        destroyed.destroy();
        assertEquals(
                "ERR_INVALID_STATE",
                assertThrows(UsageException.class, () -> destroyed.constructWith(done -> {}))
                        .code());
        assertEquals(
                "step must not be null",
                assertThrows(UsageException.class, () -> new MemoryDuplex(loop).constructWith(null))
                        .getMessage());
        loop.run();
    }
}
