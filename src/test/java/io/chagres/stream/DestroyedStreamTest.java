package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream that is destroyed, and calls of it before its close and after. */
@ExtendWith(LoopFixture.class)
class DestroyedStreamTest {

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

    private static ChagresException error(String message) {
        return new ChagresException("EX", message);
    }

    /** A duplex whose destruction the test completes. */
    private MemoryDuplex slow(Loop loop, Runnable inside) {
        return new MemoryDuplex(loop) {
            @Override
            protected void doDestroy(ChagresException error, Completion done) {
                journal.add("destroy " + (error == null ? null : error.getMessage()));
                held.add(done);
                inside.run();
            }
        };
    }

    // ---- the destruction itself

    @Test
    @Covers({"node:test-stream-duplex-destroy", "node:test-stream-readable-destroy", "node:test-stream-writable-destroy"
    })
    void doDestroyGetsTheErrorAndMayPassItOn(Loop loop) {
        ChagresException mine = error("mine");
        use(slow(loop, () -> {}));
        stream.onError(error -> assertSame(mine, error));
        stream.destroy(mine);
        stream.held.remove().onComplete(mine);
        loop.run();
        journal.expect("destroy mine", "error mine", "close true");
        use(slow(loop, () -> {}));
        stream.destroy();
        stream.complete();
        loop.run();
        journal.expect("destroy null", "close false");
    }

    @Test
    @Covers({"node:test-stream-duplex-destroy", "node:test-stream-readable-destroy", "node:test-stream-writable-destroy"
    })
    void aPushOrAnEndInsideDoDestroyLeadsToNeitherEndNorFinish(Loop loop) {
        use(slow(loop, () -> {}));
        stream.resume();
        stream.destroy();
        loop.nextTick(() -> {
            stream.pushNoMore();
            stream.end();
            stream.complete();
        });
        loop.run();
        journal.expect("destroy null", "close false");
    }

    @Test
    @Covers({"node:test-stream-readable-destroy", "node:test-stream-writable-destroy"})
    void theErrorOfASecondDestroyIsDropped(Loop loop) {
        use(slow(loop, () -> {}));
        stream.destroy();
        assertTrue(stream.isDestroyed());
        assertNull(stream.errored());
        stream.destroy(error("kaboom 2"));
        assertNull(stream.errored());
        loop.nextTick(() -> stream.held.remove().onComplete(error("kaboom 1")));
        loop.run();
        journal.expect("destroy null", "error kaboom 1", "close true");
        assertEquals("kaboom 1", stream.errored().getMessage());
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void aDestroyWithAnErrorInsideTheCloseEmitsNothing(Loop loop) {
        stream.onClose(hadError -> {
            stream.onError(error -> journal.add("late"));
            stream.destroy(error("hello"));
        });
        stream.destroy();
        loop.run();
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void aReopenedStreamEndsItsSinkAgain(Loop loop) {
        use(MemoryDuplex.writable(loop, 10));
        boolean[] again = {false};
        stream.onClose(hadError -> {
            if (!again[0]) {
                again[0] = true;
                stream.reopen(stream.options());
                stream.end();
            }
        });
        stream.end();
        loop.run();
        journal.expect("final", "finish", "close false", "final", "finish", "close false");
    }

    // ---- reading

    @Test
    @Covers({"node:test-stream-readable-destroy", "node:test-stream-readable-end-destroyed"})
    void aPushAReadAndAnUnshiftAfterTheDestructionHaveNoEffect(Loop loop) {
        stream.flowing();
        Runnable all = () -> {
            assertFalse(stream.push("asd"));
            assertNull(stream.read());
            assertFalse(stream.unshift("asd"));
            stream.pushNoMore();
        };
        stream.onError(error -> all.run());
        stream.onClose(hadError -> all.run());
        stream.destroy(error("asd"));
        all.run();
        loop.run();
        journal.expect("error asd", "close true");
        all.run();
        loop.run();
        journal.expect();
        assertEquals(0, stream.reads);
        assertEquals(0, stream.readableLength());
    }

    @Test
    @Covers("node:test-stream-readable-destroy")
    void aPushAfterTheEndInsideTheReadIsAnErrorAlsoWithoutAutoDestroy(Loop loop) {
        use(new MemoryDuplex(loop, DuplexOptions.defaults().highWaterMark(10).autoDestroy(false)));
        stream.source = () -> {
            stream.pushNoMore();
            stream.push("asd");
        };
        stream.onError(error -> assertSame(error, stream.errored()));
        stream.resume();
        loop.run();
        journal.expect("error stream.push() after EOF");
    }

    // ---- writing

    @Test
    @Covers("node:test-stream-writable-destroy")
    void aStreamDestroyedInsideAWriteThatCompletesDoesNotFinish(Loop loop) {
        stream.taking = data -> stream.destroy(error("asd"));
        stream.end("asd");
        assertTrue(stream.isDestroyed());
        loop.run();
        journal.expect("[asd]", "error asd", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void aWriteAfterTheDestructionFailsWithoutAnErrorEvent(Loop loop) {
        stream.destroy();
        stream.write("asd", error -> journal.add(error.code() + ": " + error.getMessage()));
        loop.run();
        journal.expect("close false", "ERR_STREAM_DESTROYED: Cannot call write after a stream was destroyed");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void aDestructionFailsTheCorkedWritesAndNotThoseThatWereWritten(Loop loop) {
        stream.cork();
        stream.write("a", stream.noted("done a"));
        stream.uncork();
        stream.cork();
        stream.write("b", stream.noted("done b"));
        stream.destroy();
        stream.write("c", stream.noted("done c"));
        stream.uncork();
        loop.run();
        journal.expect("[a]", "done a", "done b ERR_STREAM_DESTROYED", "close false", "done c ERR_STREAM_DESTROYED");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void anEndAfterAnErrorCompletesWithErrStreamDestroyed(Loop loop) {
        use(MemoryDuplex.withMark(loop, 10));
        stream.holds = true;
        stream.onError(error -> {
            stream.destroy();
            stream.end(stream.noted("ended"));
            journal.add("in the call");
        });
        stream.write("asd");
        stream.fail("EX");
        loop.run();
        journal.expect("[asd]", "error EX", "in the call", "close true", "ended ERR_STREAM_DESTROYED");
    }

    @Test
    @Covers({"node:test-stream-writable-destroy", "node:test-stream-writable-end-multiple"})
    void anEndAfterTheFinishCompletesWithAnErrorOnATick(Loop loop) {
        stream.onFinish(() -> {
            stream.end(stream.noted("again"));
            stream.destroy();
            stream.end(stream.noted("third"));
            journal.add("in the call");
        });
        stream.end();
        loop.run();
        journal.expect(
                "final",
                "finish",
                "in the call",
                "again ERR_STREAM_ALREADY_FINISHED",
                "close false",
                "third ERR_STREAM_ALREADY_FINISHED");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void thePendingEndCompletesWithTheErrorOfTheDestruction(Loop loop) {
        stream.taking = data -> loop.nextTick(stream::complete);
        stream.holds = true;
        stream.end(Talk.buffer("asd"), stream.noted("ended"));
        stream.destroy(error("asd"));
        loop.run();
        journal.expect("[asd]", "ended EX", "error asd", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void anEndWhoseSinkNeverEndsCompletesWithTheErrorOfTheDestruction(Loop loop) {
        stream.holds = true;
        stream.end(stream.noted("ended"));
        stream.destroy(error("oh no"));
        stream.destroy();
        loop.run();
        journal.expect("final", "ended EX", "error oh no", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void theWriteThatIsWithTheSinkCompletesBeforeTheWriteBehindIt(Loop loop) {
        stream.taking = data -> loop.execute(stream::complete);
        stream.holds = true;
        stream.write("a", stream.noted("done a"));
        stream.write("b", stream.noted("done b"));
        stream.destroy();
        loop.run();
        journal.expect("[a]", "close false", "done a", "done b ERR_STREAM_DESTROYED");
    }

    /** With data that waits or without, ended or not: the sink gets no more bytes, and no drain is emitted. */
    @ParameterizedTest
    @CsvSource({"false,false,2", "false,true,1", "true,false,2", "true,true,2"})
    @Covers("node:test-stream-write-destroy")
    void pendingWritesCompleteAtTheDestructionAndNoneBegins(boolean pending, boolean ends, int succeeded, Loop loop) {
        use(MemoryDuplex.withMark(loop, 1));
        stream.holds = true;
        int[] written = {0};
        Completion callback = error -> {
            if (error == null) {
                written[0]++;
            } else {
                assertTrue(stream.isDestroyed());
                assertEquals("ERR_STREAM_DESTROYED", error.code());
            }
        };
        stream.write("abc", callback);
        stream.complete();
        assertEquals(1, written[0]);
        journal.expect("[abc]", "drain");
        if (pending) {
            stream.write("def", callback);
        }
        if (ends) {
            stream.end(Talk.buffer("ghi"), callback);
        } else {
            stream.write("ghi", callback);
        }
        stream.destroy();
        assertEquals(1, written[0]);
        stream.complete();
        assertEquals(succeeded, written[0]);
        assertTrue(stream.held.isEmpty());
        loop.run();
        journal.expect(pending ? "[def]" : "[ghi]", "close false");
    }

    @Test
    @Covers("node:test-stream-writable-finish-destroyed")
    void aWriteThatCompletesAfterTheCloseLeadsToNoFinish(Loop loop) {
        for (boolean ended : new boolean[] {true, false}) {
            use(MemoryDuplex.writable(loop, 10));
            stream.holds = true;
            MemoryDuplex closing = stream;
            closing.onClose(hadError -> {
                closing.complete();
                closing.end();
            });
            if (ended) {
                stream.end("asd");
            } else {
                stream.write("asd");
            }
            stream.destroy();
            loop.run();
            journal.expect("[asd]", "close false");
        }
    }

    @Test
    @Covers("node:test-stream-writable-final-destroy")
    void aDestructionWhileTheSinkEndsPreventsThePrefinish(Loop loop) {
        stream.onPrefinish(journal.note("prefinish"));
        stream.holds = true;
        stream.end();
        loop.nextTick(stream::complete);
        stream.destroy();
        loop.run();
        journal.expect("final", "close false");
    }
}
