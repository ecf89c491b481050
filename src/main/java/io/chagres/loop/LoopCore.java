package io.chagres.loop;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The mechanisms of a loop, for those who write handles: watchers of descriptors, timers, the lists of the phases, the
 * queues, and the count of what keeps the loop alive. {@link Loop#core()} gives it out; programs that use handles have
 * no need of it.
 *
 * <p>Everything here is for the loop thread only, but {@link #post}.
 */
public final class LoopCore {

    private final Loop loop;
    private final LoopClock clock;
    private final long origin;
    private final Mailbox mailbox = new Mailbox();
    private final Locals locals = new Locals();
    private final Failures failures;

    final PendingQueue pending = new PendingQueue(this);
    final TickQueue ticks = new TickQueue(this);
    final PhaseList idle = new PhaseList(this);
    final PhaseList prepare = new PhaseList(this);
    final PhaseList check = new PhaseList(this);
    final ClosingList closing = new ClosingList(this);
    final Timers timers = new Timers(this);
    final Ring residents = new Ring();
    /** Those that {@link #closeResidents} has closed; empty at other times. */
    private final Ring closed = new Ring();

    final Meter meter = new Meter();
    private final Nesting nesting = new Nesting();
    final Poller poller;

    private Thread owner = Thread.currentThread();
    private long nowNanos;
    private int holds;
    private boolean refusesResidents;

    LoopCore(Loop loop, LoopClock clock) {
        this.loop = loop;
        this.failures = new Failures(loop);
        this.clock = clock;
        this.origin = clock.nanoTime();
        this.poller = new Poller(this, mailbox);
    }

    /** The loop whose mechanisms these are. */
    public Loop loop() {
        return loop;
    }

    /** The thread, and how many reasons there are to go on; any thread. */
    String summary() {
        return " \"" + owner.getName() + "\", " + holds + " active";
    }

    @Override
    public String toString() {
        return "LoopCore of " + loop;
    }

    // ---- thread

    /**
     * Throws where the current thread is not the one that the loop belongs to. Every call on a handle begins with it.
     *
     * @throws WrongThreadException names both threads
     */
    public void checkThread() {
        if (Thread.currentThread() != owner) {
            inherit(Thread.currentThread());
        }
    }

    /** A loop whose thread has ended is anybody's: who had it run there can still close it, or run it on. */
    private void inherit(Thread heir) {
        if (owner.isAlive() || heir.isVirtual()) {
            throw new WrongThreadException("the loop belongs to thread \"" + owner.getName() + "\", and this is \""
                    + heir.getName() + "\": use Loop.execute or Async.send");
        }
        owner = heir;
    }

    /** Whether this is the thread that the loop belongs to; any thread. */
    public boolean isLoopThread() {
        return Thread.currentThread() == owner;
    }

    void own(Thread thread) {
        owner = thread;
    }

    // ---- time

    /** Whether the loop runs, or is closing: the cached time is that of the current iteration then. */
    boolean isRunning() {
        return loop.isRunning();
    }

    /** The cached time, in nanoseconds since the loop was made. */
    public long nowNanos() {
        return nowNanos;
    }

    /**
     * The time at this moment, in nanoseconds since the loop was made: a look at the clock, which costs some 25 ns. The cached
     * time stays as it is.
     */
    public long clockNanos() {
        return clock.nanoTime() - origin;
    }

    void updateTime() {
        nowNanos = clockNanos();
    }

    long realSleep(long nanos) {
        return clock.sleep(nanos);
    }

    // ---- what keeps the loop alive

    /** One more reason to go on: a handle that is active and referenced, or a request that is under way. */
    public void hold() {
        holds++;
    }

    /** Takes back one {@link #hold}. */
    public void release() {
        assert holds > 0 : "released more often than held";
        holds--;
    }

    /**
     * Enters a resident into the loop's list.
     *
     * @throws UsageException ERR_LOOP_CLOSED where the loop is closing or closed
     */
    public void settle(Resident resident) {
        if (refusesResidents) {
            throw new UsageException("ERR_LOOP_CLOSED", "the loop is closed; nothing can be opened on it any more");
        }
        residents.addLast(resident);
    }

    /** Takes a resident off the list: its close callback is about to run. */
    public void leave(Resident resident) {
        resident.unlink();
    }

    /** Whether the loop is being closed: what has not begun by now never will. */
    public boolean isClosing() {
        return refusesResidents;
    }

    void refuseResidents() {
        refusesResidents = true;
    }

    /** Visits what lives on the loop at this moment; a visitor may close any of it. */
    public void visitResidents(Consumer<? super Resident> visitor) {
        List<Resident> snapshot = new ArrayList<>();
        for (Linked member = residents.first(); member != null; member = residents.after(member)) {
            snapshot.add((Resident) member);
        }
        snapshot.forEach(visitor);
    }

    boolean isAlive() {
        return hasWork() || !mailbox.isEmpty();
    }

    /** As {@link #isAlive}, tasks aside. */
    boolean hasWork() {
        return holds > 0 || !pending.isEmpty() || !closing.isEmpty() || !ticks.isEmpty();
    }

    // ---- mechanisms

    Poller poller() {
        return poller;
    }

    /** Whether epoll can watch {@code fd}: 0, or -errno (EPERM for a file or directory, EBADF). Two system calls. */
    public int probe(int fd) {
        return poller.probe(fd);
    }

    /** The timers. */
    public Timers timers() {
        return timers;
    }

    /** What runs in each iteration before {@link #prepare}, and keeps the loop from waiting. */
    public PhaseList idle() {
        return idle;
    }

    /** What runs right before polling. */
    public PhaseList prepare() {
        return prepare;
    }

    /** What runs right after polling. */
    public PhaseList check() {
        return check;
    }

    /** Queues a completion for the pending phase. If there is no memory for it, it throws and nothing is queued. */
    public void pend(Runnable completion) {
        pending.add(completion);
    }

    /** Makes sure that the next {@link #pend} does not throw: for a request whose state changes before its completion is queued. */
    public void reservePend() {
        pending.reserve();
    }

    boolean hasPending() {
        return !pending.isEmpty();
    }

    /** Queues {@link Resident#finishClose} for the closing phase. */
    public void closing(Resident resident) {
        closing.add(resident);
    }

    /** Queues {@code tick} to run as soon as the current callback has returned. */
    public void tick(Runnable tick) {
        ticks.add(tick);
    }

    /**
     * Leaves {@code task} for the poll phase and wakes the loop if it sleeps; any thread.
     *
     * <p>If it throws (StackOverflowError), the task was not left. Waking needs no memory of the calling thread's own; should it
     * fail all the same, the next sender of any kind wakes the loop.
     *
     * @return false if the loop is closed: the task will not run
     */
    public boolean post(Task task) {
        Mailbox.Posted posted = mailbox.post(task);
        if (posted == Mailbox.Posted.MUST_WAKE) {
            poller.wake();
        }
        return posted != Mailbox.Posted.REFUSED;
    }

    /** Throws StackOverflowError unless there is stack to take back what a {@link #post} that fails has begun; any thread. */
    public void requireStack() {
        StackRoom.require();
    }

    /** Wakes the loop if a {@link #post} before could not; any thread. For a sender that finds its task posted already. */
    public void wakeIfOwed() {
        if (mailbox.owes()) {
            StackRoom.require();
            if (mailbox.takesOver()) {
                poller.wake();
            }
        }
    }

    /** Runs the tasks that other threads have left; how many there were. */
    int runTasks() {
        return run(mailbox.takeAll());
    }

    /** As {@link #runTasks}, and refuses tasks from now on; whether there were any. */
    boolean runLastTasks() {
        return run(mailbox.takeLast()) > 0;
    }

    private int run(Task first) {
        int count = 0;
        for (Task task = first; task != null; count++) {
            Task following = task.next;
            task.next = null;
            invoke(task);
            task = following;
        }
        return count;
    }

    /** Closes what lives here; needs no memory, so that a close can be relied on. */
    void closeResidents() {
        for (Linked member = residents.first(); member != null; member = residents.first()) {
            member.unlink();
            closed.addLast(member);
            try {
                ((Resident) member).close();
            } catch (Throwable thrown) {
                raise(thrown);
            }
        }
        residents.takeAll(closed);
    }

    /** The loop's end: nothing can be posted any more, the descriptors are closed, and native memory is given back. */
    void free() {
        try {
            mailbox.takeLast();
            locals.close(failures);
        } finally {
            poller.close();
        }
    }

    /**
     * What {@code maker} made for this loop at the first call with {@code type}: memory that its streams share, say. An
     * AutoCloseable is closed with the loop.
     *
     * @throws UsageException ERR_LOOP_CLOSED if the loop is closed
     */
    public <T> T local(Class<T> type, Supplier<? extends T> maker) {
        return locals.get(type, maker);
    }

    /**
     * For those who drive the loop from another event loop: a descriptor that becomes readable when there is work. Ask
     * for it before each wait, since the loop may have to exchange it.
     */
    public int backendFd() {
        return poller.fd();
    }

    /**
     * How long an iteration that started now would wait, in nanoseconds: 0 where there is something to do, -1 where only
     * an event can bring something to do. Ask right before waiting for {@link #backendFd()}: only a task that is posted
     * after an answer other than 0 makes that descriptor readable.
     */
    public long backendTimeoutNanos() {
        long nanos = poller.hasChanges() ? 0 : pollTimeout();
        if (nanos > 0) {
            // the cached time is that of the last iteration
            nanos = Math.max(0, nanos - (clockNanos() - nowNanos));
        }
        return nanos != 0 && mailbox.fallAsleep() ? nanos : 0;
    }

    long pollTimeout() {
        boolean mustNotWait = loop.isStopping()
                || holds == 0
                || hasPending()
                || !idle.isEmpty()
                || !closing.isEmpty()
                || !ticks.isEmpty();
        return mustNotWait ? 0 : timers.nanosUntilNext();
    }

    /** How deep the calls from stream to stream are. */
    public Nesting nesting() {
        return nesting;
    }

    // ---- calling user code

    /** Runs a callback as the loop does: what it throws goes to the uncaught handler, and its ticks run right after it. */
    public void invoke(Runnable callback) {
        guard(callback);
        ticks.drain();
    }

    /** Runs the ticks that the callback which just returned has queued. */
    public void drainTicks() {
        ticks.drain();
    }

    void guard(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable thrown) {
            raise(thrown);
        }
    }

    // The same for each kind of entry, since a lambda around it would be garbage for each event.

    void invoke(Watcher watcher, int events) {
        try {
            watcher.onReady(events);
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(TimerEntry timer) {
        try {
            timer.fire();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(PhaseEntry entry) {
        try {
            entry.run();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(Resident closing) {
        try {
            closing.finishClose();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    private void invoke(Task task) {
        try {
            task.run();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    // ---- what callbacks throw

    Failures failures() {
        return failures;
    }

    /**
     * Hands an exception that nobody caught to the loop's handler. Without one, or if it throws itself, the loop stops after this
     * iteration and run throws it. This method itself never throws.
     */
    public void raise(Throwable thrown) {
        failures.raise(thrown);
    }

    /** As {@link #raise}, of an error event for which {@code emitter} has no listener: its text then says so. */
    public void raiseUnheard(ChagresException error, Object emitter) {
        error.unheardBy(emitter);
        raise(error);
    }
}
