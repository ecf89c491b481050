package io.chagres.handle;

import io.chagres.fixture.Gate;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.WorkerPool;

/** Jobs that occupy every thread of the pool until they are released, so that jobs that are submitted meanwhile stay queued. */
final class BusyWorkers {

    private final Gate mayEnd = new Gate();
    private int ended;

    BusyWorkers(Loop loop) throws InterruptedException {
        int size = WorkerPool.shared().size();
        Gate started = new Gate(size);
        for (int i = 0; i < size; i++) {
            Work.submit(
                    loop,
                    () -> {
                        started.open();
                        mayEnd.await();
                        return null;
                    },
                    (done, thrown) -> ended++);
        }
        started.await();
    }

    void letGo() {
        mayEnd.open();
    }

    /** Returns the number of callbacks that have run. */
    int ended() {
        return ended;
    }
}
