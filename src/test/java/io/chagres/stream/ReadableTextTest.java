package io.chagres.stream;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.UsageException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** onText: characters that chunks cut. */
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
    void whatIsThereAlreadyIsDecodedToo(Loop loop) {
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
    void whatIsThereAlreadyIsDecodedChunkByChunkAndHandedOnInTheNextTick(Loop loop) {
        stream.push("a");
        stream.push("b");
        stream.onText(UTF_8, journal::add);
        loop.nextTick(journal.note("tick"));
        loop.run();
        journal.expect("a", "b", "tick");
    }

    @Test
    @Covers("node:test-stream-readable-setEncoding-existing-buffers")
    void aCharacterThatIsThereInPiecesIsOneText(Loop loop) {
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
    void oneThatIsWholeAtTheEndIsNot(Loop loop) {
        stream.onText(UTF_8, journal::add);
        push(0xe2, 0x82, 0xac, 0xc2);
        push(0xa2);
        stream.pushNoMore();
        loop.run();
        journal.expect("\u20ac", "\u00a2");
    }

    @Test
    void whatIsNoCharacterIsReplacedWhereItStands(Loop loop) {
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
    void itWantsACharsetAndAListener() {
        assertThrows(UsageException.class, () -> stream.onText(null, journal::add));
        assertThrows(UsageException.class, () -> stream.onText(UTF_8, null));
    }
}
