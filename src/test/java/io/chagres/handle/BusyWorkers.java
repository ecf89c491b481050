package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.WorkerPool;
import java.util.concurrent.CountDownLatch;

/** Jobs that occupy every thread of the pool until they are let go, so that what is submitted meanwhile stays queued. */
final class BusyWorkers {

    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private int ended;

    BusyWorkers(Loop loop) throws InterruptedException {
        int size = WorkerPool.shared().size();
        CountDownLatch started = new CountDownLatch(size);
        for (int i = 0; i < size; i++) {
            Work.submit(loop, () -> {
                started.countDown();
                mayEnd.await();
                return null;
            }, (done, thrown) -> ended++);
        }
        started.await();
    }

    void letGo() {
        mayEnd.countDown();
    }

    /** How many of their callbacks have come. */
    int ended() {
        return ended;
    }
}
