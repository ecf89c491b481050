package io.chagres.trace;

import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.OpenLoops;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;

/** The place of the current thread: its loop, the turn and the phase of the loop, and the line of the program. */
final class Places {

    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final String PHASES = "io.chagres.loop.internal.Phases";

    /** The methods of Phases below which the loop calls the program, and not the program the loop. */
    private static final Set<String> ITERATING = Set.of("turn", "runTimers");

    private Places() {}

    static Place here(boolean withLine) {
        Thread thread = Thread.currentThread();
        LoopCore core = OpenLoops.runBy(thread);
        long turn = core == null ? 0 : core.meter().turns();
        String phase = core == null ? "" : core.meter().phase().toString();
        return new Place(thread.getName(), turn, phase, withLine ? WALKER.walk(Places::line) : "");
    }

    /** Returns the innermost line outside of the library and the JDK; empty if the loop called the library first. */
    private static String line(Stream<StackWalker.StackFrame> frames) {
        Iterator<StackWalker.StackFrame> each = frames.iterator();
        while (each.hasNext()) {
            StackWalker.StackFrame frame = each.next();
            if (frame.getClassName().equals(PHASES) && ITERATING.contains(frame.getMethodName())) {
                return "";
            }
            if (isOfProgram(frame.getClassName())) {
                return frame.getFileName() + ":" + frame.getLineNumber();
            }
        }
        return "";
    }

    private static boolean isOfProgram(String name) {
        return !name.startsWith("io.chagres.")
                && !name.startsWith("java.")
                && !name.startsWith("jdk.")
                && !name.startsWith("sun.");
    }
}
