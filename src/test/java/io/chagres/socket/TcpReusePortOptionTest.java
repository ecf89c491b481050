package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.handle.Async;
import io.chagres.loop.Loop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Several listeners on one port. */
@ConnectionTest
class TcpReusePortOptionTest {

    private static final int CONNECTIONS = 10;

    private static Tcp bound(Loop loop, int port) {
        Tcp tcp = new Tcp(loop);
        tcp.set(SocketOption.SO_REUSEPORT, true);
        tcp.bind(new SocketAddress(Local.HOST, port));
        return tcp;
    }

    /** A loop on its own thread, with a listener that counts its connections and closes them. */
    private static final class Worker {

        private final List<String> accepted;
        private final Semaphore ready = new Semaphore(0);
        private final Thread thread;
        private int port;
        private Async stop;

        Worker(String name, int wantedPort, List<String> accepted) throws InterruptedException {
            this.accepted = accepted;
            thread = Thread.ofPlatform().name(name).start(() -> run(wantedPort));
            Waits.acquire(ready, 1);
        }

        private void run(int wantedPort) {
            try (Loop loop = new Loop()) {
                Tcp listener = bound(loop, wantedPort);
                listener.listen(CONNECTIONS, _ -> {
                    Tcp connection = new Tcp(loop);
                    listener.accept(connection);
                    connection.close();
                    accepted.add(Thread.currentThread().getName());
                });
                port = listener.localAddress().port();
                stop = new Async(loop, () -> {
                    listener.close();
                    stop.close();
                });
                ready.release();
                loop.run();
            }
        }

        void end() throws InterruptedException {
            stop.send();
            Waits.join(thread);
        }
    }

    /** The kernel chooses the listener by a hash of the addresses, so the test expects no certain shares. */
    @Test
    @Covers("libuv:tcp_reuseport")
    void twoLoopsOnTwoThreadsShareTheConnectionsOfOnePort(Loop loop) throws InterruptedException {
        List<String> accepted = new CopyOnWriteArrayList<>();
        Worker first = new Worker("first", 0, accepted);
        Worker second = new Worker("second", first.port, accepted);
        assertEquals(first.port, second.port);
        int connects = 0;
        while (connects < CONNECTIONS || !accepted.contains("first") || !accepted.contains("second")) {
            assertTrue(connects < 1000, () -> "one of them gets no connection: " + accepted);
            connects++;
            try (Peer<String> client = Peer.client(first.port, Talk::ending)) {
                client.result();
            }
        }
        first.end();
        second.end();
        assertEquals(connects, accepted.size());
    }

    @Test
    void aListenerWithoutReusePortIsRefused(Loop loop) {
        Tcp first = bound(loop, 0);
        first.listen(1, _ -> {});
        Tcp second = new Tcp(loop);
        second.bind(first.localAddress());
        SystemException refused = assertThrows(SystemException.class, () -> second.listen(1, _ -> {}));
        assertEquals("EADDRINUSE", refused.code());
        first.close();
        second.close();
        loop.run();
    }
}
