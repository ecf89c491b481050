package io.chagres.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** outputStream: a virtual thread writes into a stream of the loop. */
@ExtendWith(LoopFixture.class)
class WritableOutputTest {

    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final int MARK = 4;

    private MemoryDuplex stream;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.writable(loop, MARK);
    }

    private static <T> FutureTask<T> onVirtualThread(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.startVirtualThread(task);
        return task;
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
    }

    private static String code(IOException thrown) {
        return assertInstanceOf(ChagresException.class, thrown.getCause()).code();
    }

    @Test
    void bytesAreWrittenInOrderAndTheCloseEndsTheStream(Loop loop) {
        OutputStream out = stream.outputStream();
        FutureTask<Boolean> writer = onVirtualThread(() -> {
            byte[] reused = new byte[3];
            for (int i = 0; i < 3; i++) {
                reused[0] = reused[1] = reused[2] = (byte) ('a' + i);
                out.write(reused);
            }
            out.write('d');
            out.close();
            out.close();
            return true;
        });
        loop.run();
        assertTrue(Waits.get(writer));
        stream.journal.expect("[aaa]", "[bbb]", "[ccc]", "[d]", "final");
        assertTrue(stream.isWritableFinished());
    }

    @Test
    void writesThatTheLoopHasNotTakenYetGoOutTogether(Loop loop) {
        stream = MemoryDuplex.writable(loop, 100);
        stream.vectored = true;
        OutputStream out = stream.outputStream();
        Gate written = new Gate();
        loop.execute(() -> {
            try {
                written.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        FutureTask<Boolean> writer = onVirtualThread(() -> {
            write(out, "a");
            write(out, "b");
            write(out, "c");
            written.open();
            out.close();
            return true;
        });
        loop.run();
        assertTrue(Waits.get(writer));
        stream.journal.expect("[a|b|c]", "final");
    }

    @Test
    void aWriteWaitsForRoomAndAfterItsTimeoutTheNextGoesOn(Loop loop) {
        stream.holds = true;
        OutputStream out = stream.outputStream(A_MOMENT);
        FutureTask<Integer> writer = onVirtualThread(() -> {
            SocketTimeoutException late = assertThrows(SocketTimeoutException.class, () -> write(out, "abcdefghij"));
            assertThrows(SocketTimeoutException.class, () -> write(out, "x"));
            loop.execute(() -> {
                stream.holds = false;
                stream.completeAll();
            });
            for (boolean sent = false; !sent; ) {
                try {
                    write(out, "efgh");
                    sent = true;
                } catch (SocketTimeoutException again) {
                    assertEquals(0, again.bytesTransferred);
                }
            }
            loop.execute(stream::end);
            return late.bytesTransferred;
        });
        loop.run();
        assertEquals(MARK, Waits.get(writer));
        stream.journal.expect("[abcd]", "[efgh]", "final");
    }

    @Test
    void anInterruptEndsOnlyTheWaitOfTheWriter(Loop loop) throws Exception {
        stream.holds = true;
        OutputStream out = stream.outputStream();
        FutureTask<Integer> writer = new FutureTask<>(() -> {
            InterruptedIOException thrown = assertThrows(InterruptedIOException.class, () -> write(out, "abcdefghij"));
            assertTrue(Thread.interrupted());
            loop.execute(() -> {
                stream.holds = false;
                stream.completeAll();
            });
            out.close();
            return thrown.bytesTransferred;
        });
        Thread thread = Thread.startVirtualThread(writer);
        stream.taking = data -> thread.interrupt();
        loop.run();
        assertEquals(MARK, Waits.get(writer));
        stream.journal.expect("[abcd]", "final");
    }

    @Test
    void anErrorIsThrownByTheNextWriteAndNotAgainByTheClose(Loop loop) {
        stream.holds = true;
        stream.taking = data -> loop.execute(() -> stream.fail("EX"));
        OutputStream out = stream.outputStream();
        FutureTask<String> writer = onVirtualThread(() -> {
            IOException thrown = assertThrows(IOException.class, () -> write(out, "abcdefghij"));
            assertThrows(IOException.class, out::flush);
            out.close();
            return code(thrown);
        });
        loop.run();
        assertEquals("EX", Waits.get(writer));
        assertTrue(stream.isDestroyed());
    }

    @Test
    void theErrorOfTheLastWriteIsThrownByTheClose(Loop loop) {
        stream.holds = true;
        stream.taking = data -> loop.execute(() -> stream.fail("EX"));
        OutputStream out = stream.outputStream();
        FutureTask<String> writer = onVirtualThread(() -> {
            write(out, "a");
            return code(assertThrows(IOException.class, out::close));
        });
        loop.run();
        assertEquals("EX", Waits.get(writer));
    }

    @Test
    void theCloseWaitsForTheFinishUpToTheTimeout(Loop loop) {
        stream.holds = true;
        OutputStream out = stream.outputStream(A_MOMENT);
        FutureTask<Boolean> writer = onVirtualThread(() -> {
            assertThrows(SocketTimeoutException.class, out::close);
            out.close();
            loop.execute(stream::completeAll);
            return true;
        });
        loop.run();
        assertTrue(Waits.get(writer));
        assertTrue(stream.isWritableFinished());
    }

    @Test
    void aCloseOnTheLoopThreadDoesNotWait(Loop loop) throws IOException {
        OutputStream out = stream.outputStream();
        out.close();
        assertFalse(stream.isWritableEnded());
        loop.run();
        assertTrue(stream.isWritableFinished());
    }

    @Test
    void aWriteOnTheLoopThreadIsRefusedEvenIfThereIsRoom(Loop loop) throws IOException {
        OutputStream out = stream.outputStream();
        UsageException refused = assertThrows(UsageException.class, () -> out.write(1));
        assertEquals("EDEADLK", refused.code());
        out.flush();
        out.close();
        loop.run();
        stream.journal.expect("final");
    }

    @Test
    void aWriteAfterTheStreamWasEndedElsewhereThrowsAndHarmsNothing(Loop loop) {
        stream.holds = true;
        OutputStream out = stream.outputStream();
        stream.end();
        FutureTask<String> writer = onVirtualThread(() -> {
            IOException thrown = assertThrows(IOException.class, () -> write(out, "abcdefghij"));
            loop.execute(stream::completeAll);
            return code(thrown);
        });
        loop.run();
        assertEquals("ERR_STREAM_WRITE_AFTER_END", Waits.get(writer));
        assertTrue(stream.isWritableFinished());
    }

    @Test
    void anOutputStreamOfADestroyedStreamThrowsPrematureClose(Loop loop) throws Exception {
        stream.destroy();
        loop.run();
        OutputStream out = stream.outputStream();
        loop.run();
        FutureTask<String> writer = onVirtualThread(() -> code(assertThrows(IOException.class, () -> write(out, "a"))));
        assertEquals("ERR_STREAM_PREMATURE_CLOSE", Waits.get(writer));
    }

    @Test
    void aWriteAfterTheCloseThrows(Loop loop) {
        OutputStream out = stream.outputStream();
        FutureTask<String> writer = onVirtualThread(() -> {
            out.close();
            return assertThrows(IOException.class, () -> write(out, "a")).getMessage();
        });
        loop.run();
        assertEquals("Stream closed", Waits.get(writer));
    }

    @Test
    void aLoopThatIsClosedEndsTheWaitOfTheWriter() {
        Loop other = new Loop();
        MemoryDuplex lasting = MemoryDuplex.writable(other, MARK);
        lasting.holds = true;
        OutputStream out = lasting.outputStream();
        FutureTask<String> writer =
                onVirtualThread(() -> code(assertThrows(IOException.class, () -> write(out, "abcdefghij"))));
        lasting.taking = data -> other.stop();
        other.run();
        other.close();
        assertEquals("ERR_STREAM_PREMATURE_CLOSE", Waits.get(writer));
        assertTrue(lasting.isDestroyed());
    }

    @Test
    void aTimeoutMustBePositive() {
        UsageException refused = assertThrows(UsageException.class, () -> stream.outputStream(Duration.ZERO));
        assertEquals("ERR_OUT_OF_RANGE", refused.code());
    }
}
