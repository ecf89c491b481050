package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes one by one, corked and together: the bytes for the sink, the count of bytes that wait, and the results of the callbacks. */
@ExtendWith(LoopFixture.class)
class WritableCallsTest {

    private static final String[] WORDS = {"please", "buffer", "me", "kindly"};

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.writable(loop, 1000).watched();
        journal = stream.journal;
    }

    // ---- the sink's completion

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,true"})
    @Covers("node:test-stream-writable-write-cb-twice")
    void aSecondCompletionOfAWriteIsAnErrorAtAnyTime(boolean firstLater, boolean secondLater, Loop loop) {
        Duplex twice = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                complete(done, firstLater);
                complete(done, secondLater);
            }

            private void complete(Completion done, boolean later) {
                if (later) {
                    tick(() -> done.onComplete(null));
                } else {
                    done.onComplete(null);
                }
            }
        };
        twice.onError(error -> journal.add(error.code()));
        twice.write("hi");
        loop.run();
        journal.expect("ERR_MULTIPLE_CALLBACK");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void aSecondCompletionOfAWriteIsAnErrorWithoutAutoDestroyToo(Loop loop) {
        stream = new MemoryDuplex(
                        loop, DuplexOptions.defaults().highWaterMark(10).autoDestroy(false))
                .watched();
        stream.holds = true;
        stream.write("asd");
        Completion done = stream.held.remove();
        done.onComplete(null);
        done.onComplete(null);
        loop.run();
        stream.journal.expect("[asd]", "error Callback called multiple times");
    }

    /** A second write before the sink has completed the first, or after. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriteInsideTheSinksOwnIsCarriedOutRightAfterIt(boolean doneBefore, Loop loop) {
        Duplex writing = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                if (doneBefore) {
                    done.onComplete(null);
                }
                journal.add("begin " + Talk.text(data));
                if (Talk.text(data).equals("a")) {
                    write(Talk.buffer("b"), stream.noted("done b"));
                    write(Talk.buffer("c"), stream.noted("done c"));
                }
                journal.add("end " + Talk.text(data));
                if (!doneBefore) {
                    done.onComplete(null);
                }
            }
        };
        writing.onFinish(journal.note("finish"));
        writing.write(Talk.buffer("a"), stream.noted("done a"));
        writing.end();
        loop.run();
        if (doneBefore) {
            journal.expect(
                    "begin a", "begin b", "end b", "begin c", "end c", "end a", "done a", "done b", "done c", "finish");
        } else {
            journal.expect(
                    "begin a", "end a", "begin b", "end b", "begin c", "end c", "done a", "done b", "done c", "finish");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers({"node:test-stream-writable-write-cb-error", "node:test-stream-writable-writable"})
    void aFailedWriteCompletesBeforeTheErrorEvent(boolean later, Loop loop) {
        stream.holds = true;
        stream.taking = data -> {
            if (later) {
                loop.nextTick(() -> {
                    stream.fail("EX");
                    assertFalse(stream.isWritable());
                });
            } else {
                stream.fail("EX");
            }
        };
        assertTrue(stream.isWritable());
        assertEquals(later, stream.write("hi", stream.noted("done")));
        assertEquals(later, stream.isWritable());
        loop.run();
        journal.expect("[hi]", "done EX", "error EX", "close true");
    }

    @Test
    @Covers({"node:test-stream-writable-write-error", "node:test-stream-writable-null"})
    void aWriteAfterTheEndCompletesOnATickAndBeforeTheErrorEvent(Loop loop) {
        stream.end();
        stream.write("asd", stream.noted("done"));
        journal.expect("final");
        loop.run();
        journal.expect("finish", "done ERR_STREAM_WRITE_AFTER_END", "error write after end", "close true");
        UsageException refused = assertThrows(UsageException.class, () -> stream.write((ByteBuffer) null));
        assertEquals("ERR_STREAM_NULL_VALUES", refused.code());
    }

    @Test
    @Covers({"node:test-stream-write-drain"})
    void noDrainIsEmittedAfterTheEnd(Loop loop) {
        stream = MemoryDuplex.writable(loop, 1).watched();
        stream.holds = true;
        stream.taking = data -> loop.nextTick(stream::complete);
        assertFalse(stream.write("asd"));
        stream.end();
        loop.run();
        stream.completeAll();
        loop.run();
        stream.journal.expect("[asd]", "final", "finish", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-needdrain-state")
    void aStreamNeedsADrainUntilTheCallbackOfTheWrite(Loop loop) {
        stream = MemoryDuplex.writable(loop, 1).watched();
        stream.holds = true;
        stream.taking = data -> loop.nextTick(() -> {
            assertTrue(stream.writableNeedDrain());
            stream.complete();
        });
        assertFalse(stream.writableNeedDrain());
        stream.write("asdasd", error -> {
            assertFalse(stream.writableNeedDrain());
            stream.journal.add("done");
        });
        assertTrue(stream.writableNeedDrain());
        loop.run();
        stream.journal.expect("[asdasd]", "drain", "done");
    }

    // ---- the end

    @Test
    @Covers("node:test-stream-writable-ended-state")
    void isWritableEndedIsTrueAfterTheEndAndNotInsideTheLastWrite(Loop loop) {
        stream.taking = data -> {
            assertFalse(stream.isWritableEnded());
            assertTrue(stream.isWritable());
        };
        assertFalse(stream.isWritableEnded());
        stream.end(Talk.buffer("testing ended state"), error -> {
            assertTrue(stream.isWritableEnded());
            assertFalse(stream.isWritable());
            journal.add("ended");
        });
        assertTrue(stream.isWritableEnded());
        assertFalse(stream.isWritable());
        loop.run();
        journal.expect("[testing ended state]", "final", "ended", "finish", "close false");
    }

    @Test
    @Covers("node:test-stream-duplex-end")
    void aStreamThatItsUserEndedIsNotEndedAgainByTheEndOfReading(Loop loop) {
        MemoryDuplex duplex = new MemoryDuplex(
                        loop, DuplexOptions.defaults().allowHalfOpen(false).highWaterMark(10))
                .watched();
        duplex.holds = true;
        duplex.end();
        duplex.resume();
        duplex.pushNoMore();
        loop.run();
        duplex.journal.expect("final", "end");
        duplex.destroy();
        loop.run();
        duplex.journal.expect("close false");
    }

    // ---- corked

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers({"node:test-stream3-cork-end", "node:test-stream3-cork-uncork"})
    void corkedWritesAnswerTrueAndAreCarriedOutInsideTheUncorkOrTheEnd(boolean ends, Loop loop) {
        assertTrue(stream.write("stuff"));
        journal.expect("[stuff]");
        stream.cork();
        for (String word : WORDS) {
            loop.execute(() -> assertTrue(stream.write(word)));
        }
        loop.execute(() -> {
            journal.expect();
            if (ends) {
                stream.end();
                assertFalse(stream.isWritableFinished());
                journal.expect("[please]", "[buffer]", "[me]", "[kindly]", "final");
            } else {
                stream.uncork();
                journal.expect("[please]", "[buffer]", "[me]", "[kindly]");
            }
        });
        loop.run();
        journal.expect(ends ? new String[] {"finish", "close false"} : new String[0]);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    @Covers("node:test-stream-writev")
    void corkedWritesGoTogetherAndTheFinishComesAfterAllTheirCallbacks(boolean uncorks, boolean nested, Loop loop) {
        stream.vectored = true;
        stream.cork();
        stream.write("hello, ", stream.noted("1"));
        stream.write("world", stream.noted("2"));
        if (nested) {
            stream.cork();
        }
        stream.write("!", stream.noted("3"));
        if (nested) {
            stream.uncork();
        }
        stream.write("and then...", stream.noted("4"));
        if (uncorks) {
            stream.uncork();
        }
        stream.end(stream.noted("ended"));
        loop.run();
        journal.expect("[hello, |world|!|and then...]", "1", "2", "3", "4", "final", "ended", "finish", "close false");
    }

    /** A single write goes to doWriteVector, too. */
    @Test
    @Covers("node:test-stream-writev")
    void aSinkThatTakesSeveralNeedNotTakeOne(Loop loop) {
        Duplex vectors = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected boolean isVectored() {
                return true;
            }

            @Override
            protected void doWriteVector(ByteBuffer[] data, Completion done) {
                journal.add(data.length + ": " + Talk.text(data[0]));
                done.onComplete(null);
            }
        };
        vectors.write(Talk.buffer("asd"), stream.noted("done"));
        loop.run();
        journal.expect("1: asd", "done");
    }

    @Test
    @Covers("node:test-stream-writable-clear-buffer")
    void theBytesThatWaitAreCountedInEachCallback(Loop loop) {
        stream.holds = true;
        stream.taking = data -> loop.execute(stream::complete);
        stream.cork();
        int[] left = {5};
        for (int i = 1; i <= 5; i++) {
            stream.write("" + i, error -> assertEquals(Math.max(--left[0] - 1, 0), stream.waitingBytes()));
        }
        stream.end();
        loop.run();
        assertEquals(0, left[0]);
        stream.complete();
        loop.run();
        journal.expect("[1]", "[2]", "[3]", "[4]", "[5]", "final", "finish", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void aFailedUncorkedWriteFailsThoseBehindItWithoutAutoDestroyToo(Loop loop) {
        MemoryDuplex kept = new MemoryDuplex(
                        loop, DuplexOptions.defaults().highWaterMark(10).autoDestroy(false))
                .watched();
        kept.holds = true;
        kept.taking = data -> loop.nextTick(() -> kept.held.remove().onComplete(new ChagresException("EX", "asd")));
        kept.cork();
        kept.write("a", kept.noted("done a"));
        kept.write("b", kept.noted("done b"));
        kept.uncork();
        loop.run();
        kept.journal.expect("[a]", "done a EX", "done b EX", "error asd");
    }
}
