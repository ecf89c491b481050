package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/** The calls of user code in a loop that is observed: each is reported to the {@link LoopObserver}. */
final class TracedCallbacks extends Callbacks {

    private TracedCallbacks(TickQueue ticks, Failures failures, Meter meter) {
        super(ticks, failures, meter);
    }

    /** The result has the type of the parent, so that the verifier does not load this class for a loop that is not observed. */
    static Callbacks of(TickQueue ticks, Failures failures, Meter meter) {
        return new TracedCallbacks(ticks, failures, meter);
    }

    @Override
    public void invoke(Runnable callback) {
        String name = begin(callback);
        long start = System.nanoTime();
        super.invoke(callback);
        end(name, start);
    }

    @Override
    void invoke(Watcher watcher, int events) {
        String name = begin(watcher);
        long start = System.nanoTime();
        super.invoke(watcher, events);
        end(name, start);
    }

    @Override
    void invoke(TimerEntry timer) {
        String name = begin(timer);
        long start = System.nanoTime();
        super.invoke(timer);
        end(name, start);
    }

    @Override
    void invoke(PhaseEntry entry) {
        String name = begin(entry);
        long start = System.nanoTime();
        super.invoke(entry);
        end(name, start);
    }

    @Override
    void invoke(Resident closing) {
        String name = begin(closing);
        long start = System.nanoTime();
        super.invoke(closing);
        end(name, start);
    }

    @Override
    void invoke(Task task) {
        String name = begin(task);
        long start = System.nanoTime();
        super.invoke(task);
        end(name, start);
    }

    /** Returns null if the trace has ended. */
    private @Nullable String begin(Object callback) {
        LoopObserver present = observer;
        return present == null ? null : present.nameOf(callback);
    }

    private void end(@Nullable String name, long start) {
        long duration = System.nanoTime() - start;
        LoopObserver present = observer;
        if (name != null && present != null) {
            present.ran(name, start, duration);
        }
    }
}
