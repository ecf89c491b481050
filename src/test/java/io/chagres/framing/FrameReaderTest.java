package io.chagres.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The calls of a reader, above all those of a frame listener in the middle of a chunk. */
@ExtendWith(LoopFixture.class)
class FrameReaderTest {

    private final Journal journal = new Journal();
    private FrameSource source;
    private FrameReader reader;
    /** What the listener does after it has noted a frame. */
    private Consumer<String> then = frame -> {};

    @BeforeEach
    void create(Loop loop) {
        source = new FrameSource(loop);
        source.onError(error -> journal.add("error " + error.code()));
        reader = FrameReader.on(source, Framing.lines(8));
    }

    private void listen() {
        reader.onText(frame -> {
            journal.add(frame);
            then.accept(frame);
        });
        reader.onEnd(journal.note("end"));
    }

    private Consumer<String> at(String frame, Runnable call) {
        return seen -> {
            if (seen.equals(frame)) {
                call.run();
            }
        };
    }

    // ---- listeners

    @Test
    void nothingFlowsBeforeTheFirstFrameListener(Loop loop) {
        source.give("one\n");
        reader.onEnd(journal.note("end"));
        loop.run();
        assertEquals(4, source.readableLength());
        listen();
        journal.expect();
        loop.run();
        journal.expect("one");
    }

    @Test
    void aFrameIsABufferOfItsOwn(Loop loop) {
        List<ByteBuffer> frames = new ArrayList<>();
        reader.onFrame(frames::add).onFrame(frames::add);
        byte[] bytes = FrameSource.bytes("ab\ncd\n");
        source.give(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        loop.run();
        assertEquals(4, frames.size());
        for (ByteBuffer frame : frames) {
            assertEquals(0, frame.position());
            assertEquals(2, frame.limit());
            assertEquals(2, frame.capacity());
            assertEquals(ByteOrder.BIG_ENDIAN, frame.order());
            assertSame(bytes, frame.array());
        }
        frames.get(0).get();
        assertEquals(0, frames.get(1).position());
    }

    @Test
    void aFrameListenerThatIsRemovedIsNotCalled(Loop loop) {
        Consumer<ByteBuffer> bytes = frame -> journal.add("bytes");
        Consumer<String> text = journal::add;
        reader.onFrame(bytes).onText(text).onText(text);
        reader.offFrame(bytes);
        reader.offText(text);
        reader.offText(frame -> {});
        source.give("one\n");
        loop.run();
        journal.expect("one");
        reader.offText(text);
        source.give("two\n");
        loop.run();
        journal.expect();
    }

    @Test
    void anEndListenerThatIsRemovedIsNotCalled(Loop loop) {
        Runnable end = journal.note("end");
        listen();
        reader.onEnd(end);
        reader.offEnd(end);
        source.finish();
        loop.run();
        journal.expect("end");
    }

    @Test
    void textIsDecodedWithItsCharset(Loop loop) {
        reader.onText(StandardCharsets.ISO_8859_1, journal::add);
        reader.onText(journal::add);
        source.give("\344\n");
        loop.run();
        journal.expect("\344", "\ufffd");
    }

    @Test
    void textInDirectMemoryIsDecoded(Loop loop) {
        listen();
        byte[] bytes = FrameSource.bytes("one\ntwo\nthr");
        source.give(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
        source.give("ee\n");
        loop.run();
        journal.expect("one", "two", "three");
    }

    @Test
    void aListenerThatThrowsLosesNoFrame(Loop loop) {
        List<Throwable> thrown = new ArrayList<>();
        loop.setUncaughtHandler(thrown::add);
        listen();
        reader.onFrame(frame -> journal.add("second"));
        RuntimeException failure = new IllegalStateException();
        then = at("one", () -> {
            throw failure;
        });
        source.give("one\ntwo\n");
        source.finish();
        loop.run();
        journal.expect("one", "second", "two", "second", "end");
        assertEquals(List.of(failure), thrown);
    }

    // ---- pause and resume

    @Test
    void aListenerThatPausesGetsNoFurtherFrameOfTheChunk(Loop loop) {
        listen();
        then = frame -> reader.pause();
        source.give("one\ntwo\nthr");
        source.give("ee\nfour\n\n");
        for (String frame : List.of("one", "two", "three", "four")) {
            loop.run();
            journal.expect(frame);
            assertTrue(reader.isPaused());
            reader.resume();
            journal.expect();
        }
        loop.run();
        journal.expect("");
    }

    @Test
    void pauseAndResumeOfTheReadableDoTheSame(Loop loop) {
        listen();
        then = frame -> source.pause();
        source.give("one\ntwo\n");
        loop.run();
        journal.expect("one");
        assertEquals(4, source.readableLength());
        source.resume();
        loop.run();
        journal.expect("two");
    }

    @Test
    void aPauseThatIsTakenBackInTheListenerChangesNothing(Loop loop) {
        listen();
        then = at("one", () -> reader.pause().resume());
        source.give("one\ntwo\n");
        loop.run();
        journal.expect("one", "two");
    }

    @Test
    void aReadableThatWasPausedWaitsForResume(Loop loop) {
        source.pause();
        listen();
        source.give("one\n");
        loop.run();
        journal.expect();
        reader.resume();
        loop.run();
        journal.expect("one");
    }

    @Test
    void bytesThatWaitForAPausedReaderHoldTheSourceBack(Loop loop) {
        listen();
        then = frame -> reader.pause();
        source.give("one\n");
        loop.run();
        int mark = source.readableHighWaterMark();
        assertTrue(source.give("two\n"));
        assertFalse(source.give("x".repeat(mark)));
        loop.run();
    }

    @Test
    void resumeWithoutAListenerDropsFrames(Loop loop) {
        reader.resume();
        source.give("one\nt");
        loop.run();
        assertEquals(0, source.readableLength());
        listen();
        source.give("wo\n");
        loop.run();
        journal.expect("two");
    }

    // ---- switchTo

    @Test
    void aListenerSwitchesForTheNextByteOfTheChunk(Loop loop) {
        listen();
        then = frame -> {
            switch (frame) {
                case "len" -> reader.switchTo(Framing.length(1, 9));
                case "fix" -> reader.switchTo(Framing.fixed(2));
                case "li" -> reader.switchTo(Framing.lines(9));
                default -> {}
            }
        };
        for (int size = 1; size < 20; size++) {
            source.give("a\nlen\n\2\n\n\3fixabcdlix\ny\n", size);
            loop.run();
            journal.expect("a", "len", "\n\n", "fix", "ab", "cd", "li", "x", "y");
        }
    }

    @Test
    void bytesOfAnUnfinishedFrameAreCutAgainOnATick(Loop loop) {
        listen();
        loop.run();
        source.give("one\n\2ab\1");
        loop.run();
        journal.expect("one");
        reader.switchTo(Framing.length(1, 9));
        journal.expect();
        source.give("c");
        journal.expect();
        loop.run();
        journal.expect("ab", "c");
        assertEquals(Framing.length(1, 9), reader.framing());
    }

    @Test
    void bytesOfAnUnfinishedFrameThatAreCutAgainWaitForResume(Loop loop) {
        listen();
        loop.run();
        source.give("ab");
        reader.pause();
        reader.switchTo(Framing.fixed(1));
        loop.run();
        journal.expect();
        reader.resume();
        loop.run();
        journal.expect("a", "b");
    }

    @Test
    void aSmallerLimitHoldsForBytesThatHaveArrived(Loop loop) {
        listen();
        loop.run();
        source.give("12345678");
        reader.switchTo(Framing.lines(3));
        loop.run();
        journal.expect("error ERR_FRAME_TOO_LONG");
    }

    // ---- stop

    @Test
    void aPipeGoesOnWithTheByteBehindTheLastFrame(Loop loop) {
        FrameSource sink = new FrameSource(loop);
        listen();
        then = at("connect", () -> {
            assertSame(source, reader.stop());
            source.pipe(sink);
        });
        source.give("one\nconnect\nra");
        source.give("w\n");
        loop.run();
        source.give("more");
        loop.run();
        journal.expect("one", "connect");
        assertEquals("raw\nmore", sink.writtenText());
    }

    @Test
    void aStoppedReadableBuffersUntilAConsumerIsThere(Loop loop) {
        listen();
        then = frame -> reader.stop();
        source.give("one\ntwo\n");
        source.finish();
        loop.run();
        journal.expect("one");
        assertFalse(source.isPaused());
        assertEquals(4, source.readableLength());
        source.onData(chunk -> journal.add("raw " + FrameSource.text(chunk)));
        source.onEnd(journal.note("raw end"));
        loop.run();
        journal.expect("raw two\n", "raw end");
    }

    @Test
    void aDataListenerOfTheSameCallbackGetsTheRest(Loop loop) {
        listen();
        then = frame -> reader.stop().onData(chunk -> journal.add("raw " + FrameSource.text(chunk)));
        source.give("one\ntwo\n");
        loop.run();
        journal.expect("one", "raw two\n");
    }

    @Test
    void aSecondReaderOfTheSameCallbackGetsTheRest(Loop loop) {
        listen();
        then = frame -> FrameReader.on(reader.stop(), Framing.fixed(2)).onText(journal::add);
        source.give("one\ntwo\n");
        loop.run();
        journal.expect("one", "tw", "o\n");
    }

    @Test
    void theBytesOfAnUnfinishedFrameAreGivenBack(Loop loop) {
        reader.switchTo(Framing.length(4, 9));
        listen();
        loop.run();
        source.give("\0\0\0");
        source.give("\3ab");
        loop.run();
        reader.stop();
        source.give("c");
        assertEquals("\0\0\0\3abc", FrameSource.text(source.read()));
        loop.run();
        journal.expect();
    }

    @Test
    void aPausedReadableStaysPausedWhenTheReaderStops(Loop loop) {
        listen();
        then = frame -> reader.pause();
        source.give("one\ntwo\n");
        loop.run();
        journal.expect("one");
        reader.stop();
        source.onData(chunk -> journal.add("raw " + FrameSource.text(chunk)));
        loop.run();
        journal.expect();
        source.resume();
        loop.run();
        journal.expect("raw two\n");
    }

    @Test
    void aStoppedReaderDoesNothingMore(Loop loop) {
        listen();
        reader.stop();
        assertSame(source, reader.stop());
        loop.run();
        reader.resume();
        assertFalse(source.isReadableFlowing());
        reader.pause();
        assertFalse(source.isPaused());
        refuses(() -> reader.switchTo(Framing.fixed(1)));
        refuses(() -> reader.onFrame(frame -> {}));
        refuses(() -> reader.onText(frame -> {}));
        refuses(() -> reader.onEnd(() -> {}));
        reader.offFrame(frame -> {});
        source.give("one\n");
        loop.run();
        journal.expect();
    }

    private static void refuses(Runnable call) {
        assertEquals(
                "ERR_INVALID_STATE",
                assertThrows(UsageException.class, call::run).code());
    }

    @Test
    void aReaderWithoutListenersCanBeStopped(Loop loop) {
        reader.stop();
        source.onData(chunk -> journal.add(FrameSource.text(chunk)));
        source.give("one\n");
        loop.run();
        journal.expect("one\n");
    }

    // ---- the end, errors, destroy

    @Test
    void aListenerThatDestroysTheReadableGetsNoFurtherFrame(Loop loop) {
        listen();
        then = at("two", source::destroy);
        source.give("one\ntwo\nthree\nfo");
        loop.run();
        journal.expect("one", "two");
        assertEquals("FrameReader (lines(8)) on " + source, reader.toString());
    }

    @Test
    void anErrorNamesTheLimit(Loop loop) {
        List<ChagresException> errors = new ArrayList<>();
        source.onError(errors::add);
        reader.switchTo(Framing.length(4, 1000)).onFrame(frame -> {});
        source.give("\0\0\4\0");
        loop.run();
        assertEquals(
                "a frame of 1024 bytes is longer than the maximum of 1000 bytes",
                errors.getFirst().getMessage());
    }

    @Test
    void anEndInsideAFrameSaysHowMuchHasArrived(Loop loop) {
        List<ChagresException> errors = new ArrayList<>();
        source.onError(errors::add);
        listen();
        source.give("abc");
        loop.run();
        assertEquals("FrameReader (lines(8), 3 bytes of a frame) on " + source, reader.toString());
        source.finish();
        loop.run();
        assertEquals(
                "the stream has ended inside a frame, of which 3 bytes have arrived",
                errors.getFirst().getMessage());
        journal.expect("error ERR_FRAME_TRUNCATED");
    }

    @Test
    void anErrorOfTheReadableIsNoErrorOfTheFrame(Loop loop) {
        listen();
        loop.run();
        source.give("abc");
        source.destroy(new ChagresException("ECONNRESET", "read ECONNRESET"));
        loop.run();
        journal.expect("error ECONNRESET");
    }

    @Test
    void framesBeforeABadOneAreHandedOn(Loop loop) {
        listen();
        source.give("one\n1234567890\ntwo\n");
        loop.run();
        journal.expect("one", "error ERR_FRAME_TOO_LONG");
    }

    @Test
    void aStreamWithAPartOfAFrameIsNotIdle(Loop loop) {
        listen();
        then = frame -> source.write("ok");
        loop.run();
        assertTrue(source.isIdle());
        source.give("one\nt");
        loop.run();
        assertFalse(source.isIdle());
        source.give("wo\n");
        loop.run();
        assertTrue(source.isIdle());
    }

    // ---- streams in memory

    @Test
    void aChunkThatAListenerCausesFollowsTheRestOfItsChunk(Loop loop) {
        listen();
        then = at("one", () -> {
            source.give("th");
            source.give("ree\nfour\n");
        });
        source.give("one\ntwo\n");
        loop.run();
        journal.expect("one", "two", "three", "four");
    }

    @Test
    void chunksThatAListenerCausesWaitIfItPauses(Loop loop) {
        listen();
        then = at("one", () -> {
            source.give("three\n");
            source.give("four\n");
            reader.pause();
        });
        source.give("one\n");
        loop.run();
        journal.expect("one");
        then = at("three", reader::pause);
        reader.resume();
        loop.run();
        journal.expect("three");
        reader.resume();
        loop.run();
        journal.expect("four");
    }

    @Test
    void chunksThatAListenerCausesAreGivenBackInOrder(Loop loop) {
        listen();
        then = at("one", () -> {
            source.give("th");
            source.give("ree");
            reader.stop();
        });
        loop.run();
        source.give("one\ntwo\n");
        loop.run();
        journal.expect("one");
        assertEquals("two\nthree", FrameSource.text(source.read()));
    }

    @Test
    void eachReadByHandHandsOnOneFrameOfAPausedReadable(Loop loop) {
        listen();
        reader.pause();
        source.give("one\ntwo\nthr");
        while (source.read() != null) {
            journal.add("read");
        }
        journal.expect("one", "read", "two", "read", "read");
        loop.run();
    }

    @Test
    void aReadableThatIsReadByAnotherConsumerHandsOnNoFrame(Loop loop) {
        listen();
        then = at("one", () -> source.onReadable(() -> {}));
        source.give("one\ntwo\n");
        loop.run();
        journal.expect("one");
        assertEquals(4, source.readableLength());
    }

    // ---- bytes that are no frame

    @Test
    void anErrorListenerAnswersInsteadOfTheDestroy(Loop loop) {
        listen();
        Consumer<ChagresException> removed = error -> journal.add("removed");
        reader.onError(removed).onError(error -> {
            journal.add("refused " + error.code());
            source.end("too long\n");
        });
        reader.offError(removed);
        source.give("one\n123456789\ntwo\n");
        source.give("three\n");
        loop.run();
        journal.expect("one", "refused ERR_FRAME_TOO_LONG");
        assertEquals("too long\n", source.writtenText());
        assertFalse(source.isDestroyed());
        assertEquals("FrameReader (lines(8), refused) on " + source, reader.toString());
        source.finish();
        loop.run();
        journal.expect();
        assertTrue(source.isDestroyed());
    }

    @Test
    void anErrorListenerHearsOfAnEndInsideAFrame(Loop loop) {
        listen();
        reader.onError(error -> journal.add("refused " + error.code()));
        source.give("one\ntw");
        source.finish();
        loop.run();
        journal.expect("one", "refused ERR_FRAME_TRUNCATED");
    }

    // ---- the time of a frame

    @Test
    void aFrameThatTakesTooLongIsRefused(Loop loop, ManualClock clock) {
        listen();
        reader.frameTimeout(Duration.ofMillis(100));
        source.give("one\nt");
        Timer.after(loop, 60, () -> source.give("w"));
        Timer.after(loop, 99, journal.note("99"));
        Timer.after(loop, 101, journal.note("101"));
        loop.run();
        journal.expect("one", "99", "error ERR_FRAME_TIMEOUT", "101");
    }

    @Test
    void eachFrameHasItsOwnTime(Loop loop, ManualClock clock) {
        listen();
        reader.frameTimeout(Duration.ofMillis(100));
        source.give("o");
        Timer.after(loop, 90, () -> source.give("ne\nt"));
        Timer.after(loop, 180, () -> source.give("wo\n"));
        Timer.after(loop, 1000, () -> source.give("three\n"));
        loop.run();
        journal.expect("one", "two", "three");
    }

    @Test
    void theTimeOfAFrameBeginsAgainIfTheReaderIsPaused(Loop loop, ManualClock clock) {
        listen();
        reader.frameTimeout(Duration.ofMillis(100));
        source.give("o");
        Timer.after(loop, 50, reader::pause);
        Timer.after(loop, 150, () -> {
            source.give("ne\nt");
            reader.resume();
        });
        Timer.after(loop, 249, journal.note("249"));
        Timer.after(loop, 260, journal.note("260"));
        loop.run();
        journal.expect("one", "249", "error ERR_FRAME_TIMEOUT", "260");
    }

    @Test
    void aLimitThatIsSetOrTakenAwayCountsForTheFrameThatHasBegun(Loop loop, ManualClock clock) {
        listen();
        source.give("o");
        loop.run();
        reader.frameTimeout(Duration.ofMillis(100));
        Timer.after(loop, 50, () -> reader.frameTimeout(Duration.ZERO));
        Timer.after(loop, 200, () -> reader.frameTimeout(Duration.ofMillis(10)));
        Timer.after(loop, 209, journal.note("209"));
        Timer.after(loop, 211, journal.note("211"));
        loop.run();
        journal.expect("209", "error ERR_FRAME_TIMEOUT", "211");
    }

    @Test
    void aFrameThatIsGivenBackHasNoTimeLimit(Loop loop, ManualClock clock) {
        listen();
        reader.frameTimeout(Duration.ofMillis(100));
        source.give("o");
        loop.run(RunMode.NOWAIT);
        reader.stop();
        Timer.after(loop, 500, journal.note("500"));
        loop.run();
        journal.expect("500");
        assertThrows(UsageException.class, () -> reader.frameTimeout(Duration.ZERO));
    }

    @Test
    void aNegativeLimitIsRefused(Loop loop) {
        UsageException thrown = assertThrows(UsageException.class, () -> reader.frameTimeout(Duration.ofMillis(-1)));
        assertEquals("ERR_OUT_OF_RANGE", thrown.code());
    }
}
