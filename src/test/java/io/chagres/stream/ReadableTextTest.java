package io.chagres.stream;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** onText: characters that are cut by the border of two chunks. */
@ExtendWith(LoopFixture.class)
class ReadableTextTest {

    private static final String PARTY = "\ud83c\udf89";

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.readable(loop, 1000);
        journal = stream.journal;
    }

    private void push(int... bytes) {
        ByteBuffer chunk = ByteBuffer.allocate(bytes.length);
        for (int value : bytes) {
            chunk.put((byte) value);
        }
        stream.push(chunk.flip());
    }

    @Test
    @Covers("node:test-stream-readable-setEncoding-existing-buffers")
    void bufferedBytesAreDecodedForATextListenerThatIsAddedLater(Loop loop) {
        push(0xf0);
        push(0x9f);
        stream.onText(UTF_8, journal::add);
        push(0x8e);
        push(0x89, 'a');
        loop.run();
        journal.expect(PARTY + "a");
    }

    @Test
    @Covers("node:test-stream-readable-setEncoding-existing-buffers")
    void bufferedBytesAreDecodedChunkByChunkInTheNextTick(Loop loop) {
        stream.push("a");
        stream.push("b");
        stream.onText(UTF_8, journal::add);
        loop.nextTick(journal.note("tick"));
        loop.run();
        journal.expect("a", "b", "tick");
    }

    @Test
    @Covers("node:test-stream-readable-setEncoding-existing-buffers")
    void aBufferedCharacterInPiecesIsOneText(Loop loop) {
        push(0xf0);
        push(0x9f);
        push(0x8e);
        push(0x89);
        stream.onText(UTF_8, journal::add);
        loop.run();
        journal.expect(PARTY);
    }

    @Test
    @Covers("node:test-stream2-decode-partial")
    void aCharacterThatTheEndCutsOffIsReplacedBeforeTheEnd(Loop loop) {
        stream.onEnd(journal.note("end"));
        stream.onText(UTF_8, journal::add);
        loop.run();
        push(0xe2);
        push(0x82);
        push(0xac, 0xc2);
        stream.pushNoMore();
        loop.run();
        journal.expect("\u20ac", "\ufffd", "end");
    }

    @Test
    @Covers("node:test-stream2-decode-partial")
    void aCharacterThatIsWholeAtTheEndIsNotReplaced(Loop loop) {
        stream.onText(UTF_8, journal::add);
        push(0xe2, 0x82, 0xac, 0xc2);
        push(0xa2);
        stream.pushNoMore();
        loop.run();
        journal.expect("\u20ac", "\u00a2");
    }

    @Test
    void malformedBytesAreReplacedInTheirPlace(Loop loop) {
        stream.onText(UTF_8, journal::add);
        push('a', 0xff, 'b');
        loop.run();
        journal.expect("a\ufffdb");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 16, 1000})
    @Covers("node:test-stream2-set-encoding")
    void chunksOfAnySizeAreTheSameText(int size, Loop loop) {
        String text = ("a\u00e9\u20ac" + PARTY).repeat(20);
        for (Charset charset : new Charset[] {UTF_8, UTF_16}) {
            MemoryDuplex cut = MemoryDuplex.readable(loop, 10);
            StringBuilder seen = new StringBuilder();
            cut.onText(charset, seen::append);
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(charset));
            for (int at = 0; at < bytes.limit(); at += size) {
                cut.push(bytes.slice(at, Math.min(size, bytes.limit() - at)));
            }
            cut.pushNoMore();
            loop.run();
            assertEquals(text, seen.toString());
        }
    }

    @Test
    void otherListenersGetTheBytesUntouched(Loop loop) {
        stream.onText(UTF_8, journal::add);
        stream.flowing();
        stream.onText(UTF_8, journal::add);
        stream.push("x");
        loop.run();
        journal.expect("x", "data x", "x");
    }

    @Test
    void onTextRequiresACharsetAndAListener() {
        assertThrows(UsageException.class, () -> stream.onText(null, journal::add));
        assertThrows(UsageException.class, () -> stream.onText(UTF_8, null));
    }

    @Test
    void aTextListenerThatWasRemovedGetsNoMoreTextEvenAtTheEnd(Loop loop) {
        Consumer<String> off = text -> journal.add("off " + text);
        stream.onText(UTF_8, off).onText(UTF_8, journal::add).onEnd(journal.note("end"));
        push('a', 0xe2);
        loop.run();
        stream.offText(off);
        stream.offText(text -> {});
        push(0x82, 0xac);
        stream.pushNoMore();
        loop.run();
        journal.expect("off a", "a", "\u20ac", "end");
    }

    @Test
    void aPipeThatFollowsTextGetsTheBytesOfTheUnfinishedCharacter(Loop loop) {
        ByteBuffer piped = ByteBuffer.allocate(10);
        MemoryDuplex sink = MemoryDuplex.writable(loop, 100);
        sink.taking = data -> piped.put(data.duplicate());
        Consumer<String>[] listener = onlyOne();
        listener[0] = text -> {
            journal.add(text);
            stream.offText(listener[0]);
            stream.pipe(sink);
        };
        stream.onText(UTF_8, listener[0]);
        loop.run();
        push('g', 'o', 0xe2, 0x82);
        push(0xff, 0);
        stream.pushNoMore();
        loop.run();
        journal.expect("go");
        assertEquals(ByteBuffer.wrap(new byte[] {(byte) 0xe2, (byte) 0x82, (byte) 0xff, 0}), piped.flip());
    }

    @Test
    void unfinishedBytesOfAPausedStreamCanBeReadByHand(Loop loop) {
        Consumer<String> listener = journal::add;
        stream.onText(UTF_8, listener);
        push('a', 0xe2);
        loop.run();
        stream.pause();
        stream.offText(listener);
        assertEquals(ByteBuffer.wrap(new byte[] {(byte) 0xe2}), stream.read());
        loop.run();
        journal.expect("a");
    }

    @Test
    void unfinishedBytesThatAnotherListenerHasAreNotPutBack(Loop loop) {
        int[] bytes = {0};
        Consumer<String> listener = journal::add;
        stream.onText(UTF_8, listener).onData(chunk -> bytes[0] += chunk.remaining());
        push('a', 0xe2);
        loop.run();
        stream.offText(listener);
        push(0x82);
        loop.run();
        assertEquals(3, bytes[0]);
        journal.expect("a");
    }

    @Test
    void ofATextListenerThatWasAddedTwiceTheLaterIsRemoved(Loop loop) {
        Consumer<String> twice = text -> journal.add(text.length() + " characters");
        stream.onText(UTF_8, twice).onText(UTF_16, twice);
        stream.offText(twice);
        push('a', 'b');
        loop.run();
        journal.expect("2 characters");
    }

    @SuppressWarnings("unchecked")
    private static Consumer<String>[] onlyOne() {
        return new Consumer[1];
    }
}
