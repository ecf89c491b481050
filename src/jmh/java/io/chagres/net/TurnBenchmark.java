package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.socket.Pipe;
import io.chagres.socket.ReadListener;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
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
 * A message that is read, answered and read by the peer, over a socket pair: send by a plain call of the peer, then
 * epoll_wait, recv and send on the loop, then recv by the peer.
 *
 * <p>Most of the time is that of the kernel. The difference between the servers is the cost of each floor. {@code
 * kernel} makes the same calls except epoll_wait, with nothing around them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TurnBenchmark {

    private static final int SIZE = 64;

    /** The server that answers. */
    public enum Answering {
        KERNEL,
        STREAM,
        SOCKET,
        PIPE,
        LENT
    }

    @Param({"KERNEL", "STREAM", "SOCKET", "PIPE", "LENT"})
    public Answering server;

    private final MemorySegment message = Memory.allocate(SIZE);
    private final ByteBuffer room = ByteBuffer.allocateDirect(64 * 1024);
    private Loop loop;
    private int peer;
    private int own;

    @Setup
    public void open() {
        loop = new Loop();
        int[] sockets = Pipe.socketpair();
        peer = sockets[0];
        own = sockets[1];
        switch (server) {
            case KERNEL -> {}
            case STREAM -> listenToStream();
            case SOCKET -> {
                Socket socket = new Socket(loop, SocketOptions.defaults().fd(own));
                socket.onData(socket::write);
            }
            case PIPE -> {
                Socket socket = new Socket(loop, SocketOptions.defaults().fd(own));
                socket.pipe(socket);
            }
            case LENT -> new Socket(loop, SocketOptions.defaults().fd(own).onRead(room, TurnBenchmark::echo));
        }
    }

    private static boolean echo(Socket socket, ByteBuffer lent, int count) {
        boolean hasRoom = socket.write(lent.limit(count));
        lent.clear();
        return hasRoom;
    }

    private void listenToStream() {
        Pipe pipe = new Pipe(loop);
        pipe.open(own);
        pipe.readStart(new ReadListener() {
            @Override
            public ByteBuffer onAllocate(int suggestedSize) {
                return room;
            }

            @Override
            public void onRead(int count, ByteBuffer buffer) {
                if (count > 0) {
                    pipe.tryWrite(room.limit(count));
                    room.clear();
                }
            }

            @Override
            public void onEnd() {
                throw new AssertionError("the peer is open");
            }

            @Override
            public void onError(SystemException error) {
                throw error;
            }
        });
    }

    @TearDown
    public void close() {
        loop.close();
        Descriptors.close(peer);
        if (server == Answering.KERNEL) {
            Descriptors.close(own);
        }
    }

    @Benchmark
    public long turn() {
        Sockets.send(peer, message, SIZE, Sockets.MSG_NOSIGNAL);
        if (server == Answering.KERNEL) {
            Sockets.recv(own, message, SIZE, 0);
            Sockets.send(own, message, SIZE, Sockets.MSG_NOSIGNAL);
        } else {
            loop.run(RunMode.NOWAIT);
        }
        long count = Sockets.recv(peer, message, SIZE, 0);
        if (count != SIZE) {
            throw new AssertionError("the answer is " + count);
        }
        return count;
    }
}
