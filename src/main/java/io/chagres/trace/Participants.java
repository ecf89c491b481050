package io.chagres.trace;

import io.chagres.trace.Connections.Use;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The vertical lines of a sequence diagram, from the left. Clients come before servers, and the kernels stand between both, so that the
 * segments of a connection are short arrows in the middle.
 */
final class Participants {

    /** The line for all peers that are not in the trace. */
    static final String OUTSIDE = "x";

    private final Map<String, String> labels = new LinkedHashMap<>();
    private final List<String> threads;

    private Participants(List<String> threads) {
        this.threads = threads;
    }

    static Participants of(List<Timeline.Step> steps, Connections connections) {
        Set<String> clients = new HashSet<>();
        Set<String> callers = new HashSet<>();
        boolean outside = false;
        for (Timeline.Step step : steps) {
            if (step.event() instanceof SystemCall) {
                callers.add(step.thread());
            }
            Use use = connections.use(step.event());
            if (use != null && use.byClient()) {
                clients.add(step.thread());
            }
            outside |= use != null && !use.connection().isWhole();
        }
        List<String> threads = steps.stream()
                .map(Timeline.Step::thread)
                .distinct()
                .sorted(Comparator.comparing(thread -> !clients.contains(thread)))
                .toList();
        Participants participants = new Participants(threads);
        participants.place(clients, callers, outside);
        return participants;
    }

    private void place(Set<String> clients, Set<String> callers, boolean outside) {
        for (String thread : threads) {
            boolean first = labels.isEmpty();
            boolean onTheLeft = first && (clients.contains(thread) || threads.size() > 1 && !outside);
            if (onTheLeft) {
                labels.put(thread(thread), thread);
            } else if (first && outside) {
                labels.put(OUTSIDE, "peers");
            }
            if (callers.contains(thread)) {
                labels.put(kernel(thread), threads.size() == 1 ? "kernel" : "kernel of " + thread);
            }
            if (onTheLeft && outside) {
                labels.put(OUTSIDE, "peers");
            }
            labels.putIfAbsent(thread(thread), thread);
        }
    }

    /** Returns the identifiers in their order, with the labels. */
    Map<String, String> labels() {
        return labels;
    }

    String thread(String thread) {
        return "t" + threads.indexOf(thread);
    }

    String kernel(String thread) {
        return "k" + threads.indexOf(thread);
    }

    /** Returns the kernel of a thread; the line of the outside if it is null. */
    String kernelOrOutside(@Nullable String thread) {
        return thread == null ? OUTSIDE : kernel(thread);
    }

    /** Returns whether a remark for a thread has room on the left of the diagram. */
    boolean isLeftmost(String thread) {
        return labels.keySet().iterator().next().equals(thread(thread));
    }
}
