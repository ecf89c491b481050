package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(HangGuard.class)
class RecordingTest {

    @TempDir
    Path folder;

    private final Recording recording = new Recording("An echo");

    private String written(String name) throws IOException {
        Path file = folder.resolve(name);
        recording.write(file);
        return Files.readString(file);
    }

    @Test
    void theEndOfTheNameDecidesAboutTheFormat() throws IOException {
        EchoRun.events().forEach(recording);
        assertTrue(written("run.html").startsWith("<!DOCTYPE html>"));
        assertEquals(ChromeTrace.of(EchoRun.events()), written("run.json"));
        assertEquals(SequenceDiagram.of(EchoRun.events()), written("run.mmd"));
        assertEquals(EchoRun.events().size(), written("run.txt").lines().count());
        assertEquals(written("run.txt"), written("run"));
    }

    @Test
    void thePageHasTheSourcesThatTheEventsName() throws IOException {
        Files.writeString(folder.resolve("Echo.java"), "class Echo {}");
        Files.writeString(folder.resolve("Other.java"), "class Other {}");
        EchoRun.events().forEach(recording);
        recording.addSources(folder);
        String page = written("run.html");
        assertTrue(page.contains("\"Echo.java\":\"class Echo {}\""));
        assertFalse(page.contains("Other"));
        assertTrue(page.contains("<title>An echo</title>"));
    }

    @Test
    void theEventsAreInTheOrderOfATimeline() {
        EchoRun.events().forEach(recording);
        assertEquals(
                Timeline.of(EchoRun.events()).steps().stream()
                        .map(Timeline.Step::event)
                        .toList(),
                recording.events());
    }

    @Test
    void laterEventsAreCounted() {
        TraceEvent note = new Note(new Place("main", 0, "", ""), "n", 0, List.of());
        for (int i = 0; i < Recording.MAX_EVENTS + 3; i++) {
            recording.accept(note);
        }
        assertEquals(Recording.MAX_EVENTS, recording.events().size());
        assertEquals(3, recording.eventsLeftOut());
    }
}
