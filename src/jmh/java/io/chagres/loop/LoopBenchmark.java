package io.chagres.loop;

import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.PhaseEntry;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Iterations a second of a loop that an idle entry keeps from waiting, like libuv's loop_count, and ticks a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LoopBenchmark {

    private static final int PER_CALL = 1000;

    private final Loop loop = new Loop();
    private int left;

    private final PhaseEntry counter = new PhaseEntry() {
        @Override
        protected void run() {
            if (--left == 0) {
                loop.stop();
            }
        }
    };
    private final Runnable tick = new Runnable() {
        @Override
        public void run() {
            if (--left > 0) {
                loop.nextTick(this);
            }
        }
    };

    @TearDown
    public void close() {
        loop.close();
    }

    @Benchmark
    @OperationsPerInvocation(PER_CALL)
    public boolean iterations() {
        left = PER_CALL;
        LoopCore.of(loop).phases().idle.add(counter);
        LoopCore.of(loop).keepAlive();
        boolean alive = loop.run();
        LoopCore.of(loop).letGo();
        LoopCore.of(loop).phases().idle.remove(counter);
        return alive;
    }

    @Benchmark
    @OperationsPerInvocation(PER_CALL)
    public boolean ticks() {
        left = PER_CALL;
        loop.nextTick(tick);
        return loop.run(RunMode.NOWAIT);
    }
}
