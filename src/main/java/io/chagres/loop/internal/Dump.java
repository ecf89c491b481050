package io.chagres.loop.internal;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The text of {@link io.chagres.loop.Loop#dump()}. It is written on the loop thread, by a task. If the loop does not run, or does not
 * answer in time, the calling thread writes the text itself: it reads plain fields, makes no system call on a descriptor, and survives
 * whatever it finds.
 */
public final class Dump {

    /** The time in which the loop must begin to answer. A loop that needs longer is stuck, for a person who looks. */
    private static final long BEGIN_MILLIS = 1000;

    /** The time in which it must have answered: long, because the first dump of a process loads classes. */
    private static final long ANSWER_MILLIS = 10_000;

    /** The residents that are described. A server with 100,000 connections must not hold its loop for a text of 20 MB. */
    private static final int MAX_DESCRIBED = 500;

    /** The residents that are counted. From another thread the list may change meanwhile, so the walk needs a bound. */
    private static final int MAX_COUNTED = 10_000_000;

    private final LoopCore core;
    private final StringBuilder text = new StringBuilder();
    private final Map<String, Integer> kinds = new TreeMap<>();

    private Dump(LoopCore core) {
        this.core = core;
    }

    /** Returns the text; any thread. It waits up to a second for the loop to begin. */
    public static String of(LoopCore core) {
        boolean answers = core.runState().isRunning() && !core.residents().areRefused();
        if (core.isLoopThread() || !answers) {
            return new Dump(core).write(null);
        }
        Question question = new Question(core);
        String answer = core.post(question) ? question.await() : null;
        return answer != null ? answer : new Dump(core).write(core.owner);
    }

    /** Returns the texts of all open loops of this process, and a line on the worker threads; any thread. */
    public static String ofAll() {
        StringBuilder all = new StringBuilder();
        List<LoopCore> loops = OpenLoops.all();
        for (LoopCore loop : loops) {
            all.append(of(loop)).append('\n');
        }
        return all.append(loops.isEmpty() ? "no open loop\n" : "")
                .append(WorkerPool.summary())
                .append('\n')
                .toString();
    }

    /** A task that writes the text on the loop thread, unless the calling thread has stopped waiting. */
    private static final class Question extends Task {

        private final LoopCore core;
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile boolean abandoned;
        private volatile @Nullable String answer;

        Question(LoopCore core) {
            this.core = core;
        }

        @Override
        protected void run() {
            begun.countDown();
            if (!abandoned) {
                answer = new Dump(core).write(null);
                done.countDown();
            }
        }

        /** Returns the answer, or null if there is none in time. */
        @Nullable
        String await() {
            try {
                if (begun.await(BEGIN_MILLIS, TimeUnit.MILLISECONDS)
                        && done.await(ANSWER_MILLIS, TimeUnit.MILLISECONDS)) {
                    return answer;
                }
            } catch (InterruptedException early) {
                Thread.currentThread().interrupt();
            }
            abandoned = true;
            return null;
        }
    }

    // ---- writing

    /** @param stuck the thread of a loop that does not answer; null if it has */
    private String write(@Nullable Thread stuck) {
        attempt(this::writeState);
        if (stuck != null) {
            text.append("  it did not answer within ")
                    .append(BEGIN_MILLIS)
                    .append(" ms: read from another thread, approximate. Its stack:\n");
            attempt(() -> writeStack(stuck));
        }
        attempt(this::writeResidents);
        return text.toString();
    }

    /** Lets a part of the text fail by itself: on another thread than the loop's it may find anything. */
    private void attempt(Runnable part) {
        try {
            part.run();
        } catch (Throwable broken) {
            text.append("  (this part failed: ")
                    .append(broken.getClass().getName())
                    .append(")\n");
        }
    }

    private void writeState() {
        Thread owner = core.owner;
        Meter meter = core.meter();
        text.append(core.loop()).append('\n');
        text.append("  thread #" + owner.threadId() + " (" + owner.getState() + "), iteration " + meter.turns());
        if (!core.runState().isRunning()) {
            text.append(", not in run()\n");
        } else {
            text.append(meter.phase() == Phase.NONE ? "" : ", " + meter.phase() + " phase");
            text.append(meter.isIdle() ? ", asleep\n" : ", busy for " + Span.of(meter.busyNanos()) + "\n");
        }
        text.append("  " + meter.read(Dump::times) + "\n  " + queues() + "\n");
    }

    private static String times(long polls, long events, long ready, long callbacks, long idle, long active) {
        double busy = active == 0 ? 0 : 100.0 * active / (active + idle);
        return String.format(
                Locale.ROOT,
                "so far: %s active and %s idle (%.1f %%), %d callbacks",
                Span.of(active),
                Span.of(idle),
                busy,
                callbacks);
    }

    private String queues() {
        StringJoiner queues = new StringJoiner(", ");
        queues.add(counted(core.mailbox().size(), "task") + " of other threads");
        queues.add(counted(core.ticks().size(), "tick"));
        queues.add(counted(core.phases().pending.size(), "completion"));
        return queues + "; " + core.timers().summary();
    }

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private void writeStack(Thread stuck) {
        for (StackTraceElement frame : stuck.getStackTrace()) {
            text.append("      at ").append(frame).append('\n');
        }
    }

    private void writeResidents() {
        int count = 0;
        for (Resident member = core.residents().first(); member != null && count < MAX_COUNTED; member = member.next) {
            if (++count <= MAX_DESCRIBED) {
                describe(member);
            }
            kinds.merge(member.getClass().getSimpleName(), 1, Integer::sum);
        }
        if (count > MAX_DESCRIBED) {
            text.append("    ... and ")
                    .append(count - MAX_DESCRIBED)
                    .append(" more; of all kinds: ")
                    .append(kinds)
                    .append('\n');
        }
        text.append(reason(count));
    }

    /** Adds the lines of {@code member}. A star marks those that keep the loop alive. */
    private void describe(Resident member) {
        attempt(() ->
                text.append(member.holdsLoop() ? "  * " : "    ").append(member).append('\n'));
        attempt(() -> {
            StringJoiner details = new StringJoiner("; ");
            member.explain(details);
            text.append(details.length() == 0 ? "" : "        " + details + "\n");
        });
        Origin origin = core.residents().originOf(member);
        text.append(origin == null ? "" : origin.lines("        "));
    }

    private String reason(int count) {
        if (core.residents().areRefused()) {
            return "  the loop is closing or closed\n";
        }
        if (core.isKeptAlive()) {
            return "  what is marked * keeps the loop alive\n";
        }
        return count == 0 ? "  nothing lives on the loop\n" : "  nothing of this keeps the loop alive\n";
    }
}
