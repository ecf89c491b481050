package io.chagres.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kinds of framing: which bytes are which frames, whatever the chunks are. */
@ExtendWith(LoopFixture.class)
class FramingTest {

    private static final String TOO_LONG = "error ERR_FRAME_TOO_LONG";
    private static final String MALFORMED = "error ERR_FRAME_MALFORMED";
    private static final String TRUNCATED = "error ERR_FRAME_TRUNCATED";
    private static final String END = "end";

    private static Arguments cut(Framing framing, String bytes, String... events) {
        return Arguments.of(framing, bytes, List.of(events));
    }

    private static Framing delimiter(String delimiter, int maxLength) {
        return Framing.delimiter(FrameSource.bytes(delimiter), maxLength);
    }

    static Stream<Arguments> lines() {
        Framing five = Framing.lines(5);
        return Stream.of(
                cut(five, "one\ntwo\r\n\n\r\nend\n", "one", "two", "", "", "end", END),
                cut(five, "a\rb\r\r\nc\n", "a\rb\r", "c", END),
                cut(five, "12345\n12345\r\n", "12345", "12345", END),
                cut(five, "ok\n123456\n", "ok", TOO_LONG),
                cut(five, "123456\r\n", TOO_LONG),
                cut(five, "1234567", TOO_LONG),
                cut(five, "12345\r\r\n", TOO_LONG),
                cut(five, "", END),
                cut(five, "ok\nhal", "ok", TRUNCATED),
                cut(five, "\r", TRUNCATED),
                cut(
                        Framing.lines(100),
                        "a line that is longer than a word of eight bytes\nb\n",
                        "a line that is longer than a word of eight bytes",
                        "b",
                        END));
    }

    static Stream<Arguments> delimiters() {
        return Stream.of(
                cut(delimiter("\0", 4), "ab\0\0abcd\0", "ab", "", "abcd", END),
                cut(delimiter("\0", 4), "abcde\0", TOO_LONG),
                cut(delimiter("\0", 4), "abcd", TRUNCATED),
                cut(delimiter("\r\n\r\n", 9), "a\r\nb\r\n\r\n\r\n\r\n\r\r\n\r\n", "a\r\nb", "", "\r", END),
                cut(delimiter("aab", 9), "aaab" + "aabaaaaaab", "a", "", "aaaa", END),
                cut(delimiter("abab", 3), "xxxababababab", "xxx", "", TRUNCATED),
                cut(delimiter("abab", 3), "xxxxabab", TOO_LONG));
    }

    static Stream<Arguments> lengths() {
        return Stream.of(
                cut(Framing.length(1, 3), "\1a\0\3abc", "a", "", "abc", END),
                cut(Framing.length(1, 3), "\4abcd", TOO_LONG),
                cut(Framing.length(2, 300), "\0\2hi\0\0\1\3" + "x".repeat(259), "hi", "", "x".repeat(259), END),
                cut(Framing.length(2, 300), "\377\377", TOO_LONG),
                cut(Framing.length(4, 3), "\0\0\0\3abc\0\0\0\0\0\0\0\1x", "abc", "", "x", END),
                cut(Framing.length(4, 3), "\0\0\0\1x\377\377\377\377", "x", TOO_LONG),
                cut(Framing.length(8, 3), "\0\0\0\0\0\0\0\2ab\0\0\0\0\0\0\0\0", "ab", "", END),
                cut(Framing.length(8, 3), "\0\0\0\1\0\0\0\0", TOO_LONG),
                cut(Framing.length(8, 3), "\377\0\0\0\0\0\0\0", TOO_LONG),
                cut(Framing.length(4, 3), "\0\0\0", TRUNCATED),
                cut(Framing.length(4, 3), "\0\0\0\2a", TRUNCATED));
    }

    static Stream<Arguments> varints() {
        Framing many = Framing.varint(Framing.MAX_LENGTH);
        return Stream.of(
                cut(many, "\1a\0\2bc", "a", "", "bc", END),
                cut(many, "\177" + "x".repeat(127) + "\200\1" + "y".repeat(128), "x".repeat(127), "y".repeat(128), END),
                cut(Framing.varint(128), "\201\1" + "y".repeat(129), TOO_LONG),
                cut(many, "\377\377\377\377\17", TOO_LONG),
                cut(many, "\377\377\377\377\20", MALFORMED),
                cut(many, "\200\200\200\200\200\1", MALFORMED),
                cut(many, "\1a\200\0", "a", MALFORMED),
                cut(many, "\200", TRUNCATED),
                cut(many, "\2a", TRUNCATED));
    }

    static Stream<Arguments> fixed() {
        return Stream.of(
                cut(Framing.fixed(3), "abcdef", "abc", "def", END),
                cut(Framing.fixed(1), "ab", "a", "b", END),
                cut(Framing.fixed(3), "abcd", "abc", TRUNCATED));
    }

    @ParameterizedTest
    @MethodSource({"lines", "delimiters", "lengths", "varints", "fixed"})
    void theSameBytesAreTheSameFramesInAllChunks(Framing framing, String bytes, List<String> events, Loop loop) {
        IntStream.rangeClosed(1, Math.max(1, bytes.length())).forEach(size -> {
            FrameSource source = new FrameSource(loop);
            Journal journal = new Journal();
            FrameReader.on(source, framing)
                    .onFrame(frame -> journal.add(FrameSource.text(frame)))
                    .onEnd(journal.note(END));
            source.onError(error -> journal.add("error " + error.code()));
            loop.run();
            source.give(bytes, size);
            source.finish();
            loop.run();
            journal.expect(events.toArray(String[]::new));
            assertEquals(!events.contains(END), source.isDestroyed());
        });
    }

    @Test
    void theTextOfAFramingIsTheCallThatMakesIt() {
        assertEquals("lines(80)", Framing.lines(80).toString());
        assertEquals("delimiter(0x0d0a0d0a, 80)", delimiter("\r\n\r\n", 80).toString());
        assertEquals("length(4, 80)", Framing.length(4, 80).toString());
        assertEquals("varint(80)", Framing.varint(80).toString());
        assertEquals("fixed(80)", Framing.fixed(80).toString());
    }

    @Test
    void framingsWithTheSameRuleAreEqual() {
        assertEquals(delimiter("\r\n", 8), delimiter("\r\n", 8));
        assertEquals(Framing.length(2, 8).hashCode(), Framing.length(2, 8).hashCode());
        assertNotEquals(Framing.length(2, 8), Framing.length(4, 8));
        assertNotEquals(Framing.lines(8), Framing.varint(8));
        assertNotEquals(Framing.lines(8), null);
    }

    @Test
    void aDelimiterIsCopied(Loop loop) {
        byte[] delimiter = {'|'};
        Framing framing = Framing.delimiter(delimiter, 8);
        delimiter[0] = '!';
        assertEquals("delimiter(0x7c, 8)", framing.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Framing.MAX_LENGTH + 1, Integer.MAX_VALUE})
    void aLengthOutOfRangeIsRefused(int length) {
        refuses("ERR_OUT_OF_RANGE", () -> Framing.lines(length));
        refuses("ERR_OUT_OF_RANGE", () -> delimiter("|", length));
        refuses("ERR_OUT_OF_RANGE", () -> Framing.length(4, length));
        refuses("ERR_OUT_OF_RANGE", () -> Framing.varint(length));
        refuses("ERR_OUT_OF_RANGE", () -> Framing.fixed(length));
    }

    @Test
    void aDelimiterThatIsMissingOrTooLongIsRefused() {
        refuses("EINVAL", () -> Framing.delimiter(null, 8));
        refuses("ERR_OUT_OF_RANGE", () -> delimiter("", 8));
        refuses("ERR_OUT_OF_RANGE", () -> delimiter("x".repeat(256), 8));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 3, 5, 7, 9})
    void aPrefixOfAnotherSizeIsRefused(int prefixBytes) {
        refuses("EINVAL", () -> Framing.length(prefixBytes, 8));
    }

    private static void refuses(String code, Runnable call) {
        assertEquals(code, assertThrows(UsageException.class, call::run).code());
    }
}
