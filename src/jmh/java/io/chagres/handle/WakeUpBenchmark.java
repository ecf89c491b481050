package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Calls from another thread into the loop. The round trips wait for the loop's answer, so that each wakes the loop
 * from epoll_wait(2). The others only send, to a loop that is usually awake.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WakeUpBenchmark {

    private LoopThread thread;
    private Async async;
    private Runnable answer;
    private volatile boolean answered;
    private volatile Thread caller;

    @Setup
    public void start() throws InterruptedException {
        answer = () -> {
            answered = true;
            LockSupport.unpark(caller);
        };
        thread = Loop.start("bench-loop", loop -> async = new Async(loop, answer));
        answered = false;
        caller = Thread.currentThread();
        thread.execute(answer);
        awaitAnswer();
    }

    @TearDown
    public void close() {
        thread.close();
    }

    private void awaitAnswer() {
        while (!answered) {
            LockSupport.park(this);
        }
    }

    @Benchmark
    public void executeAndAnswer() {
        caller = Thread.currentThread();
        answered = false;
        thread.execute(answer);
        awaitAnswer();
    }

    @Benchmark
    public void asyncAndAnswer() {
        caller = Thread.currentThread();
        answered = false;
        async.send();
        awaitAnswer();
    }

    /** Sends. Sends before the callback has run are merged: this is the cost for the sender. */
    @Benchmark
    public void asyncSend() {
        async.send();
    }
}
