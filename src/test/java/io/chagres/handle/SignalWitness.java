package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A subscriber that is called after the handles that were started before it, and tells the test when they were called. */
final class SignalWitness implements AutoCloseable {

    private final String name;
    private final Semaphore seen = new Semaphore(0);
    private final Runnable subscriber = seen::release;

    SignalWitness(String name) {
        this.name = name;
        SignalTable.add(name, subscriber);
    }

    /** Raises the signal {@code times} times, and waits until the handles that were started before have caught it as often. */
    void raiseAndAwait(int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            sun.misc.Signal.raise(new sun.misc.Signal(name));
        }
        await(times);
    }

    void await(int times) throws InterruptedException {
        assertTrue(seen.tryAcquire(times, 30, TimeUnit.SECONDS), "too few signals " + name);
    }

    @Override
    public void close() {
        SignalTable.remove(name, subscriber);
    }
}
