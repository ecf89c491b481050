package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.ForkedJvm.Outcome;
import io.chagres.fixture.HangGuard;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The classes that the first connection of a process loads, while all others wait. */
@ExtendWith(HangGuard.class)
@Tag("host")
class FirstConnectionTest {

    private static final String FIRST = "the first client connects";

    private static List<String> lines = List.of();

    /** A server that has rehearsed, and a client of the JDK. */
    static final class Echo {

        private static volatile int rehearsedEnds;
        private static volatile Runnable onClose = () -> rehearsedEnds++;

        public static void main(String[] args) {
            while (rehearsedEnds == 0) { // by time alone, a slow machine would not get to the first end
                Rehearsal.run(Duration.ofMillis(300), ByteBuffer.allocate(8), Echo::serve);
            }
            try (Loop loop = new Loop()) {
                Server server = Net.createServer(loop, Echo::serve);
                onClose = () -> {
                    System.out.println("closed");
                    server.close();
                };
                server.listen(0, "127.0.0.1", () -> {
                    int port = server.address().port();
                    Thread.ofPlatform().start(() -> talk(port));
                });
                loop.run();
            }
        }

        private static void serve(Socket socket) {
            socket.pipe(socket);
            socket.onClose(hadError -> {
                if (socket.isReadableEnded()) {
                    onClose.run();
                }
            });
        }

        private static void talk(int port) {
            System.out.println(FIRST);
            try (java.net.Socket client = new java.net.Socket("127.0.0.1", port)) {
                client.getOutputStream().write(1);
                System.out.println("echoed " + client.getInputStream().read());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeAll
    static void run() throws Exception {
        Outcome outcome = ForkedJvm.run(Echo.class, "-Xlog:class+load");
        assertEquals(0, outcome.status(), outcome.output());
        lines = outcome.output().lines().toList();
    }

    /** The class initialiser of BigDecimal takes some 50 ms on JDK 25, and the products of a Duration need it. */
    @Test
    void aConnectionNeedsNoBigDecimal() {
        assertEquals(
                List.of(),
                lines.stream()
                        .filter(line -> line.contains(" java.math.BigDecimal "))
                        .toList());
    }

    @Test
    void afterARehearsalTheFirstConnectionLoadsNoClassOfTheLibrary() {
        List<String> meanwhile = lines.subList(lines.indexOf(FIRST), lines.indexOf("closed"));
        assertEquals(1, meanwhile.stream().filter("echoed 1"::equals).count());
        assertEquals(
                List.of(),
                meanwhile.stream()
                        .filter(line -> line.contains("[class,load] io.chagres."))
                        .toList());
    }
}
