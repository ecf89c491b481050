package io.chagres.trace;

import io.chagres.trace.Connections.Connection;
import io.chagres.trace.Connections.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A trace as a JSON file of Chrome, which <a href="https://ui.perfetto.dev">Perfetto</a> and chrome://tracing open.
 *
 * <p>Each loop is a thread. Its iterations are slices, with the phases inside of them, the callbacks inside of the phases, and the system
 * calls inside of the callbacks. A note is an instant. A connection is a flow: arrows from connect(2) over the calls that move its data to the
 * last close(2), also between threads. Times are microseconds with three decimals, from the beginning of the trace.
 *
 * <pre>{@code
 * Files.writeString(Path.of("run.json"), ChromeTrace.of(recording.events()));
 * }</pre>
 *
 * @see <a href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">Trace Event Format</a>
 */
public final class ChromeTrace {

    private static final int PROCESS = 1;

    private final JsonText json = new JsonText();
    private final Timeline timeline;
    private final long origin;

    private ChromeTrace(Timeline timeline) {
        this.timeline = timeline;
        origin = timeline.origin();
    }

    /**
     * Returns the JSON text of a trace.
     *
     * @param events the events in any order
     * @return an object with the member {@code traceEvents}
     */
    public static String of(List<? extends TraceEvent> events) {
        return new ChromeTrace(Timeline.of(events)).write();
    }

    private String write() {
        json.object().field("displayTimeUnit", "ns").key("traceEvents").array();
        metadata("process_name", 0, "Chagres");
        timeline.threads().forEach(thread -> metadata("thread_name", number(thread), thread));
        for (String thread : timeline.threads()) {
            iterations(thread);
        }
        timeline.steps().forEach(this::event);
        flows();
        return json.endArray().endObject() + "\n";
    }

    private int number(String thread) {
        return timeline.threads().indexOf(thread) + 1;
    }

    private void metadata(String kind, int thread, String name) {
        json.line().object().field("ph", "M").field("name", kind).field("pid", PROCESS);
        json.field("tid", thread)
                .key("args")
                .object()
                .field("name", name)
                .endObject()
                .endObject();
    }

    private void iterations(String thread) {
        List<TraceEvent> events = timeline.steps().stream()
                .filter(step -> step.thread().equals(thread))
                .map(Timeline.Step::event)
                .filter(event -> !event.place().phase().isEmpty())
                .sorted(Comparator.comparingLong(TraceEvent::startNanos))
                .toList();
        slices(events, "turn", place -> "turn " + place.turn());
        slices(events, "phase", place -> place.turn() + " " + place.phase());
    }

    private interface Group {
        String of(Place place);
    }

    /** Writes a slice for each run of events that are in the same group. */
    private void slices(List<TraceEvent> events, String category, Group group) {
        for (int from = 0, to; from < events.size(); from = to) {
            TraceEvent first = events.get(from);
            String name = group.of(first.place());
            long end = first.startNanos();
            for (to = from;
                    to < events.size() && name.equals(group.of(events.get(to).place()));
                    to++) {
                end = Math.max(end, Timeline.end(events.get(to)));
            }
            String label = category.equals("turn") ? name : first.place().phase();
            slice(first.place(), category, label, first.startNanos(), end - first.startNanos());
            json.object().field("turn", first.place().turn()).endObject().endObject();
        }
    }

    /** Begins a slice; its arguments and its end are missing. */
    private void slice(Place place, String category, String name, long start, long duration) {
        begin("X", place, category, name, start);
        json.key("dur").micros(duration).key("args");
    }

    private void begin(String kind, Place place, String category, String name, long at) {
        json.line().object().field("ph", kind).field("cat", category).field("name", name);
        json.field("pid", PROCESS)
                .field("tid", number(place.thread()))
                .key("ts")
                .micros(at - origin);
    }

    private void event(Timeline.Step step) {
        Place place = step.event().place();
        switch (step.event()) {
            case CallbackRun run -> {
                slice(place, "callback", run.name(), run.startNanos(), run.durationNanos());
                json.object().field("line", place.line()).endObject();
            }
            case SystemCall call -> {
                slice(place, call.category(), call.name(), call.startNanos(), call.durationNanos());
                json.object().field("arguments", call.arguments()).field("answer", call.answer());
                json.field("owner", call.owner()).field("line", place.line()).endObject();
            }
            case Note note -> {
                begin("i", place, "note", note.text(), note.startNanos());
                json.field("s", "t")
                        .key("args")
                        .object()
                        .field("line", place.line())
                        .endObject();
            }
        }
        json.endObject();
    }

    private void flows() {
        Connections connections = Connections.of(timeline.steps());
        Map<Connection, List<SystemCall>> flows = new LinkedHashMap<>();
        for (Timeline.Step step : timeline.steps()) {
            Use use = connections.use(step.event());
            if (use != null && step.event() instanceof SystemCall call && moves(call)) {
                flows.computeIfAbsent(use.connection(), any -> new ArrayList<>())
                        .add(call);
            }
        }
        flows.forEach(this::flow);
    }

    /** Returns whether a connection goes on in a call: options and addresses are not part of its flow. */
    private static boolean moves(SystemCall call) {
        return call.result() >= 0 && !call.name().matches("[gs]etsockopt|get(sock|peer)name|epoll_ctl|fcntl")
                || call.name().equals("connect");
    }

    private void flow(Connection connection, List<SystemCall> calls) {
        if (calls.size() < 2) {
            return;
        }
        calls.sort(Comparator.comparingLong(ChromeTrace::middle));
        for (SystemCall call : calls) {
            String kind = call == calls.getFirst() ? "s" : call == calls.getLast() ? "f" : "t";
            begin(kind, call.place(), "connection", connection.name(), middle(call));
            json.field("id", connection.number());
            if (kind.equals("f")) {
                json.field("bp", "e"); // the arrow ends in the slice around it, not in the next one
            }
            json.endObject();
        }
    }

    /** The moment by which a viewer finds the slice of a call. */
    private static long middle(SystemCall call) {
        return call.startNanos() + call.durationNanos() / 2;
    }

    @Override
    public String toString() {
        return "ChromeTrace of " + timeline.steps().size() + " events";
    }
}
