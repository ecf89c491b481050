package io.chagres.loop.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The queue of the tasks of other threads. One atomic reference is both the stack of tasks and the sleep flag: the loop stores {@link
 * #ASLEEP} in it before it waits, and only the sender that replaces this marker must write to the eventfd. So a sleep costs at most one
 * wake-up, and a loop that is awake costs none.
 *
 * <p>A sender checks that the stack has room for the wake-up before it leaves a task. If the wake-up fails nevertheless, it is
 * <em>owed</em>, and the next sender makes it.
 */
final class Mailbox {

    private static final Task ASLEEP = new Marker();
    private static final Task CLOSED = new Marker();

    /** The limit of {@link #awaitRings}. If a sender takes longer, the eventfd stays open: better than a write to another file. */
    private static final long MAX_AWAIT_NANOS = 10_000_000_000L;

    private static final int MAX_COUNTED = 1000;

    private final AtomicReference<@Nullable Task> head = new AtomicReference<>();
    /**
     * The number of senders that may be writing to the eventfd. Counted before the task is published, so that close can wait for them.
     */
    private final AtomicInteger ringing = new AtomicInteger();
    /** True after a wake-up has failed that the loop may still wait for. */
    private final AtomicBoolean owed = new AtomicBoolean();

    /** True while the reference may be ASLEEP. Used by the loop thread only. */
    private boolean announced;

    /** The result of {@link #post}. After MUST_WAKE the sender writes to the eventfd and then calls {@link #rang} or {@link #failed}. */
    enum Posted {
        QUEUED,
        MUST_WAKE,
        REFUSED
    }

    /** Leaves a task; any thread. If this throws (StackOverflowError), the task was not left. */
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

    /** Returns whether a wake-up is owed; any thread. */
    boolean owes() {
        return owed.get();
    }

    /** Returns whether the caller must write to the eventfd, in place of a sender that could not; any thread. */
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

    /** Ends a wake-up: the sender has written to the eventfd. */
    void rang() {
        ringing.decrementAndGet();
    }

    /** Ends a wake-up that failed: it is owed now. */
    void failed() {
        owed.set(true);
        ringing.decrementAndGet();
    }

    boolean isEmpty() {
        Task task = head.get();
        return task == null || task == ASLEEP || task == CLOSED;
    }

    /** Returns the number of tasks, up to a thousand; any thread. From another thread than the loop's it is a guess. */
    int size() {
        int count = 0;
        Task task = isEmpty() ? null : head.get();
        while (task != null && count < MAX_COUNTED) {
            task = task.next;
            count++;
        }
        return count;
    }

    /** Stores the marker before the loop waits; returns false if there are tasks and the loop must not wait. */
    boolean fallAsleep() {
        boolean asleep = head.compareAndSet(null, ASLEEP) || head.get() == ASLEEP;
        announced |= asleep;
        return asleep;
    }

    /** Returns whether the loop waits, and no sender has begun to wake it; any thread. */
    boolean isAsleep() {
        return head.get() == ASLEEP;
    }

    /** Removes the marker after the wait. */
    void wakeUp() {
        if (announced) {
            announced = false;
            head.compareAndSet(ASLEEP, null);
        }
    }

    /**
     * Waits for the senders that are about to write to the eventfd. If it were closed first, its number could belong to another file.
     *
     * @return false if a sender did not finish in time: the eventfd must stay open
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
    @Nullable
    Task takeAll() {
        return isEmpty() ? null : inOrder(head.getAndSet(null));
    }

    /** Takes all tasks like {@link #takeAll}, and refuses tasks from now on. */
    @Nullable
    Task takeLast() {
        Task last = head.getAndSet(CLOSED);
        return last == CLOSED || last == ASLEEP ? null : inOrder(last);
    }

    private static @Nullable Task inOrder(@Nullable Task newestFirst) {
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
