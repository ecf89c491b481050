package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.OpenDescriptors;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class RehearsalTest {

    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void itServesRequestsAndLeavesNothing() {
        OpenDescriptors before = OpenDescriptors.now();
        ByteBuffer request = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1);
        long answers = Rehearsal.run(SHORT, request, socket -> socket.pipe(socket));
        assertTrue(answers > 0);
        assertEquals(3, request.remaining());
        assertEquals(Map.of(), OpenDescriptors.now().since(before));
    }

    @Test
    void aServerThatEndsEachConnectionIsConnectedToAgain() {
        long answers = Rehearsal.run(SHORT, ByteBuffer.allocate(8), RehearsalTest::answerAndEnd);
        assertTrue(answers > 16, () -> answers + " answers");
    }

    private static void answerAndEnd(Socket socket) {
        socket.onData(data -> {
            if (socket.isWritable()) {
                socket.end(data);
            }
        });
    }

    @Test
    void whatTheListenerThrowsIsThrown() {
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> Rehearsal.run(Duration.ofSeconds(30), ByteBuffer.allocate(8), socket -> {
                    throw new IllegalStateException("planted: a listener throws");
                }));
        assertEquals("planted: a listener throws", thrown.getMessage());
    }

    @Test
    void anInterruptEndsIt() {
        Thread.currentThread().interrupt();
        Rehearsal.run(ChronoUnit.FOREVER.getDuration(), ByteBuffer.allocate(8), socket -> socket.pipe(socket));
        assertTrue(Thread.interrupted());
    }

    @Test
    void aRequestHasBytes() {
        assertThrows(UsageException.class, () -> Rehearsal.run(SHORT, ByteBuffer.allocate(0), socket -> {}));
    }
}
