package io.chagres.trace;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A page of HTML that plays a trace step by step: the phases of each loop as a ring, the line of the program, the system call, and the state
 * of each socket. The page is one file that needs no network, and works from the disk.
 *
 * <p>The step is part of the address ({@code run.html#step=12}), so that a text can link to it. The arrow keys, Home, End and space control
 * the page, too.
 *
 * <pre>{@code
 * String source = Files.readString(Path.of("examples/Watch.java"));
 * Files.writeString(Path.of("run.html"), Player.page("An echo", recording.events(), Map.of("Watch.java", source)));
 * }</pre>
 */
public final class Player {

    /** The steps that a page plays. The page says how many events are left out. */
    public static final int MAX_STEPS = 5_000;

    /** The states of a connection, in an order in which it passes some of them and never goes back. */
    private static final List<String> STATES = List.of(
            "SYN_SENT",
            "SYN_RECV",
            "ESTABLISHED",
            "FIN_WAIT1",
            "FIN_WAIT2",
            "CLOSE_WAIT",
            "CLOSING",
            "LAST_ACK",
            "TIME_WAIT",
            "CLOSE");

    private final JsonText json = new JsonText();
    private final Timeline timeline;
    private List<SocketState> sockets = List.of();
    private long socketsSeen = Long.MIN_VALUE;

    private Player(Timeline timeline) {
        this.timeline = timeline;
    }

    /**
     * Returns the page of a trace.
     *
     * @param title the title of the page
     * @param events the events in any order; the first {@value #MAX_STEPS} are played
     * @param sources the texts of the source files, by the file names that the places of the events have, such as {@code Watch.java}. The
     *     page shows the lines of these files.
     * @return the text of the page, to be stored in UTF-8
     */
    public static String page(String title, List<? extends TraceEvent> events, Map<String, String> sources) {
        String[] frame = resource("player.html").split("\\{\\{\\w+\\}\\}", -1);
        return frame[0]
                + escape(title)
                + frame[1]
                + resource("player.css")
                + frame[2]
                + new Player(Timeline.of(events)).run(sources)
                + frame[3]
                + resource("player.js")
                + frame[4];
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String resource(String name) {
        try (InputStream stream = Objects.requireNonNull(Player.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String run(Map<String, String> sources) {
        List<Timeline.Step> steps = timeline.steps();
        List<Timeline.Step> played = steps.subList(0, Math.min(steps.size(), MAX_STEPS));
        json.object().field("left", steps.size() - played.size());
        json.key("threads").array();
        timeline.threads().forEach(json::value);
        json.endArray().key("steps").array();
        played.forEach(this::step);
        json.endArray().line().key("sources").object();
        sources.forEach((file, text) -> json.line().field(file, text));
        return json.endObject().endObject().toString();
    }

    private void step(Timeline.Step step) {
        TraceEvent event = step.event();
        Place place = event.place();
        json.line().object().field("thread", timeline.threads().indexOf(place.thread()));
        if (!place.phase().isEmpty()) {
            json.field("turn", place.turn()).field("phase", place.phase());
        }
        if (!place.line().isEmpty()) {
            json.field("line", place.line());
        }
        if (step.inside() >= 0) {
            json.field("inside", step.inside()).field("depth", step.depth());
        }
        json.key("at").micros(event.startNanos() - timeline.origin());
        switch (event) {
            case SystemCall call -> call(call);
            case CallbackRun run ->
                json.field("callback", run.name()).key("took").micros(run.durationNanos());
            case Note note -> json.field("note", note.text());
        }
        sockets(event);
        json.endObject();
    }

    private void call(SystemCall call) {
        json.key("took").micros(call.durationNanos());
        json.field("name", call.name()).field("arguments", call.arguments()).field("answer", call.answer());
        json.field("owner", call.owner());
        json.field("short", ShortText.call(call) + " = " + ShortText.answer(call));
    }

    /** Writes the sockets if they have changed. Those of a callback are left out: they belong to its end, and the step is its beginning. */
    private void sockets(TraceEvent event) {
        if (event instanceof CallbackRun || event.sockets().equals(sockets) || isOlder(event)) {
            return;
        }
        sockets = event.sockets();
        socketsSeen = Timeline.end(event);
        json.key("sockets").array();
        sockets.forEach(socket -> json.array()
                .value(socket.local())
                .value(socket.peer())
                .value(socket.state())
                .endArray());
        json.endArray();
    }

    /** Returns whether another thread has seen the sockets later: reading the table of the kernel takes a while. */
    private boolean isOlder(TraceEvent event) {
        return Timeline.end(event) < socketsSeen
                || event.sockets().stream()
                        .anyMatch(now -> sockets.stream()
                                .anyMatch(before -> now.local().equals(before.local())
                                        && now.peer().equals(before.peer())
                                        && STATES.indexOf(now.state()) < STATES.indexOf(before.state())));
    }

    @Override
    public String toString() {
        return "Player of " + timeline.steps().size() + " events";
    }
}
