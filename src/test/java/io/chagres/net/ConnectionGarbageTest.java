package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.chagres.ChagresException;
import io.chagres.address.HostLookup;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Garbage;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Completion;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.stream.AbortController;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Once closed, nothing of a connection is reachable, while its loop, and its server, live on. */
@ConnectionTest
@Tag("no-qemu")
class ConnectionGarbageTest {

    private static final int COUNT = 20;

    private final Garbage garbage = new Garbage();

    @Test
    @Covers("node:test-net-connect-memleak")
    void clientsThatHaveEndedAreCollected(Loop loop) {
        for (int i = 0; i < COUNT; i++) {
            try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "hello"))) {
                watched(Local.connect(loop, server.port())).end("bye");
                loop.run();
            }
        }
        garbage.expectCollected();
        assertNotNull(loop);
    }

    @Test
    void closedSocketsOfAListeningServerAreCollected(Loop loop) {
        Server server = Net.createServer(loop, socket -> watched(socket).pipe(socket));
        int port = server.listen(0, Local.HOST).address().port();
        server.unref();
        for (int i = 0; i < COUNT; i++) {
            try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hello"))) {
                runUntil(loop, () -> server.connectionCount() == 0 && client.isDone());
                assertEquals("hello", client.result());
            }
        }
        loop.run();
        garbage.expectCollected();
        server.close();
        loop.run();
    }

    @Test
    void socketsThatWereResetAreCollected(Loop loop) {
        for (int i = 0; i < COUNT; i++) {
            int port = Local.once(loop, this::watched);
            try (Peer<Void> client = Peer.client(port, socket -> {
                Talk.send(socket, new byte[100_000]);
                Talk.reset(socket);
                return null;
            })) {
                loop.run();
            }
        }
        garbage.expectCollected();
    }

    @Test
    void clientsThatWereRefusedOrDestroyedWhileConnectingAreCollected(Loop loop) {
        for (int i = 0; i < COUNT; i++) {
            watched(Local.connect(loop, Peer.deadPort()));
            watched(Net.connect(loop, 9, "localhost")).destroy();
            watched(Net.connect(loop, 9, Local.HOST)).setTimeout(1_000_000).destroy();
        }
        loop.run();
        garbage.expectCollected();
    }

    @Test
    void clientsOverUnixSocketsAreCollected(Loop loop, @TempDir Path folder) {
        Server server = Net.createServer(loop, socket -> watched(socket).pipe(socket));
        server.listen(Place.UNIX.in(folder), null);
        server.unref();
        for (int i = 0; i < COUNT; i++) {
            watched(Net.connect(loop, server.path(), listener("one connect"))).end("bye");
            watched(Net.connect(loop, folder.resolve("nothing").toString()));
            loop.run();
        }
        garbage.expectCollected();
        server.close();
        loop.run();
    }

    @Test
    void socketsThatASignalALookupOrATimerReferredToAreCollected(Loop loop, ManualClock clock) throws IOException {
        AbortController controller = new AbortController();
        try (FullBacklog silent = new FullBacklog()) {
            for (int i = 0; i < COUNT; i++) {
                SocketOptions made = SocketOptions.defaults().signal(controller.signal());
                ConnectOptions options = ConnectOptions.to(silent.port())
                        .connectTimeoutMillis(1_000_000)
                        .lookup((host, wanted, answer) -> loop.nextTick(() -> answer.accept(
                                List.of(HostLookup.Address.of(silent.host()), HostLookup.Address.of("127.0.0.1")),
                                null)));
                watched(Net.connect(loop, made, options))
                        .setTimeout(1_000_000, listener("one timeout"))
                        .onConnectionAttempt(remote -> listener("attempt").run());
                watched(new Socket(loop, made)).setTimeout(10).destroy();
            }
            loop.run();
        }
        garbage.expectCollected();
        assertEquals(0, controller.signal().listeners());
    }

    @Test
    void aLookupThatNeverAnswersKeepsNoSocketFromBeingCollected(Loop loop) {
        for (int i = 0; i < COUNT; i++) {
            watched(Net.connect(
                            loop,
                            ConnectOptions.to(9).connectTimeoutMillis(1_000_000).lookup((host, wanted, answer) -> {})))
                    .destroy();
        }
        loop.run();
        garbage.expectCollected();
    }

    @Test
    void aServerThatWasClosedIsCollected(Loop loop) {
        for (int i = 0; i < COUNT; i++) {
            Server server = garbage.watch("server", Net.createServer(loop, socket -> {}));
            server.listen(0, Local.HOST);
            server.close();
            loop.run();
        }
        garbage.expectCollected();
    }

    @Test
    void handlesThatWereClosedAreCollected(Loop loop) {
        for (int i = 0; i < COUNT; i++) {
            closedPair(loop);
            loop.run();
        }
        garbage.expectCollected();
    }

    private void closedPair(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        garbage.watch("client", pair.client()).write(Talk.buffer("x"), error -> {});
        garbage.watch("accepted", pair.accepted()).readStart(TcpPair.reader(bytes -> {}, () -> {}));
        pair.close();
    }

    @Test
    void theLastWriteOfAnIdleConnectionIsCollected(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        writeQueued(pair);
        pair.accepted().readStart(TcpPair.reader(bytes -> {}, () -> {}));
        pair.accepted().unref();
        loop.run();
        assertEquals(0, pair.client().writeQueueSize());
        garbage.expectCollected();
        pair.close();
        loop.run();
    }

    private void writeQueued(TcpPair pair) {
        for (int i = 0; i < 2; i++) {
            pair.client()
                    .write(
                            garbage.watch("buffer", ByteBuffer.allocate(8 << 20)),
                            garbage.watch("callback", new CountingCompletion()));
        }
    }

    private static final class CountingCompletion implements Completion {
        private int count;

        @Override
        public void onComplete(ChagresException error) {
            count++;
        }
    }

    /** Watches the socket, and what a listener of each event holds. */
    private Socket watched(Socket socket) {
        garbage.watch("socket", socket);
        return socket.onConnect(listener("connect"))
                .onEnd(listener("end"))
                .onDrain(listener("drain"))
                .onFinish(listener("finish"))
                .onTimeout(listener("timeout"))
                .onData(chunk -> garbage.watch("chunk", chunk))
                .onError(error -> garbage.watch("error", error))
                .onClose(hadError -> listener("close").run());
    }

    private Runnable listener(String name) {
        Object held = garbage.watch("held by " + name, new Object());
        return held::hashCode;
    }

    private static void runUntil(Loop loop, BooleanSupplier done) {
        Timer look = Timer.every(loop, 1, () -> {
            if (done.getAsBoolean()) {
                loop.stop();
            }
        });
        loop.run();
        look.close();
    }
}
