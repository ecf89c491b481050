package io.chagres.docs;

import static java.util.stream.Collectors.joining;

import io.chagres.loop.Loop;
import io.chagres.trace.CallbackRun;
import io.chagres.trace.Note;
import io.chagres.trace.Place;
import io.chagres.trace.Player;
import io.chagres.trace.SequenceDiagram;
import io.chagres.trace.SystemCall;
import io.chagres.trace.Trace;
import io.chagres.trace.TraceEvent;
import io.chagres.trace.TraceOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A run of a program of {@code examples/course} in this JVM, with its trace. The lines that it prints are notes in the trace. Each program
 * has one loop on the thread {@code main}, so that its run is the same each time.
 */
final class LessonRun {

    static final Path PROGRAMS = Path.of("examples/course");

    private static final Set<String> OPENS = Set.of("socket", "accept4");

    private static final long MAX_SECONDS = 20;

    private final String program;
    private final List<TraceEvent> events;

    private LessonRun(String program, List<TraceEvent> events) {
        this.program = program;
        this.events = events;
    }

    /** Compiles the programs of all lessons. */
    static void compile(Path output) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("--release", "22", "-proc:none", "-nowarn", "-cp", "target/classes", "-d", output.toString()));
        try (Stream<Path> files = Files.list(PROGRAMS)) {
            files.map(Path::toString)
                    .filter(name -> name.endsWith(".java"))
                    .sorted()
                    .forEach(arguments::add);
        }
        StringWriter errors = new StringWriter();
        PrintWriter writer = new PrintWriter(errors);
        if (ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, arguments.toArray(String[]::new)) != 0) {
            throw new AssertionError(errors.toString());
        }
    }

    /**
     * Runs a compiled program and returns its run, without what differs from run to run.
     *
     * @param options what to trace; the states of the sockets take most of the time
     */
    static LessonRun of(String program, Path compiled, TraceOptions options) throws Exception {
        new Loop().close(); // the check of the system, which a process makes once, is not part of a lesson
        List<TraceEvent> recorded = Collections.synchronizedList(new ArrayList<>());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {compiled.toUri().toURL()}, Loop.class.getClassLoader())) {
            ThreadGroup own = new ThreadGroup("lesson");
            Thread thread = new Thread(own, () -> run(classes, program, options, own, recorded, failure), "main");
            thread.setDaemon(true);
            thread.start();
            thread.join(TimeUnit.SECONDS.toMillis(MAX_SECONDS));
            if (thread.isAlive()) {
                failure.compareAndSet(null, new AssertionError(program + " has not ended after " + MAX_SECONDS + " s"));
            }
        }
        if (failure.get() != null) {
            throw new AssertionError(program + " failed", failure.get());
        }
        return new LessonRun(program, NormalRun.of(recorded));
    }

    private static void run(
            URLClassLoader classes,
            String program,
            TraceOptions options,
            ThreadGroup own,
            List<TraceEvent> recorded,
            AtomicReference<Throwable> failure) {
        PrintStream out = System.out;
        try (Trace trace = Trace.start(options, event -> {
            if (own.parentOf(Thread.currentThread().getThreadGroup())) {
                recorded.add(event);
            }
        })) {
            System.setOut(new Notes(out, trace));
            classes.loadClass(program).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException e) {
            failure.set(e.getCause());
        } catch (Throwable e) {
            failure.set(e);
        } finally {
            System.setOut(out);
        }
    }

    /**
     * Makes a note of each printed line. A program marks as the rest what depends on the sizes of the kernel's buffers: the trace ends
     * there.
     */
    private static final class Notes extends PrintStream {
        private final Trace trace;

        Notes(PrintStream out, Trace trace) {
            super(out, true, StandardCharsets.UTF_8);
            this.trace = trace;
        }

        @Override
        public void println(String line) {
            Trace.note(line);
            if (line.startsWith("(and so on")) {
                trace.close();
            }
        }
    }

    /** Returns the system calls and the printed lines; a number or a name in front tells turn and phase, where they change. */
    String trace() {
        StringBuilder text = new StringBuilder();
        String before = "";
        for (TraceEvent event : events) {
            if (event instanceof CallbackRun) {
                continue;
            }
            String place = event.place().turn() == 0
                    ? ""
                    : event.place().turn() + " " + event.place().phase();
            text.append("%-10s  ".formatted(place.equals(before) ? "" : place));
            before = place;
            text.append(event instanceof SystemCall call ? call.text() : "# " + ((Note) event).text())
                    .append('\n');
        }
        return text.toString();
    }

    /** Returns what the program printed. */
    String prints() {
        return events.stream()
                .filter(Note.class::isInstance)
                .map(note -> ((Note) note).text() + "\n")
                .collect(joining());
    }

    /** Returns the sequence diagram: of both sides of the connections where the program has both, otherwise of the loop. */
    String diagram() {
        boolean isConversation = events.stream()
                .anyMatch(event -> event instanceof SystemCall call
                        && side(call, call.owner()).equals("client"));
        return SequenceDiagram.of(isConversation ? bothSides() : events);
    }

    /** A socket has an owner only once it listens or connects: its first calls belong to the owner that it has then. */
    private List<TraceEvent> bothSides() {
        Map<Integer, String> owners = new HashMap<>();
        List<TraceEvent> sides = new ArrayList<>();
        for (TraceEvent event : events.reversed()) {
            if (event instanceof SystemCall call) {
                owners.compute(call.descriptor(), (fd, owner) -> call.owner().isEmpty() ? owner : call.owner());
                String owner = owners.get(call.descriptor());
                onItsSide(event, owner == null ? "" : side(call, owner)).ifPresent(sides::add);
                if (OPENS.contains(call.name())) {
                    owners.remove(call.descriptor());
                }
            } else if (event instanceof Note note) {
                onItsSide(event, side(note)).ifPresent(sides::add);
            }
        }
        return sides.reversed();
    }

    /** The client and the server share a loop. In the diagram each is drawn with what it did, and without the loop. */
    private static Optional<TraceEvent> onItsSide(TraceEvent event, String side) {
        Place place = new Place(side, 0, "", event.place().line());
        return switch (event) {
            case SystemCall call
            when !side.isEmpty() ->
                Optional.of(new SystemCall(
                        place,
                        call.owner(),
                        call.category(),
                        call.name(),
                        call.arguments(),
                        call.result(),
                        call.answer(),
                        call.descriptor(),
                        call.startNanos(),
                        call.durationNanos(),
                        call.sockets()));
            case Note note
            when !side.isEmpty() ->
                Optional.of(
                        new Note(place, note.text().substring(side.length() + 2), note.startNanos(), note.sockets()));
            default -> Optional.empty();
        };
    }

    private static String side(SystemCall call, String owner) {
        boolean isOfLoop = call.category().equals("epoll") || owner.isEmpty() || owner.equals("loop");
        return isOfLoop ? "" : owner.contains("server") ? "server" : "client";
    }

    private static String side(Note note) {
        return Stream.of("client", "server")
                .filter(side -> note.text().startsWith(side + ": "))
                .findFirst()
                .orElse("");
    }

    /** Returns the page that plays this run. */
    String page() {
        try {
            String file = program + ".java";
            return Player.page(program, events, Map.of(file, Files.readString(PROGRAMS.resolve(file))));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
