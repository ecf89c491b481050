package io.chagres.stress;

import io.chagres.handle.Async;
import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Races each pair of calls that may meet on a loop: execute, {@code Async.send} and signals against close, closes
 * against each other, and the calls of reactive streams. {@code Races 20} runs each race for 20 seconds. The program ends with status 1 at the first round
 * whose outcome is forbidden, and with a thread dump if a round does not end.
 */
public final class Races {

    private static final int SENDERS = 3;
    private static final int TASKS = 50;
    private static final int ROUND_LIMIT_SECONDS = 30;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    private Races() {}

    /** One round of a race: throws if its outcome is forbidden. */
    private interface Round {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        try {
            race("execute against close", seconds, Races::executeAgainstClose);
            race("send against close", seconds, Races::sendAgainstClose);
            race("close against close", seconds, Races::closeAgainstClose);
            race("a signal against stop", seconds, Races::signalAgainstStop);
            race("request against request", seconds, FlowRaces::requestAgainstRequest);
            race("request against cancel", seconds, () -> FlowRaces.requestAgainstTheEnd(true));
            race("request against an error", seconds, () -> FlowRaces.requestAgainstTheEnd(false));
            race("subscribe against close", seconds, FlowRaces::subscribeAgainstClose);
            race("publisher to subscriber", seconds, () -> FlowRaces.publisherAgainstSubscriber(false));
            race("subscriber against close", seconds, () -> FlowRaces.publisherAgainstSubscriber(true));
        } finally {
            THREADS.shutdownNow();
        }
    }

    private static void race(String name, int seconds, Round round) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int rounds = 0;
        do {
            Future<?> running = THREADS.submit((Callable<?>) () -> {
                round.run();
                return null;
            });
            try {
                running.get(ROUND_LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (java.util.concurrent.TimeoutException stuck) {
                Thread.getAllStackTraces()
                        .forEach((thread, frames) -> System.err.println(thread + " " + List.of(frames)));
                throw new AssertionError(name + ": round " + rounds + " does not end", stuck);
            }
            rounds++;
        } while (System.nanoTime() < end);
        System.out.printf("%-24s %,9d rounds, 0 forbidden outcomes%n", name, rounds);
    }

    static void require(boolean fact, String otherwise) {
        if (!fact) {
            throw new AssertionError(otherwise);
        }
    }

    /** Runs all actions at once, and waits for them. */
    static void together(List<? extends Runnable> actions) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> running = new ArrayList<>();
        for (Runnable action : actions) {
            running.add(THREADS.submit(() -> {
                start.await();
                action.run();
                return null;
            }));
        }
        start.countDown();
        for (Future<?> one : running) {
            one.get(ROUND_LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** A task that execute has accepted runs, whenever the loop is closed. */
    private static void executeAgainstClose() throws Exception {
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        LoopThread io = Loop.start("raced", loop -> {});
        List<Runnable> actions = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            actions.add(() -> {
                for (int n = 0; n < TASKS; n++) {
                    try {
                        io.execute(ran::incrementAndGet);
                        accepted.incrementAndGet();
                    } catch (RejectedExecutionException closed) {
                        return;
                    }
                }
            });
        }
        actions.add(io::close);
        together(actions);
        require(accepted.get() == ran.get(), accepted + " tasks were accepted, and " + ran + " have run");
    }

    /** Sends that meet the close neither throw nor keep the loop from ending. */
    private static void sendAgainstClose() throws Exception {
        AtomicReference<Async> async = new AtomicReference<>();
        LoopThread io = Loop.start("raced", loop -> async.set(new Async(loop, () -> {})));
        io.execute(() -> {});
        while (async.get() == null) {
            Thread.onSpinWait();
        }
        List<Runnable> actions = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            actions.add(() -> {
                for (int n = 0; n < TASKS; n++) {
                    async.get().send();
                }
            });
        }
        actions.add(io::close);
        together(actions);
    }

    /** Any number of threads may close or drain a loop at once; each returns when the loop has ended. */
    private static void closeAgainstClose() throws Exception {
        LoopThread io = Loop.start("raced", loop -> {});
        AtomicInteger ran = new AtomicInteger();
        io.execute(ran::incrementAndGet);
        together(List.of(io::close, io::drain, io::close, () -> {
            io.close();
            require(ran.get() == 1, "close has returned before the task ran");
        }));
    }

    /** A handle that is started when a signal arrives is called once for it, while others start and stop beside it. */
    private static void signalAgainstStop() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch ready = new CountDownLatch(1);
        CountDownLatch called = new CountDownLatch(1);
        LoopThread steady = Loop.start("steady", loop -> {
            Signal.on(loop, "USR1", () -> {
                calls.incrementAndGet();
                called.countDown();
            });
            ready.countDown();
        });
        ready.await(ROUND_LIMIT_SECONDS, TimeUnit.SECONDS);
        try (steady;
                LoopThread restless = Loop.start("restless", Races::startAndStop)) {
            sun.misc.Signal.raise(new sun.misc.Signal("USR1"));
            require(called.await(ROUND_LIMIT_SECONDS, TimeUnit.SECONDS), "the signal did not arrive");
        }
        require(calls.get() == 1, "one signal, and " + calls + " calls");
    }

    private static void startAndStop(Loop loop) {
        for (int i = 0; i < TASKS; i++) {
            Signal signal = Signal.on(loop, "USR1", () -> {});
            if (i % 2 == 0) {
                signal.stop();
            }
            signal.close();
        }
    }
}
