package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The line of the program that led to a call. The program is outside of the packages of the library, so it is compiled here. */
@ExtendWith(HangGuard.class)
class TraceLinesTest {

    private static final String PROGRAM = """
            import io.chagres.loop.Loop;
            import io.chagres.loop.RunMode;
            import io.chagres.net.Net;

            public class Program implements Runnable {
                public void run() {
                    try (Loop loop = new Loop()) {
                        Net.createServer(loop, socket -> {
                            socket.write("hello");
                            socket.end();
                        }).listen(0, "127.0.0.1", () -> {});
                        loop.run(RunMode.NOWAIT);
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    @Test
    void aCallHasTheLineOfTheProgramThatLedToIt() throws Exception {
        List<TraceEvent> events = new ArrayList<>();
        Runnable program = compile(PROGRAM);
        try (Trace trace = Trace.start(events::add)) {
            program.run();
        }
        assertEquals("Program.java:7", line(events, "epoll_create1"));
        assertEquals("Program.java:11", line(events, "bind"));
        assertTrue(events.stream()
                .anyMatch(event -> event instanceof SystemCall call
                        && call.name().equals("epoll_wait")
                        && call.place().line().isEmpty()));
    }

    private static String line(List<TraceEvent> events, String name) {
        return events.stream()
                .filter(event -> event instanceof SystemCall call && call.name().equals(name))
                .findFirst()
                .orElseThrow()
                .place()
                .line();
    }

    private Runnable compile(String text) throws Exception {
        Path source = Files.writeString(folder.resolve("Program.java"), text);
        String classes = Path.of(Trace.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, "-proc:none", "-cp", classes, "-d", folder.toString(), source.toString());
        assertEquals(0, status, "javac");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, Trace.class.getClassLoader())) {
            return (Runnable) loader.loadClass("Program").getConstructor().newInstance();
        }
    }
}
