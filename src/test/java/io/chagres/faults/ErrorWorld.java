package io.chagres.faults;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.loop.internal.LoopCore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A loop on which one step fails, and its requests: each must be answered once, by an exception or a callback. */
final class ErrorWorld {

    /** The work during which a step may fail. */
    interface Exercise {
        void begin(ErrorWorld world) throws Exception;
    }

    private static final int PATIENCE_SECONDS = 10;
    private static final ScheduledExecutorService WATCHDOG = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    final Loop loop = new Loop();
    private final Map<String, AtomicInteger> answers = Collections.synchronizedMap(new LinkedHashMap<>());
    private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());

    ErrorWorld() {
        loop.setUncaughtHandler(thrown -> {
            if (!isPlanted(thrown)) {
                complaints.add("uncaught: " + thrown);
            }
        });
    }

    /** Makes a request; {@code begin} receives the callback to call when it is answered. */
    void request(String name, Consumer<Runnable> begin) {
        AtomicInteger count = new AtomicInteger();
        answers.put(name + " " + answers.size(), count);
        try {
            begin.accept(count::incrementAndGet);
        } catch (Throwable thrown) {
            count.incrementAndGet();
            requirePlanted(name, thrown);
        }
    }

    /** Makes a call without an answer, which may throw. */
    void call(String name, Runnable call) {
        try {
            call.run();
        } catch (Throwable thrown) {
            requirePlanted(name, thrown);
        }
    }

    private void requirePlanted(String name, Throwable thrown) {
        if (!isPlanted(thrown)) {
            complaints.add(name + " threw " + thrown);
        }
    }

    private static boolean isPlanted(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return true;
            }
        }
        return false;
    }

    void complain(String complaint) {
        complaints.add(complaint);
    }

    /** Runs the loop until it has nothing left to do. A run may throw the planted Error, once. */
    void run() {
        Future<?> watchdog = WATCHDOG.schedule(
                () -> loop.execute(() -> {
                    complaints.add("it hangs: " + answers);
                    loop.stop();
                }),
                PATIENCE_SECONDS,
                TimeUnit.SECONDS);
        try {
            loop.run();
        } catch (Throwable thrown) {
            requirePlanted("run", thrown);
            loop.run();
        } finally {
            watchdog.cancel(false);
        }
    }

    /** Returns the complaints after the run. */
    List<String> complaints() throws InterruptedException {
        answers.forEach((name, count) -> {
            if (count.get() != 1) {
                complaints.add(name + " was answered " + count + " times");
            }
        });
        if (loop.isAlive() && loop.run(RunMode.NOWAIT)) {
            complaints.add("the loop is alive");
        }
        requireThatItWorks();
        try {
            closeStrictly();
        } catch (RuntimeException left) {
            complaints.add(left.getMessage());
            loop.close();
        }
        return complaints;
    }

    /** An exercise may raise a second signal before the first is caught. Its message to the loop comes late then, and is no defect. */
    private void closeStrictly() {
        try {
            loop.closeStrictly();
        } catch (UsageException left) {
            if (!String.valueOf(left.getMessage()).endsWith("pending work")) {
                throw left;
            }
            loop.run(RunMode.NOWAIT);
            loop.closeStrictly();
        }
    }

    /** Tasks, ticks and wake-ups of another thread. */
    private void requireThatItWorks() throws InterruptedException {
        AtomicInteger ran = new AtomicInteger();
        LoopCore.of(loop).keepAlive();
        loop.nextTick(ran::incrementAndGet);
        LoopCore.of(loop).pend(ran::incrementAndGet);
        CountDownLatch woken = new CountDownLatch(1);
        Thread sender = Thread.ofPlatform().start(() -> {
            loop.execute(woken::countDown);
            await(woken);
            loop.execute(() -> LoopCore.of(loop).letGo());
        });
        run();
        sender.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        if (ran.get() != 2 || woken.getCount() != 0) {
            complaints.add("the loop does not work any more");
        }
    }

    /** One step fails, and only once: the second try succeeds. */
    static void surely(Runnable call) {
        try {
            call.run();
        } catch (Throwable planted) {
            call.run();
        }
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
