package io.chagres.address;

import io.chagres.ChagresException;
import io.chagres.jfr.Flight;
import io.chagres.loop.internal.Observation;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A lookup that records its time in the queue, its time in libc and its result for JDK Flight Recorder. */
record RecordedLookup<T>(
        Callable<T> job, String function, @Nullable String subject, Function<? super T, String> naming, long queuedAt)
        implements Callable<T> {

    /** Returns {@code job}, recorded if JFR runs; {@code naming} says what was found. */
    static <T> Callable<T> of(
            Callable<T> job, String function, @Nullable String subject, Function<? super T, String> naming) {
        Observation.look();
        return Flight.isOn() ? new RecordedLookup<>(job, function, subject, naming, System.nanoTime()) : job;
    }

    @Override
    public T call() throws Exception {
        Object event = Flight.beginLookup();
        if (event == null) {
            return job.call();
        }
        long queueNanos = System.nanoTime() - queuedAt;
        String result = "";
        try {
            T found = job.call();
            result = naming.apply(found);
            return found;
        } catch (Throwable failed) {
            result = failed instanceof ChagresException error
                    ? error.code()
                    : failed.getClass().getName();
            throw failed;
        } finally {
            Flight.endLookup(event, function, subject, queueNanos, result);
        }
    }
}
