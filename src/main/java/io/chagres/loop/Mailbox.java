package io.chagres.loop;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where other threads leave tasks for the loop. One atomic reference is both the stack of tasks and the answer to
 * "must somebody ring?": the loop puts {@link #ASLEEP} there before it waits, and only the sender that replaces it has to
 * write to the eventfd. So a sleep costs at most one wake-up, and a loop that is awake costs none.
 */
final class Mailbox {

    private static final Task ASLEEP = new Marker();
    private static final Task CLOSED = new Marker();

    private final AtomicReference<Task> head = new AtomicReference<>();
    private final AtomicInteger rings = new AtomicInteger();

    /** Whether the loop has announced a wait and not taken that back; the loop's own, as is the next. */
    private boolean announced;
    /** The waits that a sender took upon itself to end: what {@link #rings} comes to once all of them have rung. */
    private int ringsOwed;

    /** What came of {@link #post}. */
    enum Posted { QUEUED, MUST_WAKE, REFUSED }

    /** Leaves a task; any thread. */
    Posted post(Task task) {
        Task seen = head.get();
        for (;;) {
            if (seen == CLOSED) {
                return Posted.REFUSED;
            }
            task.next = seen == ASLEEP ? null : seen;
            Task witness = head.compareAndExchange(seen, task);
            if (witness == seen) {
                return seen == ASLEEP ? Posted.MUST_WAKE : Posted.QUEUED;
            }
            seen = witness;
        }
    }

    boolean isEmpty() {
        Task task = head.get();
        return task == null || task == ASLEEP || task == CLOSED;
    }

    /** Announces that the loop is going to wait; false where tasks are there and it must not. */
    boolean fallAsleep() {
        announced = announced || head.compareAndSet(null, ASLEEP);
        return head.get() == ASLEEP;
    }

    /** Takes the announcement back. */
    void wakeUp() {
        if (announced && !head.compareAndSet(ASLEEP, null)) {
            ringsOwed++;
        }
        announced = false;
    }

    /** The sender that had to has written to the eventfd. */
    void rang() {
        rings.incrementAndGet();
    }

    /** Waits for the senders that are about to write to the eventfd: by then its number could be another file's. */
    void awaitRings() {
        while (rings.get() != ringsOwed) {
            Thread.yield();
        }
    }

    /** Takes all tasks, oldest first, linked by {@link Task#next}; null where there are none. */
    Task takeAll() {
        return isEmpty() ? null : inOrder(head.getAndSet(null));
    }

    /** As {@link #takeAll}, and refuses tasks from now on. */
    Task takeLast() {
        Task last = head.getAndSet(CLOSED);
        return last == CLOSED ? null : inOrder(last);
    }

    private static Task inOrder(Task newestFirst) {
        Task oldestFirst = null;
        while (newestFirst != null) {
            Task older = newestFirst.next;
            newestFirst.next = oldestFirst;
            oldestFirst = newestFirst;
            newestFirst = older;
        }
        return oldestFirst;
    }

    private static final class Marker extends Task {
        @Override
        protected void run() {
            throw new AssertionError("a marker is not a task");
        }
    }
}
