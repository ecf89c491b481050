package io.chagres.trace;

import io.chagres.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The events of a {@link Trace} in memory, and the files that can be made of them.
 *
 * <pre>{@code
 * Recording recording = new Recording("An echo");
 * try (Trace trace = Trace.start(options, recording)) {
 *     loop.run();
 * }
 * recording.addSources(Path.of("examples")).write(Path.of("run.html"));
 * }</pre>
 *
 * <p>All methods may be called on any thread.
 */
public final class Recording implements Consumer<TraceEvent> {

    /** The events that are kept, some 30 MB. Later ones are only counted. */
    public static final int MAX_EVENTS = 100_000;

    private final List<TraceEvent> events = new ArrayList<>();
    private final List<Path> folders = new ArrayList<>();
    private final String title;
    private long left;

    /**
     * Makes a recording without events.
     *
     * @param title the title of pages
     */
    public Recording(String title) {
        this.title = UsageException.requireArgument(title, "title");
    }

    /** Keeps an event. */
    @Override
    public synchronized void accept(TraceEvent event) {
        if (events.size() < MAX_EVENTS) {
            events.add(event);
        } else {
            left++;
        }
    }

    /**
     * Returns the events so far, in an order that reads well: a callback stands before the calls that it made, and a call of one thread before
     * its effect on another one.
     */
    public synchronized List<TraceEvent> events() {
        return Timeline.of(events).steps().stream()
                .<TraceEvent>map(Timeline.Step::event)
                .toList();
    }

    /** Returns how many events came after the first {@value #MAX_EVENTS} and are lost. */
    public synchronized long eventsLeftOut() {
        return left;
    }

    /**
     * Adds a folder of source files, so that a page can show the lines of the program. Only the files that the events name are read.
     *
     * @param folder a folder that has the Java files itself: folders inside of it are not searched
     * @return this recording
     */
    public synchronized Recording addSources(Path folder) {
        folders.add(folder);
        return this;
    }

    /**
     * Writes the events so far to a file. The end of its name decides about the format:
     *
     * <ul>
     *   <li>{@code .html}: a page that plays them, see {@link Player}
     *   <li>{@code .json}: slices for Perfetto and chrome://tracing, see {@link ChromeTrace}
     *   <li>{@code .mmd}: a sequence diagram, see {@link SequenceDiagram}
     *   <li>any other: a line for each event, in the words of strace(1)
     * </ul>
     *
     * @param file the file; a file that exists is replaced
     * @throws IOException if the file cannot be written, or if a source file cannot be read
     */
    public void write(Path file) throws IOException {
        Files.writeString(file, text(file.getFileName().toString()));
    }

    private synchronized String text(String name) throws IOException {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> Player.page(title, events, sources());
            case "json" -> ChromeTrace.of(events);
            case "mmd" -> SequenceDiagram.of(events);
            default -> events().stream().map(event -> event + "\n").collect(Collectors.joining());
        };
    }

    private Map<String, String> sources() throws IOException {
        Set<String> files = new TreeSet<>();
        for (TraceEvent event : events) {
            files.add(event.place().line().replaceFirst(":.*", ""));
        }
        Map<String, String> sources = new TreeMap<>();
        for (Path folder : folders) {
            for (String file : files) {
                Path source = folder.resolve(file);
                if (Files.isRegularFile(source)) {
                    sources.put(file, Files.readString(source));
                }
            }
        }
        return sources;
    }

    @Override
    public synchronized String toString() {
        return "Recording (\"" + title + "\", " + events.size() + " events)";
    }
}
