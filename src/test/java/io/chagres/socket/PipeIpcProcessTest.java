package io.chagres.socket;

import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Peer;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Handle;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors that are sent to another process and received from it. The other process is a plain Python program. */
@ConnectionTest
@Tag("host")
class PipeIpcProcessTest {

    private static final String CONNECTED = """
        import os, select, socket, sys
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        """;

    @TempDir
    private Path folder;

    private final List<SocketHandle> back = new ArrayList<>();
    private int received;

    @AfterEach
    void closeAllHandles(Loop loop) {
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Covers({"libuv:ipc_listen_before_write", "libuv:ipc_listen_after_write"})
    void bothProcessesAcceptAtAListenerThatWasSent(boolean listeningBefore, Loop loop) throws Exception {
        String script = CONNECTED + """
            data, fds, flags, addr = socket.recv_fds(s, 1, 1)
            assert s.recv(1) == b'!'
            listener = socket.socket(fileno=fds[0])
            accepted = None
            while not accepted:
                select.select([listener], [], [])
                try:
                    accepted = listener.accept()[0]
                except BlockingIOError:
                    pass
            listener.close()
            accepted.sendall(b'python')
            """;
        Tcp listener = TcpPair.listening(loop);
        List<Peer<String>> clients = new ArrayList<>();
        Runnable listen = () -> listener.listen(128, _ -> serve(listener));
        if (listeningBefore) {
            listen.run();
        }
        converse(
                loop,
                script,
                pipe -> pipe.write(Talk.buffer("."), listener, error -> {
                    ok().onComplete(error);
                    if (!listeningBefore) {
                        listen.run();
                    }
                    int port = listener.localAddress().port();
                    clients.add(Peer.client(port, Talk::allText));
                    clients.add(Peer.client(port, Talk::allText));
                    pipe.write(Talk.buffer("!"), ok());
                    PipePair.collect(pipe);
                }));
        assertEquals(
                Set.of("java", "python"),
                Set.of(clients.get(0).result(), clients.get(1).result()));
    }

    /** Takes one connection and closes the listener, so that the other connection is left for the other process. */
    private static void serve(Tcp listener) {
        Tcp accepted = new Tcp(listener.loop());
        listener.accept(accepted);
        listener.close();
        accepted.write(Talk.buffer("java"), error -> accepted.close());
    }

    @Test
    @Covers("libuv:ipc_tcp_connection")
    void aConnectionThatWasSentContinuesInTheOtherProcess(Loop loop) throws Exception {
        String script = CONNECTED + """
            data, fds, flags, addr = socket.recv_fds(s, 1, 1)
            connection = socket.socket(fileno=fds[0])
            connection.setblocking(True)
            said = connection.recv(100)
            connection.sendall(b'python got ' + said)
            connection.close()
            """;
        List<Peer<String>> client = new ArrayList<>();
        converse(loop, script, pipe -> {
            Tcp listener = TcpPair.listening(loop);
            listener.listen(1, _ -> {
                Tcp accepted = new Tcp(loop);
                listener.accept(accepted);
                listener.close();
                pipe.write(Talk.buffer("."), accepted, error -> accepted.close());
                PipePair.collect(pipe);
            });
            client.add(Peer.client(listener.localAddress().port(), socket -> Talk.ask(socket, "hello")));
        });
        assertEquals("python got hello", client.getFirst().result());
    }

    @Test
    @Covers("libuv:ipc_send_recv_tcp")
    void tcpHandlesSentToAnotherProcessComeBackBoundToTheirPorts(Loop loop) throws Exception {
        Tcp[] sent = {TcpPair.listening(loop), TcpPair.listening(loop)};
        SocketAddress[] addresses = {sent[0].localAddress(), sent[1].localAddress()};
        thereAndBack(loop, sent, () -> new Tcp(loop));
        for (int i = 0; i < 2; i++) {
            assertEquals(addresses[i], ((Tcp) back.get(i)).localAddress());
        }
    }

    @Test
    @Covers("libuv:ipc_send_recv_pipe")
    void pipesSentToAnotherProcessComeBackBoundToTheirNames(Loop loop) throws Exception {
        Pipe[] sent = {new Pipe(loop), new Pipe(loop)};
        sent[0].bind("");
        sent[1].bind("");
        String[] names = {sent[0].localName(), sent[1].localName()};
        thereAndBack(loop, sent, () -> new Pipe(loop));
        for (int i = 0; i < 2; i++) {
            assertEquals(names[i], ((Pipe) back.get(i)).localName());
        }
    }

    private void thereAndBack(Loop loop, SocketHandle[] sent, Supplier<SocketHandle> maker) throws Exception {
        String script = CONNECTED + """
            fds = []
            while len(fds) < 2:
                fds += socket.recv_fds(s, 100, 2)[1]
            socket.send_fds(s, [b'back'], fds)
            """;
        converse(loop, script, pipe -> {
            for (SocketHandle handle : sent) {
                pipe.write(Talk.buffer("."), handle, error -> handle.close());
            }
            pipe.readStart(TcpPair.reader(
                    bytes -> {
                        while (pipe.pendingCount() > 0) {
                            back.add(maker.get());
                            pipe.accept(back.getLast());
                        }
                        pipe.close();
                    },
                    pipe::close));
        });
        assertEquals(2, back.size());
    }

    @Test
    @Covers("libuv:pipe_sendmsg")
    void severalDescriptorsOfOneMessageArriveInOrder(Loop loop) throws Exception {
        String script = CONNECTED + """
            tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
            one, other = socket.socketpair()
            reader, writer = os.pipe()
            file = os.open('/proc/self/maps', os.O_RDONLY)
            fds = [tcp.fileno(), one.fileno(), other.fileno(), writer, udp.fileno(), file, os.eventfd(0)]
            socket.send_fds(s, [b'seven'], fds)
            tcp.close(), udp.close(), one.close(), other.close(), os.close(writer)
            print(os.read(reader, 100).decode())
            """;
        List<DescriptorKind> kinds = new ArrayList<>();
        String printed = converse(
                loop,
                script,
                pipe -> pipe.readStart(TcpPair.reader(
                        bytes -> {
                            assertEquals(7, pipe.pendingCount());
                            for (SocketHandle target :
                                    new SocketHandle[] {new Tcp(loop), new Pipe(loop), new Pipe(loop), new Pipe(loop)
                                    }) {
                                kinds.add(pipe.pendingType());
                                pipe.accept(target);
                                back.add(target);
                            }
                            while (pipe.pendingCount() > 1) {
                                kinds.add(pipe.pendingType());
                                Descriptors.close(pipe.acceptDescriptor());
                            }
                            kinds.add(pipe.pendingType());
                            pipe.close();
                            back.getLast().write(Talk.buffer("through a pipe"), ok());
                        },
                        pipe::close)));
        assertEquals("[TCP, PIPE, PIPE, PIPE, UDP, FILE, UNKNOWN]", kinds.toString());
        assertEquals("through a pipe", printed);
    }

    @Test
    @Covers("libuv:ipc_heavy_traffic_deadlock_bug")
    void twoProcessesThatWriteMuchBeforeTheyReadDoNotDeadlock(Loop loop) throws Exception {
        int all = 256 * 24 * 1024;
        String script = CONNECTED + """
            for i in range(256):
                s.sendall(b'x' * 24576)
            s.shutdown(socket.SHUT_WR)
            got = 0
            while True:
                more = len(s.recv(65536))
                if not more:
                    break
                got += more
            print(got)
            """;
        String printed = converse(loop, script, pipe -> {
            for (int i = 0; i < 256; i++) {
                pipe.write(ByteBuffer.allocate(24 * 1024), ok());
            }
            pipe.readStart(
                    TcpPair.reader(bytes -> received += bytes.remaining(), () -> pipe.shutdown(error -> pipe.close())));
        });
        assertEquals(String.valueOf(all), printed);
        assertEquals(all, received);
    }

    /** Runs {@code script}, which connects, to its end, and returns the text that it printed. */
    private String converse(Loop loop, String script, Consumer<Pipe> onConnection) throws Exception {
        Path path = folder.resolve("socket");
        Pipe[] server = new Pipe[1];
        server[0] = PipePair.listening(loop, path, _ -> {
            Pipe pipe = new Pipe(loop, true);
            server[0].accept(pipe);
            server[0].close();
            onConnection.accept(pipe);
        });
        try (Program python = Program.python(script, path.toString())) {
            loop.run();
            return python.result();
        } finally {
            server[0].close();
        }
    }
}
