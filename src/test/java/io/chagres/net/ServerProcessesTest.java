package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.socket.Tcp;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Node's cluster and child processes do with listeners and connections, by passing descriptors on. */
@ConnectionTest
@Tag("host")
class ServerProcessesTest {

    @TempDir
    private Path folder;

    private Workers workers;
    private FutureTask<List<String>> visitor;

    /** One process accepts and deals out, as Node's SCHED_RR does. */
    @Test
    @Covers({"node:test-cluster-net-send", "node:test-child-process-fork-net", "node:test-child-process-fork-net-socket"
    })
    void connectionsAreDealtOutInTurn(Loop loop) throws Exception {
        Tcp listener = TcpPair.listening(loop);
        int port = listener.localAddress().port();
        int[] accepted = {0};
        workers = new Workers(
                loop,
                folder,
                () -> {
                    listener.listen(10, _ -> deal(accept(listener), accepted[0]++ % 2));
                    visit(loop, () -> names(4, port), () -> end(listener));
                },
                10,
                10);
        assertEquals(List.of("a", "b", "a", "b"), outcome(loop));
    }

    /** Whose worker has no room for it gets the next one. No client is turned away. */
    @Test
    @Covers("node:test-cluster-net-server-drop-connection")
    void aConnectionThatAWorkerCannotTakeGoesToTheNext(Loop loop) throws Exception {
        Tcp listener = TcpPair.listening(loop);
        int port = listener.localAddress().port();
        workers = new Workers(
                loop,
                folder,
                () -> {
                    listener.listen(10, _ -> deal(accept(listener), 0));
                    visit(
                            loop,
                            () -> {
                                try (java.net.Socket one = new java.net.Socket(Local.HOST, port)) {
                                    return List.of(Talk.text(one, 1), name(port), name(port));
                                }
                            },
                            () -> end(listener));
                },
                1,
                10);
        assertEquals(List.of("a", "b", "b"), outcome(loop));
    }

    private void end(Tcp listener) {
        listener.close();
        workers.dismiss();
    }

    private static Tcp accept(Tcp listener) {
        Tcp connection = new Tcp(listener.loop());
        listener.accept(connection);
        return connection;
    }

    /** Our own copy is closed once a worker has its. */
    private void deal(Tcp connection, int index) {
        workers.tell(index, String.valueOf(WorkerProgram.TAKE), connection, answer -> {
            if (answer == WorkerProgram.YES) {
                connection.close();
            } else {
                deal(connection, index + 1);
            }
        });
    }

    /** All accept at one listener, which we then close: as Node's SCHED_NONE, and as a server that is sent to a child. */
    @Test
    @Covers({
        "node:test-child-process-fork-net-server",
        "node:test-cluster-shared-leak",
        "node:test-cluster-worker-handle-close"
    })
    void aListenerIsSharedAndLivesAsLongAsOneHasIt(Loop loop) throws Exception {
        Tcp listener = TcpPair.listening(loop);
        int port = listener.localAddress().port();
        List<String> first = new ArrayList<>();
        String listen = String.valueOf(WorkerProgram.LISTEN);
        workers = new Workers(
                loop,
                folder,
                () -> workers.tell(
                        0,
                        listen,
                        listener,
                        yes -> workers.tell(1, listen, listener, too -> {
                            listener.close();
                            visit(
                                    loop,
                                    () -> {
                                        first.addAll(names(10, port));
                                        return List.of();
                                    },
                                    () -> workers.tell(
                                            0,
                                            String.valueOf(WorkerProgram.CLOSE),
                                            null,
                                            closed -> visit(loop, () -> names(4, port), workers::dismiss)));
                        })),
                10,
                10);
        assertEquals(List.of("b", "b", "b", "b"), outcome(loop));
        assertTrue(List.of("a", "b").containsAll(first), first::toString);
    }

    /** What was written before a handle comes before it, and what was written behind it behind. */
    @Test
    @Covers({"node:test-child-process-recv-handle", "node:test-cluster-send-handle-large-payload"})
    void handlesArriveInOrderAmongOtherData(Loop loop) throws Exception {
        Tcp listener = TcpPair.listening(loop);
        int port = listener.localAddress().port();
        String payload = String.valueOf(WorkerProgram.PAYLOAD).repeat(1 << 20);
        StringBuilder answers = new StringBuilder();
        workers = new Workers(
                loop,
                folder,
                () -> {
                    workers.tell(0, payload + WorkerProgram.CLOSE, null, answers::append);
                    workers.tell(0, WorkerProgram.LISTEN + payload, listener, answers::append);
                    workers.tell(0, payload + WorkerProgram.CLOSE, null, answer -> {
                        answers.append(answer);
                        listener.close();
                        visit(
                                loop,
                                () -> {
                                    assertThrows(ConnectException.class, () -> name(port));
                                    return List.of();
                                },
                                workers::dismiss);
                    });
                },
                1);
        outcome(loop);
        assertEquals("yyy", answers.toString());
    }

    /** Has {@code talk} run on a thread of its own, and {@code then} on the loop. */
    private void visit(Loop loop, Callable<List<String>> talk, Runnable then) {
        FutureTask<List<String>> visit = new FutureTask<>(talk);
        visitor = visit;
        Thread.ofPlatform().daemon().name("visitor").start(() -> {
            visit.run();
            loop.execute(then);
        });
    }

    private List<String> outcome(Loop loop) throws Exception {
        loop.run();
        workers.expectEnd();
        return Waits.get(visitor);
    }

    private static List<String> names(int count, int port) throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(name(port));
        }
        return names;
    }

    /** Returns which process serves a client that connects. */
    private static String name(int port) throws IOException {
        try (java.net.Socket socket = new java.net.Socket(Local.HOST, port)) {
            socket.setSoTimeout(30_000);
            return Talk.text(socket, 1);
        }
    }
}
