package io.chagres.loop.internal;

import io.chagres.jfr.Flight;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The observation by JDK Flight Recorder: notices its start, and lets each loop record what is open on it. JFR asks for that on a thread
 * of its own, at the begin and the end of a chunk. The loops answer on their threads.
 */
public final class Observation implements Runnable {

    /** Records what one floor has open on a loop, on the thread of that loop. */
    public interface Counter {
        /** Records what is open on {@code core}. */
        void count(LoopCore core);
    }

    /** A loop that is blocked does not answer: JFR must not wait long for it. */
    private static final long MAX_WAIT_MILLIS = 500;

    private static final List<Counter> COUNTERS = new CopyOnWriteArrayList<>();

    private Observation() {}

    /** Notices that JFR was started; any thread. The first call that notices it takes some 10 ms. */
    public static void look() {
        if (Flight.look()) {
            Flight.setCensus(new Observation());
        }
    }

    /** Adds a counter, for good: a floor has one. */
    public static void add(Counter counter) {
        COUNTERS.add(counter);
    }

    /** Lets each loop that runs record what is open on it, and waits until they have, or {@value #MAX_WAIT_MILLIS} ms. */
    @Override
    public void run() {
        List<LoopCore> elsewhere = new ArrayList<>();
        for (LoopCore core : OpenLoops.all()) {
            if (core.isLoopThread()) {
                count(core);
            } else if (core.runState().isRunning()) {
                elsewhere.add(core);
            }
        }
        CountDownLatch counted = new CountDownLatch(elsewhere.size());
        for (LoopCore core : elsewhere) {
            post(core, counted);
        }
        await(counted);
    }

    private static void post(LoopCore core, CountDownLatch counted) {
        boolean posted = core.post(Task.of(() -> {
            try {
                count(core);
            } finally {
                counted.countDown();
            }
        }));
        if (!posted) {
            counted.countDown();
        }
    }

    private static void count(LoopCore core) {
        for (Counter counter : COUNTERS) {
            counter.count(core);
        }
    }

    private static void await(CountDownLatch counted) {
        try {
            counted.await(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException ofJfr) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "Observation (" + COUNTERS.size() + " counters)";
    }
}
