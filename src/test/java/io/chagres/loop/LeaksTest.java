package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Local;
import io.chagres.fixture.LoopFixture;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LeaksTest {

    /** A program that loses one loop and closes another, and prints the report. */
    static final class Program {
        public static void main(String[] args) throws InterruptedException {
            CountDownLatch reported = new CountDownLatch(1);
            Leaks.report(text -> {
                System.out.println(text);
                reported.countDown();
            });
            new Loop().close();
            lose();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!reported.await(10, TimeUnit.MILLISECONDS) && System.nanoTime() < end) {
                System.gc();
            }
        }

        private static void lose() {
            Loop loop = new Loop();
            Server server = Net.createServer(loop);
            server.listen(0, "127.0.0.1");
            loop.run(RunMode.NOWAIT);
        }
    }

    @Test
    @Tag("host")
    void aLoopThatIsCollectedWithoutACloseIsReportedWithItsDescriptors() throws Exception {
        String output = ForkedJvm.run(Program.class).output();
        assertTrue(output.contains("a loop was collected without close(): it was made on thread \"main\""), output);
        assertTrue(output.matches("(?s).*epoll \\d+, watching \\[\\d+, \\d+\\].*"), output);
        assertTrue(output.contains("    made "), output);
        assertEquals(
                1, output.lines().filter(line -> line.contains("collected")).count(), output);
    }

    @Test
    void aSocketThatIsDestroyedWithBytesUnsentIsReported(Loop loop) {
        List<String> reports = new ArrayList<>();
        Leaks.report(reports::add);
        try {
            Server server = Net.createServer(loop, socket -> socket.pause());
            server.listen(0, Local.HOST, () -> {
                var client = Local.connect(loop, server.address().port());
                client.onConnect(() -> {
                    client.write(ByteBuffer.allocate(20_000_000));
                    client.destroy();
                    server.closeAllConnections();
                    server.close();
                });
                client.onClose(hadError -> server.closeAllConnections());
            });
            loop.run();
        } finally {
            Leaks.report(null);
        }
        assertEquals(1, reports.size(), reports::toString);
        assertTrue(
                reports.getFirst()
                        .matches("a socket was destroyed with \\d{7,} bytes unsent: Socket \\(.*127\\.0\\.0\\.1:.*"),
                reports::toString);
    }

    @Test
    void aSocketThatHasSentEverythingIsNotReported(Loop loop) {
        List<String> reports = new ArrayList<>();
        Leaks.report(reports::add);
        try {
            int port = Local.once(loop, socket -> socket.end("hello"));
            Local.connect(loop, port).resume();
            loop.run();
        } finally {
            Leaks.report(null);
        }
        assertFalse(reports.stream().anyMatch(text -> text.contains("unsent")), reports::toString);
    }
}
