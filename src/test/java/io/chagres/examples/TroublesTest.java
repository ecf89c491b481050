package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A recording of the example with chagres.jfc names its three planted faults. */
@ExtendWith(HangGuard.class)
class TroublesTest {

    private static final String FORGOTTEN = "the forgotten connection is from port ";
    private static final String LAZY = "the client that does not read is on port ";

    @TempDir
    Path folder;

    @Test
    void aRecordingNamesTheSlowCallbackTheForgottenSocketAndTheStuckPipe() throws Exception {
        Path file = folder.resolve("troubles.jfr");
        int forgotten = 0;
        int lazy = 0;
        try (ExampleProcess example = ExampleProcess.startWith(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xlog:jfr+startup=off",
                        "-XX:StartFlightRecording:settings=src/main/resources/chagres.jfc,filename=" + file),
                "Troubles",
                "5")) {
            for (int i = 0; i < 2; i++) {
                String line = example.nextLine();
                int port = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
                forgotten = line.startsWith(FORGOTTEN) ? port : forgotten;
                lazy = line.startsWith(LAZY) ? port : lazy;
            }
            assertTrue(example.nextLine().endsWith(" messages were echoed"));
            assertEquals(0, example.exitStatus());
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertSlowCallback(events);
        assertForgotten(events, forgotten);
        assertStuck(events, lazy);
    }

    private static void assertSlowCallback(List<RecordedEvent> events) {
        RecordedEvent slow = only(events, "SlowCallback").stream()
                .filter(event -> !event.getBoolean("finished"))
                .filter(event -> String.valueOf(event.getString("userCode")).startsWith("Troubles.compute("))
                .findFirst()
                .orElseThrow(() -> new AssertionError(only(events, "SlowCallback")));
        assertEquals("server", slow.getString("loop"));
        assertEquals("poll", slow.getString("phase"));
        assertTrue(slow.getString("stack").contains("Troubles.lambda$echo$"), slow::toString);
        RecordedEvent end = only(events, "SlowCallback").stream()
                .filter(event -> event.getBoolean("finished"))
                .filter(event -> event.getLong("callback") == slow.getLong("callback"))
                .filter(event -> event.getString("loop").equals("server"))
                .findFirst()
                .orElseThrow();
        assertTrue(end.getDuration().toMillis() >= 30, end::toString);
    }

    private static void assertForgotten(List<RecordedEvent> events, int port) {
        RecordedEvent last = only(events, "OpenConnection").stream()
                .filter(event -> event.getInt("remotePort") == port)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        assertEquals("server", last.getString("loop"));
        assertEquals("please register me".length(), last.getLong("bytesReceived"));
        assertEquals(0, last.getLong("unsentBytes"));
        assertTrue(last.getDuration("age").toSeconds() >= 2, last::toString);
        assertTrue(last.getDuration("sinceReceived").toSeconds() >= 2, last::toString);
    }

    private static void assertStuck(List<RecordedEvent> events, int port) {
        RecordedEvent stuck = only(events, "Backpressure").stream()
                .filter(event -> event.getInt("remotePort") == port)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        assertFalse(stuck.getBoolean("finished"));
        assertTrue(stuck.getDuration().toSeconds() >= 2, stuck::toString);
        assertTrue(stuck.getLong("bytes") > 0, stuck::toString);
        assertEquals("127.0.0.1", stuck.getString("sourceAddress"));
    }

    private static List<RecordedEvent> only(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("io.chagres." + name))
                .toList();
    }
}
