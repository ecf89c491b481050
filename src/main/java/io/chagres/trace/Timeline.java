package io.chagres.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The events of a trace in the order in which a reader must see them. A callback is seen when it begins. A call that observes something
 * (epoll_wait, accept, recv) is seen when it returns, and a call that causes something (connect, send, close) when it begins. So a cause
 * always stands before its effect on another thread, even if both calls overlap.
 */
final class Timeline {

    /**
     * An event with its place in the whole.
     *
     * @param inside the index of the step whose callback made this event, -1 if no callback of the trace did
     * @param depth the number of callbacks around it
     */
    record Step(TraceEvent event, int inside, int depth) {

        String thread() {
            return event.place().thread();
        }
    }

    private static final Pattern OBSERVES = Pattern.compile("epoll_.*wait.*|accept4?|recv.*|read.*|getsockopt");

    private final List<Step> steps;
    private final List<String> threads;

    private Timeline(List<Step> steps, List<String> threads) {
        this.steps = steps;
        this.threads = threads;
    }

    static Timeline of(List<? extends TraceEvent> events) {
        List<? extends TraceEvent> sorted = IntStream.range(0, events.size())
                .mapToObj(events::get)
                .sorted(Comparator.<TraceEvent>comparingLong(Timeline::seen)
                        .thenComparingInt(Timeline::rank)
                        .thenComparing(TraceEvent::durationNanos, Comparator.reverseOrder()))
                .toList();
        List<String> threads =
                sorted.stream().map(event -> event.place().thread()).distinct().toList();
        return new Timeline(nest(sorted), threads);
    }

    /** Returns the steps in order. */
    List<Step> steps() {
        return steps;
    }

    /** Returns the names of the threads, in the order of their first steps. */
    List<String> threads() {
        return threads;
    }

    /** Returns the earliest start of an event; 0 without events. */
    long origin() {
        return steps.stream().mapToLong(step -> step.event().startNanos()).min().orElse(0);
    }

    static long end(TraceEvent event) {
        return event.startNanos() + event.durationNanos();
    }

    /** Returns when an event is seen. */
    static long seen(TraceEvent event) {
        return observes(event) ? end(event) : event.startNanos();
    }

    private static boolean observes(TraceEvent event) {
        return event instanceof SystemCall call && OBSERVES.matcher(call.name()).matches();
    }

    /** The order at the same nanosecond: what ends there, what begins there, what is only a moment. */
    private static int rank(TraceEvent event) {
        if (event instanceof CallbackRun) {
            return 1;
        }
        return observes(event) && event.durationNanos() > 0 ? 0 : 2;
    }

    private static List<Step> nest(List<? extends TraceEvent> sorted) {
        List<Step> steps = new ArrayList<>(sorted.size());
        Map<String, Deque<Integer>> open = new HashMap<>();
        for (TraceEvent event : sorted) {
            Deque<Integer> callbacks = open.computeIfAbsent(event.place().thread(), thread -> new ArrayDeque<>());
            while (!callbacks.isEmpty()
                    && !contains(steps.get(callbacks.getLast()).event(), event)) {
                callbacks.removeLast();
            }
            steps.add(new Step(event, callbacks.isEmpty() ? -1 : callbacks.getLast(), callbacks.size()));
            if (event instanceof CallbackRun) {
                callbacks.addLast(steps.size() - 1);
            }
        }
        return List.copyOf(steps);
    }

    private static boolean contains(TraceEvent callback, TraceEvent event) {
        return callback.startNanos() <= event.startNanos() && end(event) <= end(callback);
    }
}
