package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.HostLookup;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Idle timeouts, attempts and grace periods that begin in a callback that has worked for longer than they last. */
@ConnectionTest
class SocketTimeoutSlowCallbackTest {

    private static final int WORK = 150;
    /** More than the kernel keeps for a Unix socket in several rounds. */
    private static final int SIZE = 8 << 20;

    private final Journal journal = new Journal();

    @TempDir
    private Path folder;

    @Test
    void aSocketHasItsWholeTimeAfterAnAnswerThatTookLongerThanThat(Loop loop, ManualClock clock) {
        int port = Local.once(
                loop,
                socket -> socket.onData(request -> {
                    socket.setTimeout(100);
                    clock.advanceMillis(WORK);
                    socket.write(request);
                    long answered = clock.nanoTime();
                    socket.onTimeout(() -> {
                        journal.add("timeout after " + millisSince(answered, clock));
                        socket.destroy();
                    });
                }));
        echoOf(loop, port);
        journal.expect("timeout after 100");
    }

    @Test
    void aTimeoutThatIsSetAfterLongWorkCountsFromThereOn(Loop loop, ManualClock clock) {
        int port = Local.once(
                loop,
                socket -> socket.onData(request -> {
                    clock.advanceMillis(WORK);
                    long set = clock.nanoTime();
                    socket.setTimeout(100, () -> {
                        journal.add("timeout after " + millisSince(set, clock));
                        socket.destroy();
                    });
                }));
        echoOf(loop, port);
        journal.expect("timeout after 100");
    }

    /** Two sockets are ready in one batch: what the first does takes nothing from the time of the second. */
    @Test
    void aReadCountsFromWhenItIsMadeNotFromWhenTheLoopWoke(Loop loop, ManualClock clock) {
        Idle noWait = new Idle(loop);
        Server server = Net.createServer(loop).setMaxConnections(2);
        List<Socket> clients = List.of(new Socket(loop), new Socket(loop));
        long[] reads = new long[2];
        int[] count = {0};
        server.onConnection(socket -> {
            socket.onData(request -> {
                int mine = count[0]++;
                reads[mine] = clock.nanoTime();
                clock.advanceMillis(mine == 0 ? WORK : 0);
                socket.onTimeout(() -> {
                    journal.add((mine == 0 ? "first" : "second") + " after " + millisSince(reads[mine], clock));
                    socket.destroy();
                });
                noWait.stop();
            });
            if (server.connectionCount() == 2) {
                server.close();
                noWait.start(() -> {});
                server.connections().forEach(each -> each.setTimeout(100));
                clients.forEach(client -> client.write("x"));
            }
        });
        int port = server.listen(0, Local.HOST).address().port();
        clients.forEach(client -> client.connect(port, Local.HOST).resume());
        loop.run();
        journal.expect("first after 150", "second after 100");
        noWait.close();
        loop.run();
    }

    @Test
    void anAttemptToConnectHasItsWholeTime(Loop loop, ManualClock clock) throws IOException {
        long[] tried = new long[2];
        int[] attempt = {0};
        try (FullBacklog silent = new FullBacklog()) {
            ConnectOptions options = ConnectOptions.to("several.test", silent.port())
                    .lookup((host, how, answer) -> answer.accept(
                            List.of(HostLookup.Address.of(silent.host()), HostLookup.Address.of("127.0.0.2")), null));
            Timer.after(loop, 1, () -> {
                clock.advanceMillis(1000);
                Net.connect(loop, options)
                        .onConnectionAttempt(remote -> tried[attempt[0]++] = clock.nanoTime())
                        .onError(error -> journal.add("tried after " + (tried[1] - tried[0]) / 1_000_000));
            });
            loop.run();
        }
        journal.expect("tried after 500");
    }

    @Test
    void aGraceCountsFromTheClose(Loop loop, ManualClock clock) {
        Server server = Net.createServer(loop);
        long[] since = new long[1];
        server.onConnection(socket -> socket.onData(request -> {
            clock.advanceMillis(1500);
            since[0] = clock.nanoTime();
            server.close(Duration.ofSeconds(1));
        }));
        server.onClose(() -> journal.add("closed after " + millisSince(since[0], clock)));
        echoOf(loop, server.listen(0, Local.HOST).address().port());
        journal.expect("closed after 1000");
    }

    /** Callbacks that take long must not make it longer, either. */
    @Test
    void aGraceEndsOnTimeThoughTheLoopIsLate(Loop loop, ManualClock clock) {
        Server server = Net.createServer(loop);
        long[] since = new long[1];
        server.onConnection(socket -> socket.onData(request -> {
            since[0] = clock.nanoTime();
            server.close(Duration.ofSeconds(1));
            Timer busy = Timer.every(loop, 10, () -> clock.advanceMillis(90));
            server.onClose(busy::close);
        }));
        server.onClose(() -> journal.add("closed in time: " + (millisSince(since[0], clock) <= 1100)));
        echoOf(loop, server.listen(0, Local.HOST).address().port());
        journal.expect("closed in time: true");
    }

    @Test
    void aWriteThatIsUnderWayWhenATimeoutIsSetPutsItOff(Loop loop, ManualClock clock) throws IOException {
        int rounds = 6;
        try (SlowReader reader = new SlowReader(folder.resolve("socket"))) {
            Socket client = Net.connect(loop, reader.path());
            client.onConnect(() -> {
                client.write(ByteBuffer.allocate(SIZE));
                client.setTimeout(100).onTimeout(() -> {
                    journal.add("timeout after " + reader.rounds() + " rounds");
                    client.destroy();
                });
                Timer timer = new Timer(loop);
                timer.start(60, 60, () -> {
                    assertTrue(reader.read() > 0);
                    if (reader.rounds() == rounds) {
                        timer.close();
                    }
                });
            });
            loop.run();
        }
        journal.expect("timeout after " + rounds + " rounds");
    }

    @Test
    void aWriteThatHasGoneGrantsNoSecondTime(Loop loop, ManualClock clock) throws IOException {
        try (SlowReader reader = new SlowReader(folder.resolve("socket"))) {
            Socket client = Net.connect(loop, reader.path());
            long[] gone = new long[1];
            client.onConnect(() -> {
                client.setTimeout(100).onTimeout(() -> {
                    journal.add("timeout after " + millisSince(gone[0], clock));
                    client.destroy();
                });
                Timer timer = Timer.every(loop, 1, reader::read);
                client.write(ByteBuffer.allocate(SIZE), error -> {
                    gone[0] = clock.nanoTime();
                    timer.close();
                });
            });
            loop.run();
        }
        journal.expect("timeout after 100");
    }

    private static void echoOf(Loop loop, int port) {
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, "x");
            return Talk.allText(socket);
        })) {
            loop.run();
        }
    }

    private static long millisSince(long nanos, ManualClock clock) {
        return (clock.nanoTime() - nanos) / 1_000_000;
    }
}
