package io.chagres.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A sequence diagram of a trace in Mermaid, which GitHub and other hosts draw if it stands in a Markdown file.
 *
 * <p>Each thread of the trace has a line, and beside it a line for the kernel that serves its calls. A call is an arrow to the kernel, with
 * its result. A call that waits while other threads do something is two arrows. The segments that TCP sends are dashed arrows between the
 * kernels, at the calls from which they follow: SYN, the bytes, FIN, RST. Their acknowledgements are left out. The bars on a line are
 * callbacks.
 *
 * <pre>{@code
 * Files.writeString(Path.of("run.mmd"), SequenceDiagram.of(recording.events()));
 * }</pre>
 *
 * @see <a href="https://mermaid.js.org/syntax/sequenceDiagram.html">Mermaid: sequence diagrams</a>
 */
public final class SequenceDiagram {

    /** A longer text is refused by Mermaid. The rest is for the end of the diagram. */
    static final int MAX_LENGTH = 50_000 - 1_000;

    /** More cannot fit, since each takes a line. */
    static final int MAX_EVENTS = 2_000;

    /** A place in time where a line of the diagram stands: the beginning or the end of an event. */
    private record Moment(long nanos, int rank, Runnable draw) {}

    private final List<Timeline.Step> steps;
    private final DiagramText text;
    private final Segments segments;
    private final Map<String, String> places = new HashMap<>();
    private long left;

    private SequenceDiagram(List<Timeline.Step> all) {
        steps = all.subList(0, Math.min(all.size(), MAX_EVENTS));
        left = all.size() - steps.size();
        Connections connections = Connections.of(steps);
        text = new DiagramText(Participants.of(steps, connections));
        segments = new Segments(connections, text);
    }

    /**
     * Returns the diagram of a trace. At most 50,000 characters are written, because Mermaid refuses more by default. The diagram says how
     * many events are left out.
     *
     * @param events the events in any order
     * @return the text of the diagram, without the fence that Markdown needs
     */
    public static String of(List<? extends TraceEvent> events) {
        return new SequenceDiagram(Timeline.of(events).steps()).draw();
    }

    private String draw() {
        List<Moment> moments = new ArrayList<>();
        steps.forEach(step -> add(step.event(), moments));
        moments.sort(Comparator.comparingLong(Moment::nanos).thenComparingInt(Moment::rank));
        moments.forEach(moment -> moment.draw().run());
        text.endAllCallbacks();
        if (left > 0) {
            text.remark(left + " more events are left out");
        }
        return text.toString();
    }

    private void add(TraceEvent event, List<Moment> moments) {
        long begin = event.startNanos();
        long end = Timeline.end(event);
        switch (event) {
            case CallbackRun run -> {
                moments.add(new Moment(begin, 1, () -> draw(run, () -> text.begin(run))));
                moments.add(new Moment(end, 3, () -> text.end(run)));
            }
            case Note note -> moments.add(new Moment(begin, 2, () -> draw(note, () -> text.note(note))));
            case SystemCall call
            when waits(call) -> {
                moments.add(new Moment(begin, 2, () -> draw(call, () -> text.ask(call))));
                moments.add(new Moment(end, 0, () -> answer(call)));
            }
            case SystemCall call -> moments.add(new Moment(Timeline.seen(call), 2, () -> draw(call, () -> call(call))));
        }
    }

    private void call(SystemCall call) {
        segments.before(call);
        text.call(call);
        segments.after(call);
    }

    /** Returns whether another thread does something during the call. */
    private boolean waits(SystemCall call) {
        return call.category().equals("epoll")
                && steps.stream()
                        .map(Timeline.Step::event)
                        .anyMatch(other ->
                                !other.place().thread().equals(call.place().thread())
                                        && Timeline.end(other) > call.startNanos()
                                        && Timeline.end(other) < Timeline.end(call));
    }

    /** Draws an event, after its phase if that is a new one. Once the diagram is full, events are only counted. */
    private void draw(TraceEvent event, Runnable drawing) {
        if (text.length() > MAX_LENGTH) {
            left++;
            return;
        }
        Place place = event.place();
        String phase = place.phase().isEmpty() ? "" : "turn " + place.turn() + ": " + place.phase();
        if (!phase.equals(places.put(place.thread(), phase)) && !phase.isEmpty()) {
            text.phase(place.thread(), phase);
        }
        drawing.run();
    }

    private void answer(SystemCall call) {
        if (text.length() <= MAX_LENGTH) {
            text.answer(call);
        }
    }

    @Override
    public String toString() {
        return "SequenceDiagram of " + steps.size() + " events";
    }
}
