package io.chagres.group;

import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A place in a group: its index, its name, its processor, and the loop that has it now. */
final class Member {

    static final int NO_PROCESSOR = -1;

    final int index;
    final String name;
    final int processor;
    /** The times of the deaths that count, oldest first. Used by the threads that die, one after the other. */
    private final Deque<Long> deaths = new ArrayDeque<>();

    @SuppressWarnings("NullAway.Init") // set before the group is visible
    private volatile LoopThread thread;

    Member(int index, String name, int processor) {
        this.index = index;
        this.name = name;
        this.processor = processor;
    }

    /** Starts a loop for this place, which it does not have yet: see {@link #take}. */
    LoopThread start(GroupOptions options, Consumer<? super Loop> servers) {
        Consumer<Loop> setup = loop -> {
            if (processor != NO_PROCESSOR) {
                Processors.pin(processor);
            }
            if (options.listener() != null) {
                // the listener gets the death: it must not be printed besides
                Thread.currentThread().setUncaughtExceptionHandler((dead, thrown) -> {});
            }
            options.setup().accept(loop);
            servers.accept(loop);
        };
        return options.daemon() ? Loop.startDaemon(name, setup) : Loop.start(name, setup);
    }

    /** Gives the place to the loop of {@code started}. */
    void take(LoopThread started) {
        thread = started;
    }

    LoopThread thread() {
        return thread;
    }

    Loop loop() {
        return thread.loop();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Orders the loop to end, and does not wait. */
    void stop() {
        Loop loop = loop();
        try {
            loop.execute(loop::stop);
        } catch (RejectedExecutionException ended) {
            // that is what is wanted
        }
    }

    /** Counts a death; returns whether the policy allows another restart. */
    boolean mayRestart(DeathPolicy policy) {
        long now = System.nanoTime();
        deaths.addLast(now);
        for (Long oldest = deaths.peekFirst(); isOld(oldest, now, policy.within()); oldest = deaths.peekFirst()) {
            deaths.removeFirst();
        }
        return deaths.size() <= policy.maxRestarts();
    }

    private static boolean isOld(@Nullable Long death, long now, Duration within) {
        return death != null && Duration.ofNanos(now - death).compareTo(within) > 0;
    }

    @Override
    public String toString() {
        return name + (processor == NO_PROCESSOR ? "" : " on processor " + processor);
    }
}
