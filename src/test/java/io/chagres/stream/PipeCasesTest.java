package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipes to several sinks, to sinks that are full, that end, or that change while bytes flow, as in Node's test files on them. */
@ExtendWith(LoopFixture.class)
class PipeCasesTest {

    private MemoryDuplex source;

    @BeforeEach
    void create(Loop loop) {
        source = MemoryDuplex.readable(loop, 10);
    }

    private static MemoryDuplex sink(Loop loop) {
        return MemoryDuplex.writable(loop, 10);
    }

    /** A source of ten times five bytes, each an iteration after doRead. */
    private void tenTimesFive(Loop loop) {
        source.source = () -> loop.execute(() -> {
            if (source.reads <= 10) {
                source.push("xxxxx");
            } else {
                source.pushNoMore();
            }
        });
    }

    private static List<String> written(MemoryDuplex sink) {
        List<String> chunks = new ArrayList<>();
        sink.taking = data -> chunks.add(Talk.text(data));
        return chunks;
    }

    private static List<String> fives(int count) {
        return Collections.nCopies(count, "xxxxx");
    }

    // ---- several sinks

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    @Covers("node:test-stream2-basic")
    void unpipedAfterSomeWritesTheRestGoesToAnotherAndAThirdIsLeftToo(int split, Loop loop) {
        for (boolean third : new boolean[] {false, true}) {
            source = MemoryDuplex.readable(loop, 10);
            tenTimesFive(loop);
            MemoryDuplex first = sink(loop);
            MemoryDuplex second = sink(loop);
            List<String> toSecond = written(second);
            List<String> toFirst = new ArrayList<>();
            first.taking = data -> {
                toFirst.add(Talk.text(data));
                if (toFirst.size() == split) {
                    source.unpipe();
                    first.end();
                    source.pipe(second);
                }
            };
            source.pipe(first);
            if (third) {
                source.pipe(sink(loop));
            }
            loop.run();
            assertEquals(fives(split), toFirst);
            assertEquals(fives(10 - split), toSecond);
            assertTrue(first.isWritableFinished() && second.isWritableFinished());
        }
    }

    @Test
    @Covers("node:test-stream2-basic")
    void twoSinksGetTheSame(Loop loop) {
        tenTimesFive(loop);
        MemoryDuplex first = sink(loop);
        MemoryDuplex second = sink(loop);
        List<String> toFirst = written(first);
        List<String> toSecond = written(second);
        source.pipe(first);
        source.pipe(second);
        loop.run();
        assertEquals(fives(10), toFirst);
        assertEquals(fives(10), toSecond);
    }

    /** A first sink that closes with its first chunk, then two slow sinks. */
    @Test
    @Covers("node:test-stream2-basic")
    void eachChunkWaitsForTheSlowerOfTwo(Loop loop) {
        for (String chunk : new String[] {"one", "two", "three", "four"}) {
            source.push(chunk);
        }
        source.pushNoMore();
        MemoryDuplex closing = sink(loop);
        MemoryDuplex second = MemoryDuplex.writable(loop, 1);
        MemoryDuplex third = MemoryDuplex.writable(loop, 1);
        List<String> order = new ArrayList<>();
        closing.taking = data -> {
            order.add(Talk.text(data));
            closing.destroy();
            source.pause();
            loop.execute(() -> {
                source.pipe(second);
                source.pipe(third);
            });
        };
        for (MemoryDuplex slow : List.of(second, third)) {
            slow.holds = true;
            slow.taking = data -> {
                order.add(Talk.text(data));
                loop.execute(() -> {
                    assertEquals(1, order.size() % 2, "both have it");
                    loop.execute(slow::completeAll);
                });
            };
        }
        source.pipe(closing);
        loop.run();
        second.completeAll();
        third.completeAll();
        loop.run();
        assertEquals(List.of("one", "two", "two", "three", "three", "four", "four"), order);
        assertTrue(second.isWritableFinished() && third.isWritableFinished());
    }

    @Test
    @Covers("node:test-stream-pipe-await-drain")
    void ofThreeSinksNoneGetsTheSecondChunkBeforeAllHaveWrittenTheFirst(Loop loop) {
        MemoryDuplex quick = MemoryDuplex.writable(loop, 5);
        MemoryDuplex slow = MemoryDuplex.writable(loop, 5);
        MemoryDuplex slower = MemoryDuplex.writable(loop, 5);
        for (MemoryDuplex sink : List.of(quick, slow, slower)) {
            sink.holds = true;
            source.pipe(sink);
        }
        quick.taking = data -> loop.nextTick(quick::complete);
        source.push("beyond the mark");
        loop.execute(() -> source.push("another one"));
        loop.run();
        for (MemoryDuplex sink : List.of(quick, slow, slower)) {
            sink.journal.expect("[beyond the mark]");
        }
        slow.complete();
        loop.run();
        assertTrue(source.isPaused());
        slower.complete();
        loop.run();
        for (MemoryDuplex sink : List.of(quick, slow, slower)) {
            sink.journal.expect("[another one]");
        }
    }

    @Test
    @Covers("node:test-stream-pipe-multiple-pipes")
    void fiveSinksGetAChunkAndOnceUnpipedNoneOfTheNext(Loop loop) {
        source.watched();
        List<MemoryDuplex> sinks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            MemoryDuplex sink = sink(loop);
            sink.onPipe(from -> sink.journal.add("pipe"));
            sink.onUnpipe(from -> sink.journal.add("unpipe"));
            source.pipe(sink);
            sinks.add(sink);
        }
        source.push("12345");
        loop.nextTick(() -> {
            for (MemoryDuplex sink : sinks) {
                sink.journal.expect("pipe", "[12345]");
                source.unpipe(sink);
                sink.journal.expect("unpipe");
            }
            source.push("something else");
            source.pushNoMore();
            source.resume();
        });
        loop.run();
        source.journal.expect("end", "close false");
        sinks.forEach(sink -> sink.journal.expect());
    }

    @Test
    @Covers("node:test-stream-pipe-same-destination-twice")
    void bothPipesToOneSinkUnpipedItGetsNothing(Loop loop) {
        MemoryDuplex sink = sink(loop);
        source.pipe(sink);
        source.pipe(sink);
        source.unpipe(sink);
        source.unpipe(sink);
        source.push("foobar");
        loop.run();
        sink.journal.expect();
        assertFalse(source.reading.hasDataListeners());
    }

    /** A large chunk to one stream and a small one to another, both piped to a third. The first gets more an iteration later. */
    @Test
    @Covers("node:test-stream-big-packet")
    void aChunkBeyondTheMarkAnswersFalseAndIsDeliveredAndSoIsWhatFollows(Loop loop) {
        MemoryDuplex first = new MemoryDuplex(loop, DuplexOptions.defaults().highWaterMark(10)) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                loop.nextTick(() -> {
                    push(data);
                    done.onComplete(null);
                });
            }
        };
        MemoryDuplex second = new ThroughDuplex(loop);
        MemoryDuplex sink = sink(loop);
        first.pipe(sink);
        second.pipe(sink, false);
        assertFalse(first.write("x".repeat(11)));
        assertTrue(second.write("tiny"));
        loop.execute(() -> first.write("later"));
        loop.run();
        sink.journal.expectInAnyOrder("[tiny]", "[" + "x".repeat(11) + "]", "[later]");
    }

    // ---- back-pressure

    @Test
    @Covers("node:test-stream-pipe-needDrain")
    void aSinkThatIsFullPausesItsSourceAtThePipeAndAtTheChunk(Loop loop) {
        MemoryDuplex sink = MemoryDuplex.writable(loop, 1);
        sink.holds = true;
        sink.taking = data -> loop.nextTick(sink::complete);
        assertFalse(sink.write("asd"));
        assertTrue(sink.writableNeedDrain());
        source.watched().source = () -> {
            source.push("asd");
            source.pushNoMore();
        };
        source.onPause(source.journal.note("pause"));
        source.pipe(sink);
        loop.run();
        source.journal.expect("pause", "pause", "end", "close false");
        sink.journal.expect("[asd]", "[asd]", "final");
    }

    @Test
    @Covers("node:test-stream-pipe-deadlock")
    void aPausedSourceThatHasEndedIsPipedToASinkThatIsFull(Loop loop) {
        source.push("asdf");
        source.pushNoMore();
        source.pause();
        loop.run();
        MemoryDuplex sink = sink(loop);
        sink.holds = true;
        sink.taking = data -> loop.nextTick(sink::complete);
        sink.write("0123456789");
        source.pipe(sink);
        loop.run();
        sink.journal.expect("[0123456789]", "[asdf]", "final");
        sink.complete();
        loop.run();
        assertTrue(sink.isWritableFinished());
    }

    @Test
    @Covers("node:test-stream-pipe-flow")
    void aSourceThatAnswersOnATickFlowsIntoASinkWithAMarkOf0(Loop loop) {
        source.watched().source = () -> {
            if (source.reads <= 17) {
                loop.nextTick(() -> source.push("x"));
            } else {
                source.push("x");
                source.pushNoMore();
            }
        };
        MemoryDuplex sink = MemoryDuplex.writable(loop, 0);
        sink.holds = true;
        sink.taking = data -> loop.execute(sink::complete);
        source.pipe(sink);
        loop.run();
        sink.complete();
        loop.run();
        source.journal.expect("end", "close false");
        assertEquals(18, sink.journal.count("[x]"));
        assertTrue(sink.isWritableFinished());
    }

    @Test
    @Covers("node:test-stream-pipe-flow")
    void aChainThatIsReadByHandFromAnotherStreamComesToItsEnd(Loop loop) {
        source.source = () -> {
            if (source.reads <= 8) {
                source.push("x");
            } else {
                source.pushNoMore();
            }
        };
        MemoryDuplex last = source.pipe(new ThroughDuplex(loop)).pipe(new ThroughDuplex(loop));
        MemoryDuplex wrapper = MemoryDuplex.readable(loop, 10).watched();
        last.onEnd(wrapper::pushNoMore);
        wrapper.source = () -> loop.nextTick(() -> {
            ByteBuffer data = last.read();
            if (data != null) {
                wrapper.push(data);
                return;
            }
            last.onReadable(new Runnable() {
                @Override
                public void run() {
                    last.offReadable(this);
                    ByteBuffer later = last.read();
                    if (later != null) {
                        wrapper.push(later);
                    }
                }
            });
        });
        int[] total = {0};
        wrapper.onData(chunk -> total[0] += chunk.remaining());
        loop.run();
        assertEquals(8, total[0]);
        wrapper.journal.expect("end", "close false");
    }

    @Test
    @Covers("node:test-stream-pipe-flow")
    void aSinkWhoseOutputIsNotReadDoesNotFinish(Loop loop) {
        MemoryDuplex through = source.pipe(new ThroughDuplex(loop));
        through.watched();
        source.push("asdasd");
        loop.nextTick(() -> {
            source.push("asdasd");
            source.pushNoMore();
        });
        loop.run();
        through.journal.expect();
        through.destroy();
        loop.run();
    }

    /** Each source pushes as much as its mark. The sink never completes the first write. */
    @Test
    @Covers("node:test-stream2-unpipe-drain")
    void ofTwoSourcesOfASinkThatNeverCompletesEachIsReadTwice(Loop loop) {
        MemoryDuplex sink = sink(loop);
        sink.holds = true;
        MemoryDuplex first = pushing(loop);
        MemoryDuplex second = pushing(loop);
        first.pipe(sink);
        onceReadable(
                first,
                () -> loop.nextTick(() -> {
                    second.pipe(sink);
                    onceReadable(second, () -> loop.nextTick(() -> first.unpipe(sink)));
                }));
        loop.run();
        assertEquals(2, first.reads);
        assertEquals(2, second.reads);
        sink.destroy();
        loop.run();
    }

    private static MemoryDuplex pushing(Loop loop) {
        MemoryDuplex made = MemoryDuplex.readable(loop, 10);
        made.source = () -> made.push("0123456789");
        return made;
    }

    private static void onceReadable(MemoryDuplex stream, Runnable action) {
        stream.onReadable(new Runnable() {
            @Override
            public void run() {
                stream.offReadable(this);
                action.run();
            }
        });
    }

    // ---- the end

    @Test
    @Covers("node:test-stream2-finish-pipe")
    void aSinkThatIsEndedWhileItsSourceWaitsFinishesWithoutAnError(Loop loop) {
        source.source = () -> source.push("0123456789");
        MemoryDuplex sink = sink(loop).watched();
        sink.holds = true;
        sink.taking = data -> loop.nextTick(sink::completeAll);
        source.pipe(sink);
        loop.nextTick(sink::end);
        loop.run();
        sink.completeAll();
        loop.run();
        sink.journal.expect("[0123456789]", "final", "finish", "close false");
        source.destroy();
        loop.run();
    }

    @Test
    @Covers("node:test-stream-pipe-after-end")
    void aReadOfAnEndedStreamEmitsTheEndAndItsPipeEndsTheSink(Loop loop) {
        source.source = source::pushNoMore;
        assertNull(source.read());
        MemoryDuplex ender = MemoryDuplex.readable(loop, 10);
        ender.source = ender::pushNoMore;
        MemoryDuplex sink = sink(loop);
        loop.execute(() -> {
            ender.watched();
            assertNull(ender.read());
            source.pipe(sink);
        });
        loop.run();
        ender.journal.expect("end", "close false");
        assertTrue(sink.isWritableFinished());
        assertEquals(1, source.reads);
        assertEquals(1, ender.reads);
    }

    @Test
    @Covers("node:test-stream-pipe-cleanup")
    void aChainThatHasEndedLeavesNothingBehind(Loop loop) {
        MemoryDuplex middle = new ThroughDuplex(loop);
        MemoryDuplex sink = sink(loop);
        source.pipe(middle).pipe(sink);
        source.push("x");
        source.pushNoMore();
        loop.run();
        for (MemoryDuplex stream : List.of(source, middle)) {
            assertFalse(stream.reading.hasDataListeners());
        }
        sink.journal.expect("[x]", "final");
        assertTrue(source.isClosed() && middle.isClosed() && sink.isClosed());
    }

    @Test
    @Covers("node:test-stream-pipe-error-handling")
    void aSinkThatIsDestroyedRightAfterThePipeCallsItsErrorListener(Loop loop) {
        MemoryDuplex sink = sink(loop).watched();
        source.pipe(sink);
        sink.destroy(new ChagresException("EX", "this should be handled"));
        loop.run();
        sink.journal.expect("error this should be handled", "close true");
        assertFalse(source.isDestroyed());
    }

    // ---- together

    @Test
    @Covers("node:test-stream-pipeline")
    void aPipelineCallsBackOnceItsSourceHasClosed(Loop loop) {
        for (boolean duplex : new boolean[] {false, true}) {
            MemoryDuplex closing =
                    new MemoryDuplex(loop, DuplexOptions.defaults().writable(false)) {
                        @Override
                        protected void doDestroy(ChagresException error, Completion done) {
                            loop.nextTick(() -> done.onComplete(error));
                        }
                    };
            MemoryDuplex sink = duplex ? new MemoryDuplex(loop) : sink(loop);
            closing.pushNoMore();
            Streams.pipeline(List.of(closing, sink), error -> {
                assertNull(error);
                assertTrue(closing.isClosed());
                closing.journal.add("over");
            });
            loop.run();
            closing.journal.expect("over");
        }
    }

    @Test
    @Covers("node:test-stream-pipeline")
    void theSinkIsEndedAfterTheSourceHasEmittedItsEnd(Loop loop) {
        for (int i = 0; i < 4000; i++) {
            source.push("asdfdagljanfgkaljdfn");
        }
        source.pushNoMore();
        source.onEnd(source.journal.note("end"));
        MemoryDuplex sink = new MemoryDuplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                done.onComplete(null);
            }

            @Override
            protected void doFinal(Completion done) {
                PipeCasesTest.this.source.journal.add("final");
                done.onComplete(null);
            }
        };
        Streams.pipeline(List.of(source, sink), source.noted("over"));
        loop.run();
        source.journal.expect("end", "final", "over");
    }

    @Test
    @Covers("node:test-stream-pipeline")
    void anExceptionOfTheSourceIsTheErrorOfAllPipelineMembers(Loop loop) {
        MemoryDuplex middle = new ThroughDuplex(loop);
        MemoryDuplex sink = sink(loop);
        source.source = () -> {
            source.push("data1");
            throw new ChagresException("EX", "boom");
        };
        Streams.pipeline(List.of(source, middle, sink), source.noted("over"));
        loop.run();
        source.journal.expect("over EX");
        assertTrue(source.isClosed() && middle.isClosed() && sink.isClosed());
    }

    /** A first stream whose writing side has not finished stays alive. */
    @Test
    @Covers("node:test-stream-pipeline")
    void aFirstPipelineMemberThatStillWritesIsNotDestroyed(Loop loop) {
        MemoryDuplex first = new MemoryDuplex(
                loop, DuplexOptions.defaults().highWaterMark(10).autoDestroy(false));
        first.holds = true;
        first.write("test");
        first.end();
        first.push("echo");
        first.pushNoMore();
        MemoryDuplex sink = sink(loop);
        Streams.pipeline(List.of(first, sink), sink.noted("over"));
        loop.run();
        sink.journal.expect("[echo]", "final", "over");
        assertFalse(first.isDestroyed());
        first.completeAll();
        loop.run();
        assertTrue(first.isWritableFinished());
        assertFalse(first.isDestroyed());
    }

    @Test
    @Covers("node:test-stream-finished")
    void finishedCallsBackInTheEventsOfAStreamWithoutAutoDestroy(Loop loop) {
        DuplexOptions kept =
                DuplexOptions.defaults().highWaterMark(10).autoDestroy(false).writable(false);
        MemoryDuplex reading = new MemoryDuplex(loop, kept);
        reading.onEnd(() -> Streams.finished(reading, reading.noted("read")));
        reading.pushNoMore();
        reading.resume();
        MemoryDuplex writing = new MemoryDuplex(
                loop,
                DuplexOptions.defaults().highWaterMark(10).autoDestroy(false).readable(false));
        writing.end("asd");
        loop.nextTick(() -> Streams.finished(writing, writing.noted("written")));
        MemoryDuplex failing = new MemoryDuplex(
                loop,
                DuplexOptions.defaults().highWaterMark(10).autoDestroy(false).readable(false));
        failing.holds = true;
        failing.write("asd");
        failing.onError(error -> Streams.finished(failing, failing.noted("failed")));
        failing.fail("EX");
        loop.run();
        reading.journal.expect("read");
        writing.journal.expect("[asd]", "final", "written");
        failing.journal.expect("[asd]", "failed EX");
    }
}
