package io.chagres.stream;

import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of Node's streams for a chunk and for a write: a duplex in memory, whose writes succeed at once, without system calls. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DuplexBenchmark {

    private static final int PER_CALL = 1000;

    private final ByteBuffer chunk = ByteBuffer.allocate(64);
    private Loop loop;
    private InMemory duplex;
    private Runnable pushes;
    private Completion onWritten;
    private Runnable writes;
    private long bytes;
    private int left;

    private static final class InMemory extends Duplex {

        InMemory(Loop loop) {
            super(loop, DuplexOptions.defaults());
        }

        @Override
        protected void doRead() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            done.onComplete(null);
        }

        void take(ByteBuffer chunk) {
            push(chunk);
        }
    }

    @Setup
    public void open() {
        loop = new Loop();
        duplex = new InMemory(loop);
        duplex.onData(data -> bytes += data.remaining());
        pushes = () -> {
            for (int i = 0; i < PER_CALL; i++) {
                duplex.take(chunk);
            }
        };
        onWritten = error -> {
            if (--left > 0) {
                write();
            }
        };
        writes = this::write;
        loop.run(RunMode.NOWAIT);
    }

    private void write() {
        duplex.write(chunk, onWritten);
    }

    @TearDown
    public void close() {
        loop.close();
    }

    /** Pushes a chunk, until its data listener has returned. */
    @Benchmark
    @OperationsPerInvocation(PER_CALL)
    public long pushToData() {
        loop.nextTick(pushes);
        loop.run(RunMode.NOWAIT);
        return bytes;
    }

    /** Writes, until the callback, which runs on a tick. */
    @Benchmark
    @OperationsPerInvocation(PER_CALL)
    public int writeToCallback() {
        left = PER_CALL;
        loop.nextTick(writes);
        loop.run(RunMode.NOWAIT);
        return left;
    }
}
