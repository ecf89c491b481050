package io.chagres.loop;

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
        return head.compareAndSet(null, ASLEEP);
    }

    /** Takes the announcement back. */
    void wakeUp() {
        head.compareAndSet(ASLEEP, null);
    }

    /** Takes all tasks, oldest first, linked by {@link Task#next}; null where there are none. */
    Task takeAll() {
        if (head.get() == null) {
            return null;
        }
        Task newestFirst = head.getAndSet(null);
        Task oldestFirst = null;
        while (newestFirst != null) {
            Task older = newestFirst.next;
            newestFirst.next = oldestFirst;
            oldestFirst = newestFirst;
            newestFirst = older;
        }
        return oldestFirst;
    }

    /** Refuses tasks from now on, unless some are waiting: false then. */
    boolean close() {
        return head.compareAndSet(null, CLOSED);
    }

    private static final class Marker extends Task {
        @Override
        protected void run() {
            throw new AssertionError("a marker is not a task");
        }
    }
}
