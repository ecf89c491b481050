package io.chagres.loop;

import static io.chagres.loop.RunMode.NOWAIT;

import io.chagres.fixture.Allocations;
import io.chagres.fixture.Descriptor;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Task;
import io.chagres.loop.internal.Watcher;
import io.chagres.sys.Epoll;

/** Repeats each step that loops repeat, and prints those that make garbage. */
final class LoopGarbage {

    private static final int TIMES = 10_000;
    /** The bytes of the measurement itself; far less than one byte a repetition. */
    private static final long ALLOWANCE = TIMES / 10;

    private final Loop loop = new Loop();
    private int count;
    /** One object, because a method reference for each use would be garbage of the test itself. */
    private final Runnable nothing = () -> count++;

    private LoopGarbage() {}

    public static void main(String[] arguments) {
        new LoopGarbage().measureAll();
    }

    private void measureAll() {
        idle();
        timerStartedAgain();
        timerPutOff();
        task();
        measure("a tick", () -> {
            loop.nextTick(nothing);
            loop.run(NOWAIT);
        });
        measure("a completion", () -> {
            LoopCore.of(loop).pend(nothing);
            loop.run(NOWAIT);
        });
        try (Descriptor readable = Descriptor.event(1)) {
            event(readable.fd());
            changingInterest(readable.fd());
        }
        loop.closeStrictly();
    }

    private void measure(String what, Runnable operation) {
        long bytes = Allocations.steadyState(ALLOWANCE, () -> {
            for (int i = 0; i < TIMES; i++) {
                operation.run();
            }
        });
        if (bytes > ALLOWANCE) {
            System.out.println(what + ": " + (double) bytes / TIMES + " bytes");
        }
        LoopCore.of(loop).residents().visit(Resident::close);
        loop.run();
    }

    private void idle() {
        new Idle(loop).start(nothing);
        measure("an iteration with an idle handle", () -> loop.run(NOWAIT));
    }

    private void timerStartedAgain() {
        Timer timer = new Timer(loop);
        timer.start(0, new Runnable() {
            @Override
            public void run() {
                timer.start(0, this);
            }
        });
        measure("a timer that fires and is started again", () -> loop.run(NOWAIT));
    }

    private void timerPutOff() {
        Timer timer = new Timer(loop);
        timer.start(1_000_000, 1_000_000, nothing);
        measure("a timer that is put off", timer::again);
    }

    private void task() {
        Task task = new Task() {
            @Override
            protected void run() {
                count++;
            }
        };
        measure("a task that is used again", () -> {
            LoopCore.of(loop).post(task);
            loop.run(NOWAIT);
        });
    }

    private void event(int fd) {
        CountingWatcher watcher = new CountingWatcher(fd);
        watcher.want(Epoll.EPOLLIN);
        new Idle(loop).start(nothing);
        measure("an event", () -> loop.run(NOWAIT));
        watcher.detach(true);
    }

    private void changingInterest(int fd) {
        CountingWatcher watcher = new CountingWatcher(fd);
        new Idle(loop).start(nothing);
        measure("interest that changes in each iteration", () -> {
            watcher.want(watcher.wanted() ^ Epoll.EPOLLIN);
            loop.run(NOWAIT);
        });
        watcher.detach(true);
    }

    private final class CountingWatcher extends Watcher {
        CountingWatcher(int fd) {
            super(LoopCore.of(loop));
            attach(fd);
        }

        @Override
        protected void onReady(int events) {
            count++;
        }

        @Override
        protected void onRefused(int errno) {
            throw new AssertionError(errno);
        }
    }
}
