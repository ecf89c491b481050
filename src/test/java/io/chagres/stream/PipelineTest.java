package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams.pipeline: streams that succeed or fail together. */
@ExtendWith(LoopFixture.class)
@Covers("node:test-stream-pipeline")
class PipelineTest {

    private final Journal journal = new Journal();
    private MemoryDuplex source;
    private MemoryDuplex sink;

    @BeforeEach
    void create(Loop loop) {
        source = MemoryDuplex.readable(loop, 10);
        sink = MemoryDuplex.writable(loop, 10);
    }

    private Completion noted() {
        return error -> journal.add(error == null ? "success" : error.code());
    }

    private Duplex pipeline(Duplex... streams) {
        return Streams.pipeline(List.of(streams), noted());
    }

    @Test
    void aPipelinePassesAllBytesAndCallsBackOnceTheSinkHasClosed(Loop loop) {
        source.push("a");
        source.push("b");
        source.pushNoMore();
        assertSame(sink, pipeline(source, sink));
        sink.onClose(hadError -> journal.add("close"));
        journal.expect();
        loop.run();
        journal.expect("close", "success");
        sink.journal.expect("[a]", "[b]", "final");
    }

    @Test
    void aPipelineRequiresTwoStreamsAndACallback(Loop loop) {
        assertEquals(
                "ERR_MISSING_ARGS",
                assertThrows(UsageException.class, () -> pipeline(source)).code());
        assertEquals(
                "ERR_MISSING_ARGS",
                assertThrows(UsageException.class, this::pipeline).code());
        assertEquals(
                "A pipeline needs at least 2 streams. Received 1",
                assertThrows(UsageException.class, () -> pipeline(source)).getMessage());
        assertThrows(UsageException.class, () -> Streams.pipeline(List.of(source, sink), null));
        assertTrue(sink.isWritable());
    }

    @Test
    void aPipelineIntoADestroyedStreamIsRefused(Loop loop) {
        sink.destroy();
        UsageException refused = assertThrows(UsageException.class, () -> pipeline(source, sink));
        assertEquals("ERR_STREAM_UNABLE_TO_PIPE", refused.code());
        assertEquals("Cannot pipe to a closed or destroyed stream", refused.getMessage());
        loop.run();
        assertFalse(source.isDestroyed());
        journal.expect();
    }

    @Test
    void aSourceThatClosesBeforeItsEndFailsAllMembers(Loop loop) {
        source.push("data");
        pipeline(source, sink);
        loop.run();
        source.destroy();
        loop.run();
        journal.expect("ERR_STREAM_PREMATURE_CLOSE");
        assertTrue(sink.isClosed());
    }

    @Test
    void aSourceThatFailsDestroysTheSinkWithItsError(Loop loop) {
        pipeline(source, sink);
        loop.run();
        ChagresException error = new ChagresException("EX", "kaboom");
        source.destroy(error);
        loop.run();
        journal.expect("EX");
        assertSame(error, sink.errored());
    }

    /** The error may be the reason of the close. */
    @Test
    void anErrorAfterAPrematureCloseIsTheOneThatIsReported(Loop loop) {
        MemoryDuplex failing = new MemoryDuplex(
                loop, DuplexOptions.defaults().highWaterMark(10).writable(false)) {
            @Override
            protected void doDestroy(ChagresException error, Completion done) {
                assertEquals("ERR_STREAM_PREMATURE_CLOSE", error.code());
                done.onComplete(new ChagresException("EX", "the cause"));
            }
        };
        pipeline(failing, sink);
        loop.run();
        sink.destroy();
        loop.run();
        journal.expect("EX");
    }

    @Test
    void aMiddleMemberThatFailsDestroysAllMembers(Loop loop) {
        MemoryDuplex middle = MemoryDuplex.withMark(loop, 10);
        middle.holds = true;
        for (MemoryDuplex stream : List.of(source, middle, sink)) {
            stream.watched();
        }
        pipeline(source, middle, sink);
        source.push("hello");
        loop.run();
        middle.fail("EX");
        loop.run();
        journal.expect("EX");
        source.journal.expect("error EX", "close true");
        middle.journal.expect("[hello]", "error EX", "close true");
        sink.journal.expect("error EX", "close true");
    }

    @Test
    void aSinkThatFailsDestroysASourceThatNeverEnds(Loop loop) {
        source.source = () -> source.push("hello");
        List<MemoryDuplex> all = new ArrayList<>(List.of(source));
        for (int i = 0; i < 7; i++) {
            all.add(new ThroughDuplex(loop));
        }
        int[] left = {10};
        sink.holds = true;
        sink.taking = data -> {
            if (--left[0] == 0) {
                sink.fail("EX");
            } else {
                loop.execute(sink::complete);
            }
        };
        all.add(sink);
        pipeline(all.toArray(Duplex[]::new));
        loop.run();
        journal.expect("EX");
        all.forEach(stream -> assertTrue(stream.isClosed()));
    }

    @Test
    void theFirstErrorIsReported(Loop loop) {
        pipeline(source, sink);
        source.destroy(new ChagresException("EX", "x"));
        sink.destroy(new ChagresException("EY", "y"));
        loop.run();
        journal.expect("EX");
    }

    @Test
    void aFailedPipelineCallsBackWhenAllMembersHaveClosed(Loop loop) {
        List<Completion> held = new ArrayList<>();
        Duplex slow = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected void doDestroy(ChagresException error, Completion done) {
                held.add(done);
            }
        };
        pipeline(source, new ThroughDuplex(loop), new ThroughDuplex(loop), slow);
        source.destroy(new ChagresException("EX", "problem"));
        loop.run();
        held.getFirst().onComplete(new ChagresException("EX", "problem"));
        loop.run();
        journal.expect("EX");
        assertTrue(slow.isClosed());
    }

    @Test
    void theLastMemberStaysReadable(Loop loop) {
        MemoryDuplex last = new ThroughDuplex(loop);
        source.pushNoMore();
        pipeline(source, last);
        loop.run();
        journal.expect("success");
        assertFalse(last.isDestroyed());
        last.watched().flowing();
        loop.run();
        last.journal.expect("end", "close false");
    }

    @Test
    void theFirstMemberStaysWritable(Loop loop) {
        MemoryDuplex first = MemoryDuplex.withMark(loop, 10);
        first.pushNoMore();
        pipeline(first, new ThroughDuplex(loop));
        loop.run();
        journal.expect("success");
        assertTrue(first.isWritable());
    }

    @Test
    void aSourceThatHasEndedAlreadyEndsTheSinkOfThePipeline(Loop loop) {
        MemoryDuplex ended = MemoryDuplex.withMark(loop, 10);
        ended.onEnd(() -> pipeline(ended, sink));
        ended.pushNoMore();
        ended.read();
        loop.run();
        journal.expect("success");
        sink.journal.expect("final");
    }

    @Test
    void theLastMemberIsLeftOpenIfEndIsFalse(Loop loop) {
        MemoryDuplex middle = new ThroughDuplex(loop);
        MemoryDuplex last = new ThroughDuplex(loop);
        source.push("x");
        source.pushNoMore();
        Streams.pipeline(List.of(source, middle, last), false, noted());
        loop.run();
        journal.expect("success");
        assertTrue(middle.isDestroyed());
        assertFalse(last.isWritableEnded());
        assertFalse(last.isDestroyed());
    }

    @Test
    void aLastMemberThatIsLeftOpenIsNotDestroyedByAFailure(Loop loop) {
        Streams.pipeline(List.of(source, sink), false, noted());
        source.destroy(new ChagresException("EX", "x"));
        loop.run();
        journal.expect("EX");
        assertTrue(sink.isWritable());
    }

    @Test
    void aMemberThatHasCompletedIsNotDestroyedByAFailure(Loop loop) {
        DuplexOptions lasting = DuplexOptions.defaults().highWaterMark(10).autoDestroy(false);
        MemoryDuplex first = new MemoryDuplex(loop, lasting);
        MemoryDuplex last = new MemoryDuplex(loop, lasting);
        first.pushNoMore();
        pipeline(first, last);
        loop.run();
        journal.expect("success");
        assertFalse(first.isDestroyed());
        assertFalse(last.isDestroyed());
    }

    @Test
    void oneStreamMayBePipedToItself(Loop loop) {
        MemoryDuplex echo = MemoryDuplex.withMark(loop, 10);
        echo.push("hello");
        echo.pushNoMore();
        pipeline(echo, echo);
        loop.run();
        echo.journal.expect("[hello]", "final");
        journal.expect("success");
        assertTrue(echo.isClosed());
    }

    @Test
    @Covers("node:test-stream-pipeline-duplex")
    void aStreamThatIsAMemberTwiceClosesBeforeItsSourceHasEnded(Loop loop) {
        MemoryDuplex remote = new ThroughDuplex(loop);
        MemoryDuplex local = MemoryDuplex.withMark(loop, 10);
        pipeline(remote, local, remote);
        loop.run();
        remote.end();
        loop.run();
        journal.expect("ERR_STREAM_PREMATURE_CLOSE");
        assertTrue(local.isClosed());
    }

    @Test
    @Covers("node:test-stream-pipeline-listeners")
    void laterErrorsOfAMemberThatStaysGoToItsUser(Loop loop) {
        MemoryDuplex first = MemoryDuplex.withMark(loop, 10);
        MemoryDuplex last = new ThroughDuplex(loop);
        first.pushNoMore();
        pipeline(first, last);
        loop.run();
        journal.expect("success");
        last.destroy(new ChagresException("EX", "no way"));
        assertEquals("no way", assertThrows(ChagresException.class, loop::run).getMessage());
        first.destroy(new ChagresException("EX", "heard still"));
        loop.run();
    }

    /** As with several answers over one connection. */
    @Test
    @Covers("node:test-stream-pipeline-listeners")
    void oneStreamCanTakeManyPipelinesInTurn(Loop loop) {
        MemoryDuplex connection = MemoryDuplex.withMark(loop, 10);
        for (int i = 0; i < 3; i++) {
            MemoryDuplex answer = MemoryDuplex.readable(loop, 10);
            answer.push("answer " + i);
            answer.pushNoMore();
            Streams.pipeline(List.of(answer, connection), false, noted());
            loop.run();
        }
        journal.expect("success", "success", "success");
        connection.journal.expect("[answer 0]", "[answer 1]", "[answer 2]");
        connection.destroy(new ChagresException("EX", "no listener"));
        assertEquals(
                "no listener", assertThrows(ChagresException.class, loop::run).getMessage());
        journal.expect();
    }

    @Test
    @Covers("node:test-stream-pipeline-queued-end-in-destroy")
    void aMemberThatEndsItselfWhileItIsDestroyedDoesNotHoldThePipelineUp(Loop loop) {
        Duplex ending = new Duplex(loop, DuplexOptions.defaults()) {
            @Override
            protected void doRead() {}

            @Override
            protected void doWrite(ByteBuffer data, Completion done) {}

            @Override
            protected void doDestroy(ChagresException error, Completion done) {
                end();
                done.onComplete(error);
            }
        };
        ending.onFinish(() -> journal.add("finish"));
        pipeline(source, ending);
        source.push("foo");
        loop.run();
        source.destroy();
        loop.run();
        journal.expect("ERR_STREAM_PREMATURE_CLOSE");
    }

    @Test
    @Covers("node:test-stream-promises")
    void aPipelineCompletesAFutureInOneLine(Loop loop) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        source.push("data");
        Streams.pipeline(List.of(source, sink), error -> {
            if (error == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(error);
            }
        });
        loop.run();
        source.destroy();
        loop.run();
        assertTrue(future.isCompletedExceptionally());
    }
}
