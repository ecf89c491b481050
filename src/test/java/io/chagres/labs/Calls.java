package io.chagres.labs;

import io.chagres.trace.SystemCall;
import io.chagres.trace.Trace;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** The system calls of a lab, as its trace shows them. */
final class Calls implements AutoCloseable {

    private static final Set<String> OPENS = Set.of("socket", "accept4");

    private final List<SystemCall> calls = new CopyOnWriteArrayList<>();
    private final Trace trace;

    Calls() {
        trace = Trace.start(event -> {
            if (event instanceof SystemCall call) {
                calls.add(call);
            }
        });
    }

    /** Returns the calls until now. */
    List<SystemCall> list() {
        return calls;
    }

    /** Returns how many calls of this name have succeeded. */
    long count(String name) {
        return calls.stream()
                .filter(call -> call.name().equals(name) && call.result() >= 0)
                .count();
    }

    /** Returns the sockets that were opened and not closed. */
    Set<Integer> openSockets() {
        Set<Integer> open = new TreeSet<>();
        calls.forEach(call -> apply(call, open));
        return open;
    }

    /** Returns how many sockets were open at the same time, at most. */
    int maxOpenSockets() {
        Set<Integer> open = new HashSet<>();
        int max = 0;
        for (SystemCall call : calls) {
            apply(call, open);
            max = Math.max(max, open.size());
        }
        return max;
    }

    private static void apply(SystemCall call, Set<Integer> open) {
        if (OPENS.contains(call.name()) && call.result() >= 0) {
            open.add((int) call.result());
        } else if (call.name().equals("close")) {
            open.remove(call.descriptor());
        }
    }

    @Override
    public void close() {
        trace.close();
    }
}
