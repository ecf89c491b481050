package io.chagres.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The comparison of two traces of the same run: call by call, for each thread in order. */
final class TraceComparison {

    private static final int MAX_REPORTED = 20;

    private TraceComparison() {}

    /** Returns the differences in words; empty if the traces agree. */
    static List<String> differences(List<TracedLine> strace, List<TracedLine> ours) {
        Map<String, List<TracedLine>> theirThreads = byThread(strace);
        Map<String, List<TracedLine>> ourThreads = byThread(ours);
        List<String> differences = new ArrayList<>();
        if (!theirThreads.keySet().equals(ourThreads.keySet())) {
            differences.add("threads: strace " + theirThreads.keySet() + ", trace " + ourThreads.keySet());
        }
        theirThreads.forEach(
                (thread, calls) -> compare(calls, ourThreads.getOrDefault(thread, List.of()), differences));
        return differences.subList(0, Math.min(MAX_REPORTED, differences.size()));
    }

    private static Map<String, List<TracedLine>> byThread(List<TracedLine> calls) {
        Map<String, List<TracedLine>> threads = new LinkedHashMap<>();
        calls.forEach(call -> threads.computeIfAbsent(call.thread(), thread -> new ArrayList<>())
                .add(call));
        return threads;
    }

    private static void compare(List<TracedLine> theirs, List<TracedLine> ours, List<String> differences) {
        for (int i = 0; i < Math.max(theirs.size(), ours.size()); i++) {
            String strace = i < theirs.size() ? theirs.get(i).toString() : "nothing";
            String trace = i < ours.size() ? ours.get(i).toString() : "nothing";
            boolean wasCutOff = i == ours.size() && i == theirs.size() - 1 && wasInterrupted(theirs.get(i));
            if (!strace.equals(trace) && !wasCutOff) {
                differences.add("call " + (i + 1) + "\n  strace: " + strace + "\n  trace:  " + trace);
            }
        }
    }

    /** A signal that ends the process ends a wait, too, and the thread does not come back to report it. */
    private static boolean wasInterrupted(TracedLine last) {
        return last.answer().startsWith("-1 EINTR");
    }
}
