package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.LoopClock;
import io.chagres.loop.RunMode;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One timer among many: restarting it, stopping and starting it, and firing, on a clock that is moved by hand. The
 * garbage of the last iteration is that of closing all timers, which follows it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimerBenchmark implements LoopClock {

    @Param({"1000", "1000000"})
    public int timers;

    private final Random random = new Random(17);
    private long nanos;
    private Loop loop;
    private Again[] started;
    private int next;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long sleep(long timeout) {
        nanos += timeout;
        return 0;
    }

    /** Starts the timers, with deadlines over the next ten seconds for each thousand. */
    @Setup
    public void start() {
        loop = new Loop(this);
        started = new Again[timers];
        for (int i = 0; i < timers; i++) {
            started[i] = new Again(new Timer(loop));
            started[i].run();
        }
    }

    /** A callback that restarts its timer, so that the number of timers is constant. */
    private final class Again implements Runnable {
        private final Timer timer;

        Again(Timer timer) {
            this.timer = timer;
        }

        @Override
        public void run() {
            timer.start(delay(), this);
        }
    }

    private long delay() {
        return 1 + random.nextInt(10 * timers);
    }

    private Again one() {
        next = next + 1 == timers ? 0 : next + 1;
        return started[next];
    }

    @TearDown
    public void close() {
        loop.close();
    }

    @Benchmark
    public void restart() {
        one().run();
    }

    @Benchmark
    public void stopAndStart() {
        Again one = one();
        one.timer.stop();
        one.run();
    }

    /** Runs a loop iteration that moves the clock to the next deadline and fires the due timers, usually one. */
    @Benchmark
    public void fire() {
        loop.run(RunMode.ONCE);
    }
}
