package io.chagres.loop.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The place where other threads leave tasks for the loop. One atomic reference is both the stack of tasks and the answer to
 * "must the sender wake the loop?": the loop puts {@link #ASLEEP} there before it waits, and only the sender that replaces
 * it has to write to the eventfd. So a sleep costs at most one wake-up, and a loop that is awake costs none.
 *
 * <p>A sender makes sure of the stack that the wake-up takes before it leaves anything. Should the wake-up fail all the same,
 * it stays owed, and the next sender pays it.
 */
final class Mailbox {

    private static final Task ASLEEP = new Marker();
    private static final Task CLOSED = new Marker();

    /** A sender that is held up for longer is not waited for: one descriptor is lost then, and no sender writes to a foreign file. */
    private static final long MAX_AWAIT_NANOS = 10_000_000_000L;

    private final AtomicReference<Task> head = new AtomicReference<>();
    /** The senders that may be writing to the eventfd; counted before a task is published, so that close can wait for them. */
    private final AtomicInteger ringing = new AtomicInteger();
    /** Whether a wake-up has failed that the loop may still wait for. */
    private final AtomicBoolean owed = new AtomicBoolean();

    /** Whether ASLEEP may be there; the loop's own. */
    private boolean announced;

    /** The result of {@link #post}. After MUST_WAKE the sender writes to the eventfd and then calls {@link #rang} or {@link #failed}. */
    enum Posted {
        QUEUED,
        MUST_WAKE,
        REFUSED
    }

    /** Leaves a task; any thread. If it throws (StackOverflowError), nothing was left. */
    Posted post(Task task) {
        Task seen = head.get();
        for (; ; ) {
            if (seen == CLOSED) {
                return Posted.REFUSED;
            }
            boolean mayRing = seen == ASLEEP || owed.get();
            if (mayRing) {
                StackRoom.require();
                ringing.incrementAndGet();
            }
            task.next = seen == ASLEEP ? null : seen;
            Task witness = head.compareAndExchange(seen, task);
            boolean posted = witness == seen;
            if (posted && (seen == ASLEEP || mayRing && takeDebt())) {
                return Posted.MUST_WAKE;
            }
            if (mayRing) {
                ringing.decrementAndGet();
            }
            if (posted) {
                return Posted.QUEUED;
            }
            seen = witness;
        }
    }

    private boolean takeDebt() {
        return owed.get() && owed.compareAndSet(true, false);
    }

    /** Whether a wake-up is owed; any thread. */
    boolean owes() {
        return owed.get();
    }

    /** Whether the caller has to write to the eventfd in place of a sender that could not; any thread. */
    boolean takesOver() {
        if (!owed.get()) {
            return false;
        }
        ringing.incrementAndGet();
        if (head.get() != CLOSED && takeDebt()) {
            return true;
        }
        ringing.decrementAndGet();
        return false;
    }

    /** The sender that had to has written to the eventfd. */
    void rang() {
        ringing.decrementAndGet();
    }

    /** The sender that had to could not write to the eventfd. */
    void failed() {
        owed.set(true);
        ringing.decrementAndGet();
    }

    boolean isEmpty() {
        Task task = head.get();
        return task == null || task == ASLEEP || task == CLOSED;
    }

    /** Announces that the loop is going to wait; false if tasks are there and it must not. */
    boolean fallAsleep() {
        boolean asleep = head.compareAndSet(null, ASLEEP) || head.get() == ASLEEP;
        announced |= asleep;
        return asleep;
    }

    /** Takes the announcement back. */
    void wakeUp() {
        if (announced) {
            announced = false;
            head.compareAndSet(ASLEEP, null);
        }
    }

    /**
     * Waits for the senders that are about to write to the eventfd: its number could be another file's by then.
     *
     * @return false if one of them did not come in time: the eventfd must stay open
     */
    boolean awaitRings() {
        long start = System.nanoTime();
        while (ringing.get() != 0) {
            if (System.nanoTime() - start > MAX_AWAIT_NANOS) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    /** Takes all tasks, oldest first, linked by {@link Task#next}; null if there are none. */
    Task takeAll() {
        return isEmpty() ? null : inOrder(head.getAndSet(null));
    }

    /** As {@link #takeAll}, and refuses tasks from now on. */
    Task takeLast() {
        Task last = head.getAndSet(CLOSED);
        return last == CLOSED || last == ASLEEP ? null : inOrder(last);
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
