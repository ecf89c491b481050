package io.chagres.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** inputStream: a virtual thread reads the chunks of the loop. */
@ExtendWith(LoopFixture.class)
@Covers("node:test-stream-readable-async-iterators")
class ReadableInputTest {

    private MemoryDuplex stream;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.readable(loop, 10);
    }

    private static <T> FutureTask<T> onVirtualThread(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.startVirtualThread(task);
        return task;
    }

    private static Throwable failure(FutureTask<?> task) {
        return assertThrows(ExecutionException.class, task::get).getCause();
    }

    @Test
    void anInputStreamReadsToTheEndAndKeepsTheLoopAlive(Loop loop) throws Exception {
        stream.source = () -> loop.execute(() -> {
            if (stream.reads <= 42) {
                stream.push("hello");
            } else {
                stream.pushNoMore();
            }
        });
        InputStream input = stream.inputStream();
        FutureTask<String> text = onVirtualThread(() -> new String(input.readAllBytes(), UTF_8));
        loop.run();
        assertEquals("hello".repeat(42), Waits.get(text));
        assertTrue(stream.isReadableEnded());
    }

    @Test
    void bufferedBytesCanBeReadAsOneAndByteByByte(Loop loop) throws Exception {
        stream.push("ab");
        stream.push("\u00ff");
        stream.pushNoMore();
        InputStream input = stream.inputStream();
        FutureTask<List<Integer>> bytes = onVirtualThread(() -> List.of(
                input.read(),
                input.available(),
                input.read(),
                input.read(),
                input.read(),
                input.read(),
                input.read(new byte[0]),
                input.read(new byte[1])));
        loop.run();
        assertEquals(List.of((int) 'a', 3, (int) 'b', 0xc3, 0xbf, -1, 0, -1), Waits.get(bytes));
    }

    @Test
    void aReaderThatWaitsHoldsTheSourceBack(Loop loop) throws Exception {
        stream.source = () -> stream.push("x");
        InputStream input = stream.inputStream();
        FutureTask<Integer> reader = onVirtualThread(() -> {
            int first = input.read();
            loop.execute(() -> {
                assertTrue(stream.reads <= 22, "two buffers of ten, and those asked for meanwhile");
                loop.execute(() -> onVirtualThread(() -> {
                    input.close();
                    return null;
                }));
            });
            return first;
        });
        loop.run();
        assertEquals('x', Waits.get(reader));
        assertTrue(stream.isDestroyed());
    }

    @Test
    void anErrorIsThrownToTheReader(Loop loop) {
        InputStream input = stream.inputStream();
        FutureTask<Integer> reader = onVirtualThread(input::read);
        ChagresException error = new ChagresException("EX", "kaboom");
        loop.execute(() -> stream.destroy(error));
        loop.run();
        IOException thrown = assertInstanceOf(IOException.class, failure(reader));
        assertEquals("kaboom", thrown.getMessage());
        assertEquals(error, thrown.getCause());
    }

    @Test
    void bytesThatArrivedBeforeAnErrorAreReadBeforeTheError(Loop loop) throws Exception {
        stream.push("hello");
        InputStream input = stream.inputStream();
        loop.execute(() -> stream.destroy(new ChagresException("EX", "kaboom")));
        FutureTask<byte[]> reader = onVirtualThread(() -> input.readNBytes(5));
        loop.run();
        assertEquals("hello", Talk.text(ByteBuffer.wrap(Waits.get(reader))));
        assertEquals("kaboom", failure(onVirtualThread(input::read)).getMessage());
        assertEquals("kaboom", failure(onVirtualThread(input::read)).getMessage(), "again");
    }

    @Test
    void aCloseBeforeTheEndIsAPrematureCloseForTheReader(Loop loop) {
        InputStream input = stream.inputStream();
        FutureTask<Integer> reader = onVirtualThread(input::read);
        loop.execute(stream::destroy);
        loop.run();
        assertEquals(
                "ERR_STREAM_PREMATURE_CLOSE",
                ((ChagresException) failure(reader).getCause()).code());
    }

    @Test
    void anInputStreamOfADestroyedStreamThrowsPrematureClose(Loop loop) {
        stream.destroy();
        loop.run();
        InputStream input = stream.inputStream();
        FutureTask<Integer> reader = onVirtualThread(input::read);
        loop.run();
        assertEquals(
                "ERR_STREAM_PREMATURE_CLOSE",
                ((ChagresException) failure(reader).getCause()).code());
    }

    @Test
    @Covers("node:test-stream-duplex-readable-writable")
    void theInputStreamOfAnEndedOrWriteOnlyStreamIsAtItsEnd(Loop loop) throws Exception {
        stream.pushNoMore();
        stream.resume();
        loop.run();
        for (Readable over : new Readable[] {stream, MemoryDuplex.writable(loop, 1)}) {
            InputStream input = over.inputStream();
            FutureTask<Integer> reader = onVirtualThread(() -> {
                try (input) {
                    return input.read();
                }
            });
            loop.run();
            assertEquals(-1, Waits.get(reader));
        }
    }

    @Test
    void aCloseByTheReaderDestroysTheStream(Loop loop) {
        InputStream input = stream.inputStream();
        FutureTask<Integer> reader = onVirtualThread(() -> {
            input.close();
            return input.read();
        });
        loop.run();
        assertEquals("Stream closed", failure(reader).getMessage());
        assertTrue(stream.isDestroyed());
    }

    @Test
    void aCloseByAnotherThreadWakesTheReader(Loop loop) {
        InputStream input = stream.inputStream();
        FutureTask<Integer> reader = onVirtualThread(input::read);
        loop.execute(() -> {
            try {
                input.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        loop.run();
        assertEquals("Stream closed", failure(reader).getMessage());
    }

    @Test
    void anInterruptEndsOnlyTheWaitOfTheReader(Loop loop) throws Exception {
        InputStream input = stream.inputStream();
        FutureTask<Boolean> reader = new FutureTask<>(() -> {
            assertThrows(InterruptedIOException.class, input::read);
            return Thread.interrupted();
        });
        Thread thread = Thread.startVirtualThread(reader);
        thread.interrupt();
        Waits.join(thread);
        assertTrue(Waits.get(reader));
        assertFalse(stream.isDestroyed());
        input.close();
        loop.run();
    }

    @Test
    void aReadThatWaitsLongerThanItsTimeoutThrowsAndTheNextReadGoesOn(Loop loop) throws Exception {
        InputStream input = stream.inputStream(Duration.ofMillis(1));
        FutureTask<Integer> reader = onVirtualThread(() -> {
            assertThrows(SocketTimeoutException.class, input::read);
            assertThrows(SocketTimeoutException.class, input::read);
            loop.execute(() -> {
                stream.push("x");
                stream.pushNoMore();
            });
            int read = readPatiently(input);
            return read == 'x' ? readPatiently(input) : read;
        });
        loop.run();
        assertEquals(-1, Waits.get(reader));
    }

    private static int readPatiently(InputStream input) throws IOException {
        while (true) {
            try {
                return input.read();
            } catch (SocketTimeoutException late) {
                continue;
            }
        }
    }

    @Test
    void aTimeoutMustBePositive(Loop loop) {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            UsageException refused = assertThrows(UsageException.class, () -> stream.inputStream(wrong));
            assertEquals("ERR_OUT_OF_RANGE", refused.code());
        }
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> stream.inputStream(null))
                        .code());
    }

    @Test
    void aLoopThatIsClosedEndsTheInputStream() {
        Loop other = new Loop();
        MemoryDuplex lasting = MemoryDuplex.readable(other, 10);
        InputStream input = lasting.inputStream();
        FutureTask<Integer> reader = onVirtualThread(input::read);
        other.close();
        assertEquals(
                "ERR_STREAM_PREMATURE_CLOSE",
                ((ChagresException) failure(reader).getCause()).code());
        assertTrue(lasting.isDestroyed());
    }

    @Test
    void aReadOnTheLoopThreadIsRefused(Loop loop) throws IOException {
        InputStream input = stream.inputStream();
        assertEquals("EDEADLK", assertThrows(UsageException.class, input::read).code());
        input.close();
        loop.run();
    }
}
