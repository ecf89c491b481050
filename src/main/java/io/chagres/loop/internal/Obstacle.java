package io.chagres.loop.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The obstacle on a loop's way to its end, seen from another thread: a callback, Work, or what keeps the loop alive. It reads plain
 * fields, like a {@link Dump} of a stuck loop, and does not wait for the loop.
 */
public final class Obstacle {

    /** The residents that the text names. */
    private static final int MAX_NAMED = 5;

    /** The residents that are looked at. From another thread the list may change meanwhile, so the walk needs a bound. */
    private static final int MAX_COUNTED = 1_000_000;

    private final LoopCore core;
    private final Thread thread;
    private final Thread.State threadState;
    private final StackTraceElement[] stack;
    private final Map<Thread, StackTraceElement[]> workers = new LinkedHashMap<>();
    private final String text;

    private Obstacle(LoopCore core) {
        this.core = core;
        thread = core.owner;
        threadState = thread.getState();
        stack = thread.getStackTrace();
        WorkerPool.isServedBy(core, worker -> {
            workers.put(worker, worker.getStackTrace());
            return false;
        });
        text = describe();
    }

    /** Returns what holds {@code core} now; any thread. */
    public static Obstacle of(LoopCore core) {
        return new Obstacle(core);
    }

    private String describe() {
        if (!core.mailbox().isAsleep()) {
            return busyText();
        }
        return workers.isEmpty() ? "it is kept alive by " + reasons(core) : workText();
    }

    private String busyText() {
        Meter meter = core.meter();
        boolean running = core.runState().isRunning();
        String phase = running && meter.phase() != Phase.NONE ? " (" + meter.phase() + " phase)" : "";
        String callback =
                running ? "it has been in a callback for " + Span.of(meter.busyNanos()) : "its loop is closed";
        return callback + phase + place(stack);
    }

    private String workText() {
        StringJoiner text = new StringJoiner(", ", "it waits for Work on ", "");
        workers.forEach((worker, frames) -> text.add("thread \"" + worker.getName() + "\"" + place(frames)));
        return text.toString();
    }

    /** Returns the user's innermost frame behind a colon; if there is none, nothing. */
    private static String place(StackTraceElement[] frames) {
        StackTraceElement user = Stacks.userCode(frames);
        return user == null ? "" : ": " + user;
    }

    /** Returns what keeps {@code core} alive, by name; any thread. */
    static String reasons(LoopCore core) {
        StringJoiner named = new StringJoiner(", ");
        int count = 0;
        int seen = 0;
        for (Resident member = core.residents().first(); member != null && seen++ < MAX_COUNTED; member = member.next) {
            if (member.holdsLoop() && ++count <= MAX_NAMED) {
                named.add(nameOf(member));
            }
        }
        if (count == 0) {
            return core.reasons() + " pending requests";
        }
        return named + (count > MAX_NAMED ? " and " + (count - MAX_NAMED) + " more" : "");
    }

    private static @Nullable String nameOf(Resident member) {
        try {
            return member.toString();
        } catch (RuntimeException changesMeanwhile) {
            return member.getClass().getSimpleName();
        }
    }

    /** Returns the name of the loop thread. */
    public String threadName() {
        return thread.getName();
    }

    /** Returns the state of the loop thread. */
    public Thread.State threadState() {
        return threadState;
    }

    /** Returns the stack of the loop thread, innermost frame first. */
    public StackTraceElement[] stack() {
        return stack.clone();
    }

    /** Returns the workers that run Work of the loop, with their stacks. */
    public Map<Thread, StackTraceElement[]> workers() {
        return Map.copyOf(workers);
    }

    /**
     * Returns the message of an exception, such as {@code the loop of thread "server" has not ended within 5000 ms: it has been in a
     * callback for 12.3 s (poll phase): Chat.send(Chat.java:40)}.
     */
    public String complaint(long nanos) {
        return "the loop of thread \"" + thread.getName() + "\" has not ended within " + nanos / 1_000_000 + " ms: "
                + text;
    }

    @Override
    public String toString() {
        return "Obstacle (" + text + ")";
    }
}
