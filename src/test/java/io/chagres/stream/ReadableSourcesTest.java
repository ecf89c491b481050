package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources that push little, nothing, at once or later, read by hand, by another stream, or by a pipe that begins and ends. */
@ExtendWith(LoopFixture.class)
class ReadableSourcesTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        use(MemoryDuplex.readable(loop, 64 * 1024));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex.watched();
        journal = duplex.journal;
    }

    /** Reads all that is buffered, and notes it. */
    private void drain() {
        for (ByteBuffer chunk; (chunk = stream.read()) != null; ) {
            journal.add(Talk.text(chunk));
        }
    }

    @Test
    @Covers("node:test-stream2-readable-empty-buffer-no-eof")
    void anEmptyChunkIsNeverAnEnd(Loop loop) {
        stream.source = () -> {
            switch (stream.reads) {
                case 1 -> loop.execute(() -> stream.push("xxxxx"));
                case 2 -> {
                    loop.execute(() -> stream.push(""));
                    loop.execute(() -> stream.read(0));
                }
                case 3 -> {
                    loop.execute(() -> stream.read(0));
                    loop.nextTick(() -> stream.push(""));
                }
                case 4 -> {
                    loop.execute(() -> stream.read(0));
                    stream.push("");
                }
                case 5 -> stream.push("xxxxx");
                default -> stream.pushNoMore();
            }
        };
        stream.onReadable(this::drain);
        drain();
        loop.run();
        journal.expect("xxxxx", "xxxxx", "end", "close false");
        assertEquals(6, stream.reads);
    }

    @Test
    @Covers("node:test-stream2-readable-non-empty-end")
    void whileOneByteIsLeftThereIsNoEnd(Loop loop) {
        Deque<String> chunks = new ArrayDeque<>();
        for (int i = 1; i <= 10; i++) {
            chunks.add("x".repeat(i));
        }
        stream.source = () -> loop.execute(() -> {
            if (chunks.isEmpty()) {
                stream.pushNoMore();
            } else {
                stream.push(chunks.remove());
            }
        });
        int[] read = {0};
        stream.onReadable(() -> {
            int wanted = 55 - read[0] - 1;
            ByteBuffer chunk = wanted == 0 ? null : stream.read(wanted);
            if (chunk != null) {
                read[0] += chunk.remaining();
            }
            stream.read(0);
        });
        stream.read(0);
        loop.run();
        assertEquals(54, read[0]);
        journal.expect();
        assertEquals(1, stream.read().remaining());
        assertNull(stream.read());
        loop.run();
        journal.expect("end", "close false");
    }

    @Test
    @Covers("node:test-stream2-read-sync-stack")
    void aQuarterOfAMillionChunksPushedInsideTheReadNeedNoDeepStack(Loop loop) {
        int count = 256 * 1024;
        ByteBuffer one = ByteBuffer.allocate(1);
        stream.source = () -> {
            if (stream.reads <= count) {
                stream.push(one.duplicate());
            } else {
                stream.pushNoMore();
            }
        };
        int[] total = {0};
        stream.onReadable(() -> {
            ByteBuffer chunk = stream.read(count * 2);
            total[0] += chunk == null ? 0 : chunk.remaining();
        });
        stream.read(0);
        loop.run();
        assertEquals(count, total[0]);
        journal.expect("end", "close false");
    }

    /** A stream that is read by hand from within another, with or without a pipe before it, comes to its end. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers("node:test-stream-readable-no-unneeded-readable")
    void aStreamThatIsReadByHandFromAnotherStreamEnds(boolean piped, Loop loop) {
        Deque<String> chunks = new ArrayDeque<>(List.of("foo", "bar"));
        MemoryDuplex read;
        if (piped) {
            chunks.forEach(stream::push);
            stream.pushNoMore();
            read = stream.pipe(new ThroughDuplex(loop));
        } else {
            read = stream;
            stream.source = () -> {
                if (chunks.isEmpty()) {
                    loop.nextTick(stream::pushNoMore);
                } else {
                    stream.push(chunks.remove());
                }
            };
        }
        MemoryDuplex wrapper = MemoryDuplex.readable(loop, 10).watched();
        wrapper.source = () -> {
            ByteBuffer data = read.read();
            if (data != null) {
                wrapper.push(data);
                return;
            }
            read.onReadable(new Runnable() {
                @Override
                public void run() {
                    read.offReadable(this);
                    ByteBuffer later = read.read();
                    if (later != null) {
                        wrapper.push(later);
                    }
                }
            });
        };
        read.onEnd(wrapper::pushNoMore);
        StringBuilder seen = new StringBuilder();
        wrapper.onData(chunk -> seen.append(Talk.text(chunk)));
        loop.run();
        assertEquals("foobar", seen.toString());
        wrapper.journal.expect("end", "close false");
    }

    /** Bytes and an end before the listener is added are one event. After it they are two. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers("node:test-stream-readable-emit-readable-short-stream")
    void aShortStreamIsReadableOnceOrTwice(boolean later, Loop loop) {
        int[] times = {0};
        stream.onReadable(() -> {
            times[0]++;
            drain();
        });
        Runnable push = () -> {
            stream.push("content");
            stream.pushNoMore();
        };
        if (later) {
            loop.nextTick(push);
        } else {
            push.run();
        }
        loop.run();
        assertEquals(later ? 2 : 1, times[0]);
        journal.expect("content", "end", "close false");
    }

    @Test
    @Covers("node:test-stream-readable-unpipe-resume")
    void aSourceUnpipedAndResumedInsideTheWriteFlowsToItsEnd(Loop loop) {
        MemoryDuplex sink = MemoryDuplex.withMark(loop, 10);
        sink.holds = true;
        sink.taking = data -> {
            stream.unpipe();
            stream.resume();
        };
        stream.source = () -> {
            if (stream.reads <= 10) {
                stream.push("more than the mark");
            } else {
                stream.pushNoMore();
            }
        };
        stream.pipe(sink).resume();
        loop.run();
        journal.expect("end", "close false");
        sink.journal.expect("[more than the mark]");
    }

    @Test
    @Covers("node:test-stream2-unpipe-leak")
    void aSourcePipedAndUnpipedManyTimesLeavesNothingAndFillsUpToItsMark(Loop loop) {
        MemoryDuplex sink = MemoryDuplex.writable(loop, 10);
        stream.source = () -> stream.push("hallo");
        for (int i = 0; i < 10; i++) {
            stream.pipe(sink);
            stream.unpipe(sink);
        }
        assertFalse(stream.reading.hasDataListeners());
        loop.run();
        assertTrue(stream.readableLength() >= stream.readableHighWaterMark());
        assertTrue(stream.readableLength() < stream.readableHighWaterMark() + 5);
        sink.journal.expect();
    }

    @Test
    @Covers("node:test-stream-passthrough-drain")
    void withAMarkOf0ADrainFollowsOnceTheWrittenBytesAreRead(Loop loop) {
        ThroughDuplex through = new ThroughDuplex(loop, 0);
        through.watched();
        assertFalse(through.write("hello1"));
        through.read();
        through.read();
        loop.run();
        through.journal.expect("drain");
    }

    @Test
    @Covers("node:test-stream-await-drain-writers-in-synchronously-recursion-write")
    void whatAListenerAtTheEndOfAPipeWritesToItsBeginningArrives(Loop loop) {
        ThroughDuplex first = new ThroughDuplex(loop, 1);
        ThroughDuplex second = new ThroughDuplex(loop, 1);
        int[] seen = {0};
        first.pipe(second).onData(chunk -> {
            if (++seen[0] == 2) {
                first.write(new byte[] {3});
                first.write(new byte[] {4});
            }
        });
        first.write(new byte[] {1});
        first.write(new byte[] {2});
        loop.run();
        assertEquals(4, seen[0]);
    }
}
