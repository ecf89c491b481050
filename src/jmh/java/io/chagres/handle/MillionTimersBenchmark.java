package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.LoopClock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * libuv's million_timers: a million timers are started, a thousand for each of a thousand milliseconds, fire and are closed.
 * The figure is per timer, on a clock that is moved by hand.
 *
 * @see <a href="https://github.com/libuv/libuv/blob/v1.x/test/benchmark-million-timers.c">benchmark-million-timers.c</a>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
public class MillionTimersBenchmark implements LoopClock {

    private static final int TIMERS = 1_000_000;
    private static final int PER_MILLISECOND = 1000;

    private final Timer[] timers = new Timer[TIMERS];
    private long nanos;
    private int fired;
    private Runnable onTime;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long sleep(long timeout) {
        nanos += Math.max(0, timeout);
        return 0;
    }

    @Setup
    public void count() {
        onTime = () -> fired++;
    }

    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public int millionTimers() {
        try (Loop loop = new Loop(this)) {
            for (int i = 0; i < TIMERS; i++) {
                timers[i] = new Timer(loop);
                timers[i].start(1 + i / PER_MILLISECOND, onTime);
            }
            loop.run();
            for (Timer timer : timers) {
                timer.close();
            }
            loop.run();
        }
        return fired;
    }
}
