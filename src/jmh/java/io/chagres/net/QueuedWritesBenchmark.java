package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.socket.ReadListener;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a small write that waits for a slow peer. The stream merges waiting writes into one sendmsg(2), up to
 * IOV_MAX. The figure is per write, including its callback and the reading of the peer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class QueuedWritesBenchmark {

    private static final int WRITES = 4096;

    @Param({"64", "1024"})
    int size;

    private final Completion onWritten = error -> written();
    private Loop loop;
    private Pipe writer;
    private Pipe reader;
    private ByteBuffer message;
    private int left;

    @Setup
    public void connect() {
        loop = new Loop();
        int[] sockets = Pipe.socketpair();
        writer = new Pipe(loop);
        writer.open(sockets[0]);
        reader = new Pipe(loop);
        reader.open(sockets[1]);
        message = ByteBuffer.allocate(size);
    }

    @TearDown
    public void close() {
        loop.close();
    }

    /** The peer reads only after all writes are queued, except those that the socket has room for. */
    @Benchmark
    @OperationsPerInvocation(WRITES)
    public void writesThatWait() {
        left = WRITES;
        for (int i = 0; i < WRITES; i++) {
            writer.write(message, onWritten);
        }
        reader.readStart(DRAIN);
        loop.run();
    }

    private void written() {
        if (--left == 0) {
            reader.readStop();
        }
    }

    private static final ReadListener DRAIN = new ReadListener() {

        private final ByteBuffer room = ByteBuffer.allocate(64 * 1024);

        @Override
        public ByteBuffer onAllocate(int suggestedSize) {
            return room;
        }

        @Override
        public void onRead(int count, ByteBuffer buffer) {}

        @Override
        public void onEnd() {
            throw new AssertionError("the writer is open");
        }

        @Override
        public void onError(SystemException error) {
            throw error;
        }
    };
}
