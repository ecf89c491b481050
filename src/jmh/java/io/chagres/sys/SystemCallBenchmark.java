package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One system call through sys: plain and critical, with an answer and with EAGAIN, into native memory and into the
 * heap. The work of the kernel is most of each figure. No call may allocate.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SystemCallBenchmark {

    private final MemorySegment buffer = Memory.allocate(64);
    private final MemorySegment array = MemorySegment.ofArray(new byte[64]);
    private final MemorySegment events = Memory.allocate(16L * EpollEvent.size());
    private int empty;
    private int full;
    private int peerOfEmpty;
    private int peerOfFull;
    private int epoll;
    private final MemorySegment errno = Memory.allocate(Integer.BYTES);
    private int event;

    @Setup(Level.Trial)
    public void open() {
        MemorySegment pair = Memory.allocate(8);
        Sockets.socketpair(Sockets.AF_UNIX, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0, pair);
        empty = pair.get(JAVA_INT, 0);
        peerOfEmpty = pair.get(JAVA_INT, 4);
        Sockets.socketpair(Sockets.AF_UNIX, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0, pair);
        full = pair.get(JAVA_INT, 0);
        peerOfFull = pair.get(JAVA_INT, 4);
        Sockets.send(peerOfFull, buffer, 64, 0);
        epoll = Epoll.epoll_create1(0);
        event = EventFd.eventfd(0, EventFd.EFD_NONBLOCK);
    }

    @TearDown(Level.Trial)
    public void close() {
        for (int fd : new int[] {empty, peerOfEmpty, full, peerOfFull, epoll, event}) {
            Descriptors.close(fd);
        }
    }

    /** Receives into native memory by a plain call. */
    @Benchmark
    public long recvPlainNothing() {
        return Sockets.recv(empty, buffer, 64, 0);
    }

    /** Receives into an array by a critical call. */
    @Benchmark
    public long recvCriticalNothing() {
        return Sockets.recv(empty, array, 64, 0);
    }

    /** MSG_PEEK leaves the 64 bytes there for the next call. */
    @Benchmark
    public long recvPlain() {
        return Sockets.recv(full, buffer, 64, Sockets.MSG_PEEK);
    }

    @Benchmark
    public long recvCritical() {
        return Sockets.recv(full, array, 8, 48, Sockets.MSG_PEEK);
    }

    @Benchmark
    public long sendAndRecv() {
        Sockets.send(peerOfEmpty, buffer, 64, Sockets.MSG_NOSIGNAL);
        return Sockets.recv(empty, buffer, 64, 0);
    }

    @Benchmark
    public int epollWaitNothing() {
        return Epoll.epoll_wait(epoll, events, 16, 0);
    }

    @Benchmark
    public int eventfdWake() {
        return EventFd.wake(event, errno);
    }
}
