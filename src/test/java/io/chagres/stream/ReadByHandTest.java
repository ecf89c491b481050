package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** read(n), and bytes that are put back. */
@ExtendWith(LoopFixture.class)
class ReadByHandTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        use(MemoryDuplex.readable(loop, 10));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex.watched();
        journal = duplex.journal;
    }

    /** Calls {@code then} with {@code size} bytes as soon as they are buffered. */
    private void readOnce(int size, Consumer<ByteBuffer> then) {
        ByteBuffer chunk = stream.read(size);
        if (chunk != null) {
            then.accept(chunk);
            return;
        }
        stream.onReadable(new Runnable() {
            @Override
            public void run() {
                stream.offReadable(this);
                readOnce(size, then);
            }
        });
    }

    @Test
    void aReadTakesPartsOfChunksAndSeveralChunksTogether(Loop loop) {
        stream.push("abc");
        stream.push("defg");
        assertEquals("ab", Talk.text(stream.read(2)));
        assertEquals("cde", Talk.text(stream.read(3)));
        assertNull(stream.read(3));
        assertEquals(2, stream.readableLength());
        assertEquals("fg", Talk.text(stream.read()));
        assertNull(stream.read());
        stream.push("h");
        stream.pushNoMore();
        assertEquals("h", Talk.text(stream.read(5)), "the last ones");
        loop.run();
        journal.expect("end", "close false");
    }

    @Test
    void theSizeOfAReadIsChecked(Loop loop) {
        UsageException refused = assertThrows(UsageException.class, () -> stream.read(-1));
        assertEquals("ERR_OUT_OF_RANGE", refused.code());
        assertEquals(
                "The value of \"size\" is out of range. It must be >= 0 && <= 1073741824. Received -1",
                refused.getMessage());
        assertThrows(UsageException.class, () -> stream.read((1 << 30) + 1));
        assertNull(stream.read(1 << 30));
        assertEquals(1 << 30, stream.readableHighWaterMark());
    }

    @Test
    void aReadOfADestroyedStreamReturnsNull(Loop loop) {
        stream.push("lost");
        stream.destroy();
        assertNull(stream.read());
        loop.run();
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-stream-readable-flow-recursion")
    void aReadOfMoreThanTheMarkRaisesTheMark(Loop loop) {
        use(MemoryDuplex.readable(loop, 2));
        int[] left = {5000};
        stream.source = () -> {
            int size = Math.min(left[0], stream.readableHighWaterMark());
            left[0] -= size;
            if (size == 0) {
                stream.pushNoMore();
            } else {
                stream.push(ByteBuffer.allocate(size));
            }
        };
        readOnce(5000, chunk -> journal.add("got " + chunk.remaining()));
        loop.run();
        journal.expect("got 5000");
        assertEquals(2, stream.reads);
        assertEquals(8192, stream.readableHighWaterMark());
        assertEquals(0, stream.readableLength());
    }

    @Test
    @Covers("node:test-stream2-large-read-stall")
    void aReadAboveTheMarkDoesNotStall(Loop loop) {
        use(MemoryDuplex.readable(loop, 50));
        int[] pushed = {0};
        Runnable push = new Runnable() {
            @Override
            public void run() {
                if (pushed[0]++ == 1000) {
                    stream.pushNoMore();
                } else if (pushed[0] <= 1000 && stream.push(ByteBuffer.allocate(20))) {
                    loop.execute(this);
                }
            }
        };
        stream.source = push;
        int[] total = {0};
        stream.onReadable(() -> {
            for (ByteBuffer chunk; (chunk = stream.read(100)) != null; ) {
                total[0] += chunk.remaining();
            }
        });
        loop.run();
        assertEquals(20_000, total[0]);
        journal.expect("end", "close false");
    }

    /** 100 bytes in chunks of ten, read in sizes that grow: all of them in order, and the last read takes the rest. */
    @Test
    @Covers("node:test-stream2-basic")
    void readsMayGrowBeyondTheChunks(Loop loop) {
        String all = "0123456789".repeat(10);
        stream.source = () -> loop.execute(() -> {
            if (stream.reads <= 10) {
                stream.push("0123456789");
            } else {
                stream.pushNoMore();
            }
        });
        StringBuilder seen = new StringBuilder();
        int[] size = {1};
        stream.onReadable(() -> {
            for (ByteBuffer chunk; (chunk = stream.read(size[0])) != null; size[0]++) {
                assertEquals(Math.min(size[0], 100 - seen.length()), chunk.remaining());
                seen.append(Talk.text(chunk));
            }
        });
        loop.run();
        assertEquals(all, seen.toString());
        journal.expect("end", "close false");
    }

    // ---- unshift

    @Test
    @Covers("node:test-stream-readable-unshift")
    void bytesThatArePutBackAreReadFirst(Loop loop) {
        stream.flowing();
        stream.push("back");
        assertTrue(stream.unshift("front"));
        loop.run();
        journal.expect("data front", "data back");
    }

    @Test
    @Covers("node:test-stream-readable-unshift")
    void bytesCanBePutBackBeyondTheMark(Loop loop) {
        use(MemoryDuplex.readable(loop, 2));
        stream.push("abcd");
        stream.pushNoMore();
        List<String> seen = new ArrayList<>();
        stream.onReadable(new Runnable() {
            @Override
            public void run() {
                stream.read();
                stream.offReadable(this);
                stream.unshift("again");
                stream.onData(chunk -> seen.add(Talk.text(chunk)));
            }
        });
        loop.run();
        assertEquals(List.of("again"), seen);
        journal.expect("end", "close false");
    }

    @Test
    @Covers("node:test-stream-unshift-empty-chunk")
    void anEmptyChunkThatIsPutBackChangesNothing(Loop loop) {
        int[] left = {10};
        stream.source = () -> loop.execute(() -> {
            if (--left[0] == 0) {
                stream.pushNoMore();
            } else {
                stream.push("xxxxxxxxxx");
            }
        });
        List<String> seen = new ArrayList<>();
        stream.onReadable(() -> {
            for (ByteBuffer chunk; (chunk = stream.read()) != null; ) {
                stream.unshift(seen.size() % 2 == 0 ? "yyyyy" : "");
                seen.add(Talk.text(chunk));
            }
        });
        loop.run();
        assertEquals(18, seen.size());
        for (int i = 0; i < 18; i++) {
            assertEquals(i % 2 == 0 ? "xxxxxxxxxx" : "yyyyy", seen.get(i));
        }
        journal.expect("end", "close false");
    }

    /** Every third chunk is pushed at once, the others later. After each read of ten bytes, four others are put back. */
    @Test
    @Covers("node:test-stream-unshift-read-race")
    void bytesThatArePutBackWhileTheSourcePushesKeepTheirPlace(Loop loop) {
        String data = "asdf".repeat(27).substring(0, 105);
        int[] at = {0};
        Runnable push = () -> {
            if (at[0] < data.length()) {
                int from = at[0];
                at[0] = Math.min(from + 10, data.length());
                stream.push(data.substring(from, at[0]));
            } else {
                stream.pushNoMore();
            }
        };
        stream.source = () -> {
            if (stream.reads % 3 == 0) {
                push.run();
            } else {
                loop.execute(push);
            }
        };
        List<String> read = new ArrayList<>();
        stream.onReadable(() -> {
            for (ByteBuffer chunk; (chunk = stream.read(10)) != null; ) {
                read.add(Talk.text(chunk));
                if (chunk.remaining() > 4) {
                    stream.unshift("1234");
                }
            }
        });
        loop.run();
        assertEquals(18, read.size());
        assertEquals(
                data, read.stream().map(text -> text.replaceFirst("^1234", "")).reduce("", String::concat));
        assertTrue(read.subList(1, 18).stream().allMatch(text -> text.startsWith("1234")));
        journal.expect("end", "close false");
    }

    @Test
    @Covers("node:test-stream-unshift-read-race")
    void bytesCanBePutBackBetweenTheLastByteAndTheEnd(Loop loop) {
        stream.push("x");
        stream.pushNoMore();
        assertEquals("x", Talk.text(stream.read()));
        stream.unshift("y");
        assertFalse(stream.push("z"), "after the end of the source");
        assertEquals("ERR_STREAM_PUSH_AFTER_EOF", stream.errored().code());
        loop.run();
        journal.expect("error stream.push() after EOF", "close true");
    }

    /** As in Node's test file, without autoDestroy. The sink, which is ended at that moment, has all bytes that were read before. */
    @Test
    @Covers("node:test-stream-unshift-read-race")
    void afterTheEndOfTheSourceOnlyAnUnshiftIsPossibleAndTheSourceIsNotAskedAgain(Loop loop) {
        use(new MemoryDuplex(
                loop,
                DuplexOptions.defaults().highWaterMark(10).autoDestroy(false).writable(false)));
        MemoryDuplex sink = MemoryDuplex.writable(loop, 1000);
        String data = "asdf".repeat(27).substring(0, 105);
        int[] at = {0};
        Runnable push = () -> {
            assertTrue(at[0] <= data.length(), "asked after the end");
            if (at[0] < data.length()) {
                int from = at[0];
                at[0] = Math.min(from + 10, data.length());
                stream.push(data.substring(from, at[0]));
            } else {
                at[0]++;
                stream.pushNoMore();
                stream.unshift("z");
                sink.end();
                assertFalse(stream.push("late"));
            }
        };
        stream.source = () -> loop.execute(push);
        stream.onReadable(() -> {
            for (ByteBuffer chunk; (chunk = stream.read(10)) != null; ) {
                sink.write(chunk);
                if (chunk.remaining() > 4) {
                    stream.unshift("1234");
                }
            }
        });
        List<String> written = new ArrayList<>();
        sink.taking = chunk -> written.add(Talk.text(chunk));
        sink.onFinish(journal.note("finish"));
        loop.run();
        journal.expectInAnyOrder("finish", "error stream.push() after EOF");
        assertEquals(18, written.size());
        assertEquals("asdfasdfas", written.getFirst());
        assertTrue(written.subList(1, 18).stream().allMatch(text -> text.startsWith("1234")));
        assertEquals(
                data,
                written.stream().map(text -> text.replaceFirst("^1234", "")).reduce("", String::concat));
        assertFalse(stream.isDestroyed());
        assertFalse(stream.isReadableEnded());
    }

    @Test
    void anUnshiftAfterTheEndEventIsAnError(Loop loop) {
        use(new MemoryDuplex(loop));
        stream.onEnd(() -> assertFalse(stream.unshift("late")));
        stream.pushNoMore();
        stream.resume();
        loop.run();
        journal.expect("end", "error stream.unshift() after end event", "close true");
        assertEquals("ERR_STREAM_UNSHIFT_AFTER_END_EVENT", stream.errored().code());
    }

    // ---- all ways in turn

    /** 9,900 bytes, read by hand, flowing, piped, by hand, resumed and paused, piped: none is lost. */
    @Test
    @Covers("node:test-stream3-pause-then-read")
    void allWaysOfReadingInTurnLoseNothing(Loop loop) {
        use(MemoryDuplex.readable(loop, 1000));
        int[] left = {100};
        Runnable push = () -> {
            if (left[0]-- > 0) {
                stream.push("x".repeat(99));
            } else {
                stream.pushNoMore();
            }
        };
        stream.source = () -> {
            if (left[0] % 2 == 0) {
                loop.execute(push);
            } else if (left[0] % 3 == 0) {
                loop.nextTick(push);
            } else {
                push.run();
            }
        };
        readOnce(
                100,
                first -> flow100(
                        loop,
                        () -> pipe200(
                                loop,
                                () -> readOnce(1234, later -> {
                                    for (int i = 0; i < 5; i++) {
                                        stream.resume();
                                        stream.pause();
                                    }
                                    loop.execute(() -> pipeRest(loop));
                                }))));
        loop.run();
        journal.expect("end", "the rest: " + (9900 - 100 - 100 - 200 - 1234), "close false");
    }

    private void flow100(Loop loop, Runnable then) {
        int[] seen = {0};
        stream.onData(new Consumer<>() {
            @Override
            public void accept(ByteBuffer chunk) {
                seen[0] += chunk.remaining();
                if (seen[0] >= 100) {
                    stream.offData(this);
                    stream.pause();
                    putBack(chunk, seen[0] - 100);
                    loop.execute(then);
                }
            }
        });
    }

    private void putBack(ByteBuffer chunk, int count) {
        stream.unshift(chunk.slice(chunk.limit() - count, count));
    }

    /** The sink unpipes itself when it has enough, and puts back the bytes that are too many. */
    private void pipe200(Loop loop, Runnable then) {
        MemoryDuplex sink = MemoryDuplex.writable(loop, 64 * 1024);
        sink.holds = true;
        int[] written = {0};
        sink.onFinish(() -> {
            assertEquals(200, written[0]);
            loop.execute(then);
        });
        sink.taking = data -> {
            written[0] += data.remaining();
            if (written[0] < 200) {
                loop.execute(sink::complete);
                return;
            }
            stream.unpipe(sink);
            sink.end();
            sink.completeAll();
            putBack(data, written[0] - 200);
            written[0] = 200;
        };
        stream.pipe(sink);
    }

    private void pipeRest(Loop loop) {
        long[] rest = {0};
        MemoryDuplex sink = MemoryDuplex.writable(loop, 100);
        stream.onData(chunk -> rest[0] += chunk.remaining());
        sink.onFinish(() -> journal.add("the rest: " + rest[0]));
        stream.pipe(sink);
    }
}
