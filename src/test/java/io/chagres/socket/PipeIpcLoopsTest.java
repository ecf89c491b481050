package io.chagres.socket;

import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Two handles go to a loop on another thread, and come back. */
@ConnectionTest
class PipeIpcLoopsTest {

    private final List<SocketHandle> back = new ArrayList<>();

    @Test
    @Covers("libuv:ipc_send_recv_pipe_inprocess")
    void pipesSentToAnotherLoopComeBackBoundToTheirNames(Loop loop) throws Exception {
        Pipe[] sent = {new Pipe(loop), new Pipe(loop)};
        sent[0].bind("");
        sent[1].bind("");
        String[] names = {sent[0].localName(), sent[1].localName()};
        send(loop, sent, DescriptorKind.PIPE, Pipe::new);
        for (int i = 0; i < 2; i++) {
            assertEquals(names[i], ((Pipe) back.get(i)).localName());
        }
        close(loop);
    }

    @Test
    @Covers("libuv:ipc_send_recv_tcp_inprocess")
    void tcpHandlesSentToAnotherLoopComeBackBoundToTheirPorts(Loop loop) throws Exception {
        Tcp[] sent = {TcpPair.listening(loop), TcpPair.listening(loop)};
        SocketAddress[] addresses = {sent[0].localAddress(), sent[1].localAddress()};
        send(loop, sent, DescriptorKind.TCP, Tcp::new);
        for (int i = 0; i < 2; i++) {
            assertEquals(addresses[i], ((Tcp) back.get(i)).localAddress());
        }
        close(loop);
    }

    private void send(Loop loop, SocketHandle[] sent, DescriptorKind kind, Function<Loop, SocketHandle> maker)
            throws Exception {
        int[] fds = Pipe.socketpair();
        FutureTask<Void> other = new FutureTask<>(() -> sendBack(fds[1], maker), null);
        Thread.ofPlatform().daemon().name("other-loop").start(other);
        Pipe pipe = PipePair.opened(new Pipe(loop, true), fds[0]);
        for (SocketHandle handle : sent) {
            pipe.write(Talk.buffer("."), handle, error -> {
                ok().onComplete(error);
                handle.close();
            });
        }
        pipe.readStart(TcpPair.reader(bytes -> takeAll(pipe, kind, maker), pipe::close));
        loop.run();
        other.get(30, TimeUnit.SECONDS);
        assertEquals(2, back.size());
    }

    private void takeAll(Pipe pipe, DescriptorKind kind, Function<Loop, SocketHandle> maker) {
        while (pipe.pendingCount() > 0) {
            assertEquals(kind, pipe.pendingType());
            SocketHandle taken = maker.apply(pipe.loop());
            pipe.accept(taken);
            back.add(taken);
        }
    }

    /** Runs the loop of the other thread: it accepts two handles, sends each back and closes it. */
    private static void sendBack(int fd, Function<Loop, SocketHandle> maker) {
        try (Loop loop = new Loop()) {
            Pipe pipe = PipePair.opened(new Pipe(loop, true), fd);
            int[] sent = {0};
            pipe.readStart(TcpPair.reader(
                    bytes -> {
                        while (pipe.pendingCount() > 0) {
                            SocketHandle taken = maker.apply(loop);
                            pipe.accept(taken);
                            pipe.write(Talk.buffer("."), taken, error -> {
                                taken.close();
                                if (++sent[0] == 2) {
                                    pipe.close();
                                }
                            });
                        }
                    },
                    pipe::close));
            loop.run();
        }
    }

    private void close(Loop loop) {
        back.forEach(SocketHandle::close);
        loop.run();
    }
}
