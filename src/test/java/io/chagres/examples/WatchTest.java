package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The output is not a terminal here, so it has no colours. */
@ExtendWith(HangGuard.class)
@Timeout(90)
class WatchTest {

    @TempDir
    Path folder;

    @Test
    void theConversationIsPrintedAndWrittenWithItsPictures() throws Exception {
        List<String> printed = new ArrayList<>();
        try (ExampleProcess watch = ExampleProcess.start("Watch", folder.toString())) {
            while (!printed.contains("")) {
                printed.add(watch.nextLine());
            }
            assertEquals("This text:           " + folder.resolve("conversation.txt"), watch.nextLine());
            assertEquals(0, watch.exitStatus());
            assertEquals(List.of(), watch.otherErrors());
        }
        printed.removeLast();
        assertEquals(Files.readAllLines(folder.resolve("conversation.txt")), printed);
        assertEquals(
                List.of(
                        "'listening'",
                        "'connection'",
                        "'data', 6 bytes",
                        "'end': the client sends no more",
                        "'close' of the server: its last client has left",
                        "'close' of the connection"),
                notes("server", printed));
        assertEquals(
                List.of("'connect'", "'data', 6 bytes", "'end': the server sends no more", "'close'"),
                notes("client", printed));
        for (String call : List.of("bind", "listen", "accept4", "recvfrom", "sendto", "shutdown", "close")) {
            assertTrue(printed.stream().anyMatch(line -> line.matches("\\[server.*] " + call + "\\(.*")), call);
        }
        assertPicturesAreWhole();
    }

    @Test
    void aProgramIsRecordedByAPropertyUntilItEnds() throws Exception {
        Path file = folder.resolve("exit.html");
        List<String> options = List.of("-Dchagres.trace=" + file, "-Dchagres.trace.sources=examples");
        try (ExampleProcess server = ExampleProcess.listening(options, "GracefulExit")) {
            try (Socket client = server.connect()) {
                client.getOutputStream().write('a');
                assertEquals('a', client.getInputStream().read());
                server.signal("TERM");
                assertEquals("closing: 1 clients are still here", server.nextLine());
            }
            assertEquals(0, server.exitStatus());
            assertEquals(List.of(), server.otherErrors());
        }
        String page = Files.readString(file);
        assertTrue(page.contains("<title>exit.html</title>"));
        assertTrue(page.contains("public class GracefulExit {"));
        assertTrue(page.contains("\"name\":\"accept4\""));
    }

    private static List<String> notes(String thread, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("[" + thread) && line.contains("] --- note: "))
                .map(line -> line.replaceFirst(".*--- note: (.*) ---", "$1"))
                .toList();
    }

    private void assertPicturesAreWhole() throws IOException {
        String page = Files.readString(folder.resolve("watch.html"));
        assertTrue(page.contains("public class Watch {"), "the source is not in the page");
        for (String state : List.of("LISTEN", "ESTABLISHED", "TIME_WAIT")) {
            assertTrue(page.contains("\"" + state + "\"]"), state);
        }
        assertTrue(page.length() < 100_000, () -> page.length() + " characters");
        assertTrue(Files.readString(folder.resolve("watch.json")).endsWith("]}\n"));
        assertTrue(Files.readString(folder.resolve("watch.mmd")).contains("--)k1: SYN\n"));
    }
}
