package io.chagres.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.ForkedJvm.Outcome;
import io.chagres.fixture.HangGuard;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopWatch;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A JVM without the module jdk.jfr, and one with it but without a recording, echo and load no class of an event. */
@ExtendWith(HangGuard.class)
class WithoutFlightRecorderTest {

    /** An echo, a lookup, and a slow callback. */
    static final class Echo {

        public static void main(String[] args) {
            CountDownLatch found = new CountDownLatch(1);
            try (Loop loop = new Loop();
                    LoopWatch watch = LoopWatch.start(Duration.ofMillis(5), slow -> found.countDown())) {
                Server server = Net.createServer(loop, socket -> socket.pipe(socket));
                server.listen(
                        0,
                        "127.0.0.1",
                        () -> Net.connect(loop, server.address().port(), "localhost")
                                .onText(StandardCharsets.UTF_8, text -> {
                                    System.out.println(text);
                                    server.close();
                                    await(found);
                                })
                                .end("hello"));
                loop.run();
            }
            System.out.println("found " + (found.getCount() == 0));
        }

        private static void await(CountDownLatch found) {
            try {
                found.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void withoutTheModuleEverythingElseWorks() throws Exception {
        Outcome outcome = run("--limit-modules=java.base,jdk.unsupported");
        assertEquals(0, outcome.status(), outcome.output());
        assertEquals(List.of("hello", "found true"), printed(outcome));
        assertEquals(List.of(), loaded(outcome, "Event "), "events");
        assertEquals(List.of(), loaded(outcome, "jdk.jfr"), "classes of jdk.jfr");
    }

    @Test
    void withoutARecordingNoEventIsLoadedAndJfrDoesNotStart() throws Exception {
        Outcome outcome = run();
        assertEquals(0, outcome.status(), outcome.output());
        assertEquals(List.of("hello", "found true"), printed(outcome));
        assertEquals(List.of(), loaded(outcome, "Event "), "events");
        assertEquals(List.of(), loaded(outcome, "jdk.jfr.internal.MetadataRepository "), "JFR itself");
        assertTrue(loaded(outcome, "io.chagres.jfr.Flight ").size() == 1, "the door is there");
    }

    private static Outcome run(String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-Xlog:class+load");
        return ForkedJvm.run(Echo.class, all.toArray(String[]::new));
    }

    private static List<String> printed(Outcome outcome) {
        return outcome.output().lines().filter(line -> !line.startsWith("[")).toList();
    }

    /** Returns the lines of the classes of this package, or of jdk.jfr, whose names have {@code part}. */
    private static List<String> loaded(Outcome outcome, String part) {
        return outcome.output()
                .lines()
                .filter(line -> line.contains(" io.chagres.jfr.") || line.contains(" jdk.jfr."))
                .filter(line -> line.contains(part))
                .toList();
    }
}
