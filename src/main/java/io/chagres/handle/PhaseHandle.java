package io.chagres.handle;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.PhaseEntry;
import io.chagres.loop.internal.PhaseList;
import java.util.StringJoiner;

/** A handle that calls back once in each iteration, in one phase: {@link Idle}, {@link Prepare} or {@link Check}. */
abstract sealed class PhaseHandle extends StoppableHandle permits Idle, Prepare, Check {

    private final PhaseList phase;
    private final Entry entry;

    @SuppressWarnings("NullAway.Init") // start() sets it before the entry can run
    private Runnable callback;

    PhaseHandle(Loop loop, PhaseList phase) {
        this(loop, phase, new Entry());
    }

    private PhaseHandle(Loop loop, PhaseList phase, Entry entry) {
        super(loop);
        this.phase = phase;
        this.entry = entry;
        entry.handle = this;
    }

    /**
     * Calls {@code callback} in each iteration from now on, until the handle is stopped. If this phase is running now, the first call is
     * in the next iteration. Of the handles of one phase, the one that was started last runs first.
     *
     * <p>If the handle is started already, this is a no-op: the first callback stays, as in libuv.
     *
     * @throws UsageException EINVAL if the callback is null or the handle is closed
     */
    public void start(Runnable callback) {
        requireOpen("start");
        if (!isActive()) {
            this.callback = UsageException.requireArgument(callback, "callback");
            phase.add(entry);
            activate();
        }
    }

    @Override
    protected void explain(StringJoiner details) {
        super.explain(details);
        if (callback != null) {
            details.add("calls " + Callee.nameOf(callback));
        }
    }

    @Override
    void disarm() {
        phase.remove(entry);
    }

    private static final class Entry extends PhaseEntry {

        @SuppressWarnings("NullAway.Init") // set by the constructor of the handle
        private PhaseHandle handle;

        @Override
        protected void run() {
            handle.callback.run();
        }
    }
}
