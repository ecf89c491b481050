package io.chagres.loop.internal;

import static io.chagres.SystemException.check;

import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.EpollEvent;
import io.chagres.sys.Errno;
import io.chagres.sys.EventFd;
import io.chagres.sys.Memory;
import io.chagres.sys.Region;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The poll phase: level-triggered epoll(7), a table of watchers by descriptor number, and the eventfd by which other
 * threads end a wait.
 *
 * <p>Level-triggered, because then a byte that a callback leaves unread is late, not lost. The wanted events are kept in the watchers,
 * and the kernel receives only the differences, right before the wait. An event carries descriptor number and generation. If its watcher
 * was detached, or another watcher has the number now, the event matches no watcher and is dropped.
 */
public final class Poller {

    /** Events per epoll_wait(2), as in libuv: a batch is 12 KiB, and one call serves a thousand ready sockets. */
    private static final int BATCH = 1024;

    /** The full batches in a row, as in libuv: after 48 x 1024 events, the timers and the other phases get a turn. */
    private static final int FULL_BATCHES = 48;

    /** struct timespec: two longs, seconds and nanoseconds. */
    private static final int TIMESPEC_BYTES = 16;

    /** Shorter waits use epoll_pwait2(2), because rounding up to the milliseconds of epoll_wait(2) would matter. */
    private static final long FINE_TIMEOUT_NANOS = 10_000_000;

    /** The tries of a wake-up: a write(2) that is refused always must not hold the sender in an endless loop. */
    private static final int MAX_WAKE_TRIES = 1000;

    private static final int TICK_BITS = 24;

    private final LoopTime time;
    private final Meter meter;
    private final TurnRecord turns;
    private final Mailbox mailbox;
    private final Callbacks callbacks;
    private final PendingQueue pending;
    private final Region memory = Region.shared((long) BATCH * EpollEvent.size(), EpollEvent.size(), TIMESPEC_BYTES);
    private final MemorySegment events = memory.allocate((long) BATCH * EpollEvent.size());
    private final MemorySegment change = memory.allocate(EpollEvent.size());
    private final MemorySegment timespec = memory.allocate(TIMESPEC_BYTES);
    /** Not allocated from the region: a call from another thread would have to hold that open (two atomic operations a wake-up). */
    private final MemorySegment wakeErrno = Memory.allocate(Integer.BYTES);

    private int wakeFd = -1;
    private int epoll = -1;
    /** False once epoll_pwait2(2) was refused. epoll_wait(2) is used then, and reports the error if it has one too. */
    private boolean hasFineWait = Epoll.hasPwait2();

    private @Nullable Watcher[] watchers = new Watcher[64];
    private @Nullable Watcher[] changes = new Watcher[16];
    private int changeCount;
    /** The number of changes that the kernel has received. Between two waits it is 0, unless an Error has interrupted the changes. */
    private int changesApplied;

    private int generations;
    /** True if the loop has slept until the current events were ready. */
    private boolean waited;

    Poller(LoopTime time, Mailbox mailbox, Callbacks callbacks, PendingQueue pending, Meter meter, TurnRecord turns) {
        this.time = time;
        this.mailbox = mailbox;
        this.callbacks = callbacks;
        this.pending = pending;
        this.meter = meter;
        this.turns = turns;
        try {
            openDescriptors();
        } catch (Throwable failed) {
            free();
            throw failed;
        }
    }

    private void openDescriptors() {
        epoll = check(Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC), "epoll_create1");
        wakeFd = check(EventFd.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK), "eventfd");
        check(addWakeFd(epoll, wakeFd), "epoll_ctl");
    }

    /** Edge-triggered and never read: each write is a new edge, and the loop saves a read(2) per wake-up. */
    private int addWakeFd(int set, int fd) {
        EpollEvent.set(change, 0, Epoll.EPOLLIN | Epoll.EPOLLET, data(0, fd));
        return Epoll.epoll_ctl(set, Epoll.EPOLL_CTL_ADD, fd, change);
    }

    private static void closeIfOpen(int fd) {
        if (fd >= 0) {
            Descriptors.close(fd);
        }
    }

    /** Returns the epoll descriptor, which a wait may exchange. */
    public int fd() {
        return epoll;
    }

    /**
     * Ends a wait; any thread. This needs stack, and in interpreted code a little memory. If it fails, the wake-up is {@linkplain
     * Mailbox#failed owed}. It never throws.
     */
    void wake() {
        int tries = 0;
        do {
            if (hasWritten()) {
                mailbox.rang();
                return;
            }
            mailbox.failed();
            Thread.yield();
        } while (++tries < MAX_WAKE_TRIES && mailbox.takesOver());
    }

    /** Returns false after EINTR, EAGAIN or the errno of another sender, none of which lasts, and after an Error. */
    private boolean hasWritten() {
        try {
            return EventFd.wake(wakeFd, wakeErrno) >= 0;
        } catch (Throwable noMemory) {
            return false;
        }
    }

    void close() {
        if (!mailbox.awaitRings()) {
            wakeFd = -1;
        }
        free();
    }

    private void free() {
        closeIfOpen(wakeFd);
        closeIfOpen(epoll);
        memory.close();
    }

    /** Returns the clock in units of 2^24 ns, some 17 ms. An int of them holds two years. */
    int ticks() {
        return (int) (time.clockNanos() >> TICK_BITS);
    }

    static long nanosBetween(int first, int last) {
        return Integer.toUnsignedLong(last - first) << TICK_BITS;
    }

    // ---- interest

    /** Sets the wanted events of {@code watcher}. If there is no memory for that, this throws, and nothing has changed. */
    void change(Watcher watcher, int events) {
        reserve(watcher.fd, watcher.changed ? 0 : 1);
        assert events == (short) events
                : "two bytes hold the events of a watcher, and so 8 B of each connection are saved";
        watcher.wanted = (short) events;
        if (events != 0) {
            takeCharge(watcher);
        }
        if (!watcher.changed) {
            watcher.changed = true;
            changes[changeCount++] = watcher;
        }
    }

    private void reserve(int fd, int moreChanges) {
        if (fd >= watchers.length) {
            watchers = Arrays.copyOf(watchers, Math.max(fd + 1, watchers.length * 2));
        }
        if (changeCount + moreChanges > changes.length) {
            changes = Arrays.copyOf(changes, Math.max(changeCount + moreChanges, changes.length * 2));
        }
    }

    /** Returns whether epoll can watch {@code fd}: 0, or -errno (EPERM for a file or directory, EBADF). Two system calls. */
    public int probe(int fd) {
        EpollEvent.set(change, 0, 0, data(0, fd));
        int result = Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_ADD, fd, change);
        if (result == 0) {
            Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_DEL, fd, change);
        }
        return result == -Errno.EEXIST ? 0 : result;
    }

    boolean isWatchedByOther(Watcher watcher, int fd) {
        Watcher other = fd < watchers.length ? watchers[fd] : null;
        return other != null && other != watcher && other.wanted != 0;
    }

    void forget(Watcher watcher, boolean tellKernel) {
        watcher.wanted = 0;
        if (watcher.fd < watchers.length && watchers[watcher.fd] == watcher) {
            watchers[watcher.fd] = null;
        }
        if (tellKernel && watcher.registered != 0) {
            control(Epoll.EPOLL_CTL_DEL, watcher);
        }
        watcher.registered = 0;
    }

    /** Returns whether there are changes that the kernel has not received yet. */
    boolean hasChanges() {
        return changeCount > 0;
    }

    /** Puts {@code watcher} into the table, in place of one of the same descriptor that wants no events any more. */
    private void takeCharge(Watcher watcher) {
        int fd = watcher.fd;
        Watcher other = watchers[fd];
        if (other == watcher) {
            return;
        }
        if (other != null) {
            assert other.wanted == 0 : "two watchers on descriptor " + fd;
            forget(other, true);
        }
        watchers[fd] = watcher;
        watcher.generation = ++generations;
    }

    /** Passes the changes to the kernel. An Error in the middle leaves the current change and the rest for the next wait. */
    private void applyChanges() {
        while (changesApplied < changeCount) {
            Watcher watcher = Objects.requireNonNull(changes[changesApplied]);
            if (watcher.wanted != watcher.registered) {
                apply(watcher);
            }
            watcher.changed = false;
            changes[changesApplied++] = null;
        }
        changesApplied = 0;
        changeCount = 0;
    }

    private void apply(Watcher watcher) {
        int operation = watcher.registered == 0
                ? Epoll.EPOLL_CTL_ADD
                : watcher.wanted == 0 ? Epoll.EPOLL_CTL_DEL : Epoll.EPOLL_CTL_MOD;
        int result = control(operation, watcher);
        if (result == -Errno.EEXIST) {
            result = control(Epoll.EPOLL_CTL_MOD, watcher);
        } else if (result == -Errno.EINVAL && operation == Epoll.EPOLL_CTL_MOD) {
            control(Epoll.EPOLL_CTL_DEL, watcher); // EPOLLEXCLUSIVE can be added only
            result = control(Epoll.EPOLL_CTL_ADD, watcher);
        }
        if (result < 0 && operation != Epoll.EPOLL_CTL_DEL) {
            refuse(watcher, -result);
        } else {
            watcher.registered = watcher.wanted;
        }
    }

    private void refuse(Watcher watcher, int errno) {
        int refused = watcher.generation;
        pending.add(() -> {
            if (watcher.generation == refused) {
                watcher.onRefused(errno);
            }
        });
        forget(watcher, true);
    }

    private int control(int operation, Watcher watcher) {
        EpollEvent.set(change, 0, bits(watcher.wanted), data(watcher.generation, watcher.fd));
        return Epoll.epoll_ctl(epoll, operation, watcher.fd, change);
    }

    /** Returns the bits of epoll_ctl(2), without a branch. */
    private static int bits(int wanted) {
        return wanted & ~Watcher.EXCLUSIVE | (wanted & Watcher.EXCLUSIVE) * (Epoll.EPOLLEXCLUSIVE / Watcher.EXCLUSIVE);
    }

    private static long data(int generation, int fd) {
        return (long) generation << 32 | fd;
    }

    // ---- waiting

    /**
     * Waits for events, for up to {@code nanos} (-1 means without limit, 0 not at all), and dispatches them. If the wait ends without an
     * event for a watcher, because of a signal or because all events were stale, it is continued.
     */
    public void poll(long nanos) {
        meter.iteration();
        applyChanges();
        long deadline = nanos > 0 ? saturatedAdd(time.nowNanos(), nanos) : 0;
        long left = !pending.isEmpty() ? 0 : nanos;
        long now = left == 0 ? 0 : time.clockNanos();
        if (left > 0) {
            // the cached time is old if callbacks have taken long
            left = Math.max(0, deadline - now);
        }
        for (int batch = 1; ; ) {
            int count = await(left, now);
            int handled = handle(count);
            if (count == BATCH && handled > 0 && batch++ < FULL_BATCHES) {
                left = 0;
            } else if (handled > 0 || left == 0 || left > 0 && time.nowNanos() >= deadline) {
                return;
            } else {
                now = time.nowNanos();
                left = left > 0 ? deadline - now : left;
            }
        }
    }

    private int handle(int count) {
        int handled = dispatch(count) + callbacks.run(mailbox.takeAll());
        meter.handled(handled, waited);
        return handled;
    }

    private static long saturatedAdd(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** Calls epoll_wait(2) once, at the time {@code began}. A task that another thread leaves from now on ends the wait. */
    private int await(long nanos, long began) {
        boolean sleeps = nanos != 0 && mailbox.fallAsleep();
        int count;
        try {
            if (sleeps) {
                meter.beginWait(began);
            }
            count = sleeps ? sleep(time.realSleep(nanos)) : sleep(0);
        } finally {
            mailbox.wakeUp();
        }
        time.update();
        turns.waited(sleeps ? time.nowNanos() - began : 0);
        if (sleeps) {
            waited = meter.endWait(began, time.nowNanos());
        } else {
            waited = false;
            meter.looked(time.nowNanos());
        }
        if (count < 0 && count != -Errno.EINTR) {
            check(count, "epoll_wait");
        }
        return Math.max(count, 0);
    }

    private int sleep(long nanos) {
        if (nanos > 0 && nanos < FINE_TIMEOUT_NANOS && hasFineWait) {
            int count = fineSleep(nanos);
            if (count >= 0 || count == -Errno.EINTR) {
                return count;
            }
            hasFineWait = false;
        }
        long millis = nanos <= 0 ? nanos : Math.ceilDiv(nanos, 1_000_000L);
        return Epoll.epoll_wait(epoll, events, BATCH, (int) Math.min(millis, Integer.MAX_VALUE));
    }

    /**
     * Waits with a resolution of nanoseconds. Errors other than EINTR are a refusal: ENOSYS (Linux before 5.11), or the errno of a
     * seccomp(2) profile.
     */
    private int fineSleep(long nanos) {
        timespec.set(ValueLayout.JAVA_LONG, 8, nanos);
        return Epoll.epoll_pwait2(epoll, events, BATCH, timespec, MemorySegment.NULL);
    }

    private int dispatch(int count) {
        int handled = 0;
        int strays = 0;
        for (int i = 0; i < count; i++) {
            long data = EpollEvent.data(events, i);
            Watcher watcher = watcherOf((int) data, (int) (data >>> 32));
            if (watcher == null) {
                strays += (int) data != wakeFd ? 1 : 0;
                continue;
            }
            int ready = watcher.readyOf(EpollEvent.events(events, i));
            if (ready != 0) {
                handled++;
                callbacks.invoke(watcher, ready);
            }
        }
        if (strays > 0 && handled == 0) {
            renew();
        }
        return handled;
    }

    /**
     * Replaces the epoll set, because it has descriptors that report events and have no watcher. No callback has run in this batch that
     * could have closed them, so they were closed before, and their open file descriptions have other descriptors. epoll_ctl(2) cannot
     * remove them any more (epoll(7), questions and answers 6), and because they are level-triggered, they would report without end.
     */
    private void renew() {
        reserve(0, countRegistered());
        int fresh = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        if (fresh < 0 || addWakeFd(fresh, wakeFd) < 0) {
            closeIfOpen(fresh); // EMFILE or no memory: the next batch tries again
            return;
        }
        closeIfOpen(epoll);
        epoll = fresh;
        for (Watcher watcher : watchers) {
            if (watcher != null && watcher.registered != 0) {
                watcher.registered = 0;
                change(watcher, watcher.wanted);
            }
        }
        applyChanges();
    }

    private int countRegistered() {
        int count = 0;
        for (Watcher watcher : watchers) {
            count += watcher != null && watcher.registered != 0 ? 1 : 0;
        }
        return count;
    }

    private @Nullable Watcher watcherOf(int fd, int generation) {
        Watcher watcher = fd < watchers.length ? watchers[fd] : null;
        return watcher != null && watcher.generation == generation ? watcher : null;
    }

    @Override
    public String toString() {
        return "Poller (epoll fd " + epoll + ", " + changeCount + " changes)";
    }
}
