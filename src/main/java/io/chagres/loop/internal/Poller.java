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

/**
 * The poll phase: level-triggered epoll(7), a table of watchers by descriptor number, and the eventfd by which other
 * threads end a wait.
 *
 * <p>Level-triggered, because a byte that a callback leaves unread is then late, not lost. What is wanted of a descriptor
 * is kept here, and the kernel receives only the differences, right before waiting. An event carries descriptor number and
 * generation; an event of a watcher that was detached, or whose number was given to another since, matches nothing and
 * is dropped.
 */
public final class Poller {

    /** Events per epoll_wait(2), as in libuv: a batch is 12 KiB, and one call serves a thousand ready sockets. */
    private static final int BATCH = 1024;

    /** How many full batches may follow each other: 48 x 1024 events, then the timers and the other phases get a turn. */
    private static final int FULL_BATCHES = 48;

    /** struct timespec: two longs, seconds and nanoseconds. */
    private static final int TIMESPEC_BYTES = 16;

    /** Below this, rounding a timeout up to the milliseconds of epoll_wait(2) would be felt, and epoll_pwait2(2) is used. */
    private static final long FINE_TIMEOUT_NANOS = 10_000_000;

    /** A refusal of the wake-up's write(2) lasts no longer than this; were it for good, an endless loop would hold the sender. */
    private static final int MAX_WAKE_TRIES = 1000;

    private final LoopTime time;
    private final Meter meter;
    private final Mailbox mailbox;
    private final Callbacks callbacks;
    private final PendingQueue pending;
    private final Region memory = Region.shared((long) BATCH * EpollEvent.size(), EpollEvent.size(), TIMESPEC_BYTES);
    private final MemorySegment events = memory.allocate((long) BATCH * EpollEvent.size());
    private final MemorySegment change = memory.allocate(EpollEvent.size());
    private final MemorySegment timespec = memory.allocate(TIMESPEC_BYTES);
    /** Not of the region, which a call from another thread would have to hold open (two atomic operations a wake-up). */
    private final MemorySegment wakeErrno = Memory.allocate(Integer.BYTES);

    private int wakeFd = -1;
    private int epoll = -1;
    /** Whether epoll_pwait2(2) can be used, as far as is known. If it can't, epoll_wait(2) says what is wrong, if anything is. */
    private boolean hasFineWait = Epoll.hasPwait2();

    private Watcher[] watchers = new Watcher[64];
    private Watcher[] changes = new Watcher[16];
    private int changeCount;
    /** How many of the changes the kernel has received; between two waits it is not 0 only after an Error in the middle. */
    private int changesApplied;

    private int generations;

    Poller(LoopTime time, Mailbox mailbox, Callbacks callbacks, PendingQueue pending, Meter meter) {
        this.time = time;
        this.mailbox = mailbox;
        this.callbacks = callbacks;
        this.pending = pending;
        this.meter = meter;
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
     * Ends a wait; any thread. It needs nothing that a thread could lack but stack, and memory for a moment in a JVM that
     * interprets this code. What can't be done now is {@linkplain Mailbox#failed owed}; it never throws.
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

    /** False at EINTR, EAGAIN or the errno of another sender, none of which lasts, and at an Error. */
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

    // ---- interest

    /** From now on {@code watcher} wants {@code events}. If there is no room for that it throws, and nothing has changed. */
    void change(Watcher watcher, int events) {
        reserve(watcher.fd, watcher.changed ? 0 : 1);
        watcher.wanted = events;
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

    /** Whether interests have changed that the kernel doesn't know of yet. */
    boolean hasChanges() {
        return changeCount > 0;
    }

    /** Puts {@code watcher} into the table, in place of one on the same descriptor that wants nothing any more. */
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

    /** An Error in the middle leaves the rest for the next wait, the watcher it came at included. */
    private void applyChanges() {
        while (changesApplied < changeCount) {
            Watcher watcher = changes[changesApplied];
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
        EpollEvent.set(change, 0, watcher.wanted, data(watcher.generation, watcher.fd));
        return Epoll.epoll_ctl(epoll, operation, watcher.fd, change);
    }

    private static long data(int generation, int fd) {
        return (long) generation << 32 | fd;
    }

    // ---- waiting

    /**
     * Waits until something happens or {@code nanos} are over (-1: for ever, 0: not at all), and dispatches what did.
     * A wait out of which nothing came, because a signal interrupted it or all its events were stale, goes on.
     */
    public void poll(long nanos) {
        meter.iteration();
        applyChanges();
        long deadline = nanos > 0 ? saturatedAdd(time.nowNanos(), nanos) : 0;
        long left = !pending.isEmpty() ? 0 : nanos;
        if (left > 0) {
            // callbacks have taken their time since the last look
            left = Math.max(0, deadline - time.clockNanos());
        }
        if (left != 0 && meter.measuresIdleTime() && handle(await(0), false) > 0) {
            return; // what was there already is no idleness
        }
        for (int batch = 1; ; ) {
            int count = await(left);
            int handled = handle(count, left != 0);
            if (count == BATCH && handled > 0 && batch++ < FULL_BATCHES) {
                left = 0;
            } else if (handled > 0 || left == 0) {
                return;
            } else if (left > 0) {
                left = Math.max(0, deadline - time.nowNanos());
            }
        }
    }

    private int handle(int count, boolean waited) {
        int handled = dispatch(count) + callbacks.run(mailbox.takeAll());
        meter.handled(handled, waited);
        return handled;
    }

    private static long saturatedAdd(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** One epoll_wait(2); a task that another thread leaves from now on ends it. */
    private int await(long nanos) {
        int count;
        try {
            count = nanos != 0 && mailbox.fallAsleep() ? sleep(time.realSleep(nanos)) : sleep(0);
        } finally {
            mailbox.wakeUp();
        }
        long before = time.nowNanos();
        time.update();
        if (nanos != 0 && meter.measuresIdleTime()) {
            // the clock was looked at right before, by the await(0) in poll
            meter.idled(time.nowNanos() - before);
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

    /** Any error but EINTR is a refusal: ENOSYS of an old kernel, or the number that a seccomp(2) profile has for it. */
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
            int ready = watcher == null ? 0 : watcher.readyOf(EpollEvent.events(events, i));
            if (ready != 0) {
                handled++;
                callbacks.invoke(watcher, ready);
            } else if (watcher == null && (int) data != wakeFd) {
                strays++;
            }
        }
        if (strays > 0 && handled == 0) {
            renew();
        }
        return handled;
    }

    /**
     * Exchanges the epoll set, since there are descriptors in it that report and have no watcher. No callback has run
     * that could have closed them in this batch: they were closed before, while their descriptions live on elsewhere.
     * epoll_ctl(2) can't reach them any more, and being level-triggered they would report for ever.
     */
    private void renew() {
        reserve(0, countRegistered());
        int fresh = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        if (fresh < 0 || addWakeFd(fresh, wakeFd) < 0) {
            closeIfOpen(fresh); // no room for another: the next batch comes here again
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

    private Watcher watcherOf(int fd, int generation) {
        Watcher watcher = fd < watchers.length ? watchers[fd] : null;
        return watcher != null && watcher.generation == generation ? watcher : null;
    }

    @Override
    public String toString() {
        return "Poller (epoll fd " + epoll + ", " + changeCount + " changes)";
    }
}
