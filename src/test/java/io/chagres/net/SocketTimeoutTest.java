package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.handle.Handle;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The idle timer, on a clock that jumps to the next timer whenever nothing else is to be done. */
@ConnectionTest
class SocketTimeoutTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();
    private ServerSocket silent;

    @BeforeEach
    void listen() {
        silent = Peer.listener(Local.HOST, 0);
    }

    @AfterEach
    void close() throws IOException {
        silent.close();
    }

    @Test
    @Covers({"S9", "S10", "node:test-net-can-reset-timeout"})
    void aTimeoutOnlyEmitsAnEventAndDoesNotChangeTheSocket(Loop loop, ManualClock clock) {
        connected(loop, client -> {
            client.setTimeout(100);
            long start = loop.now();
            client.onTimeout(() -> {
                journal.add("timeout after " + (loop.now() - start));
                assertFalse(client.isDestroyed());
                assertTrue(client.write("still there"));
                client.destroy();
            });
            hold(loop);
        });
        journal.expect("timeout after 100");
    }

    @Test
    @Covers({"S9", "node:test-net-settimeout"})
    void aTimeoutOf0TurnsItOff(Loop loop, ManualClock clock) {
        connected(loop, client -> {
            assertSame(client, client.setTimeout(100));
            client.onTimeout(journal.note("timeout"));
            client.setTimeout(0);
            Timer.after(loop, 1000, client::destroy);
        });
        journal.expect();
    }

    @Test
    @Covers("S9")
    void aNewTimeoutReplacesTheOther(Loop loop, ManualClock clock) {
        connected(loop, client -> {
            client.setTimeout(1000);
            client.setTimeout(50);
            long start = loop.now();
            client.onTimeout(() -> {
                journal.add("timeout after " + (loop.now() - start));
                client.destroy();
            });
            hold(loop);
        });
        journal.expect("timeout after 50");
    }

    @Test
    void aTimeoutIsEmittedOnceUntilThereIsActivityAgain(Loop loop, ManualClock clock) {
        connected(loop, client -> {
            client.setTimeout(100);
            client.onTimeout(() -> journal.add("timeout at " + loop.now() / 100));
            long start = loop.now();
            Timer.after(loop, 500 - start % 100, () -> client.write("x"));
            Timer.after(loop, 1000 - start % 100, client::destroy);
        });
        assertEquals(2, journal.count("timeout at 1") + journal.count("timeout at 6"));
    }

    @Test
    @Covers({"S12", "node:test-net-timeout2", "S39"})
    void everyWriteRestartsTheTimeout(Loop loop, ManualClock clock) {
        connected(loop, client -> {
            client.setTimeout(250);
            client.onTimeout(journal.note("timeout"));
            int[] writes = {0};
            Timer[] writer = new Timer[1];
            writer[0] = Timer.every(loop, 100, () -> {
                client.write("x");
                if (++writes[0] == 20) {
                    writer[0].close();
                    client.destroy();
                }
            });
        });
        journal.expect();
    }

    @Test
    @Covers({"S5", "S12", "node:test-net-connect-timeout"})
    void theTimeoutCountsFromTheConnectCall(Loop loop, ManualClock clock) throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            ConnectOptions options =
                    ConnectOptions.to(silent.host(), silent.port()).timeoutMillis(100);
            Socket client = Net.connect(loop, options, journal.note("connect"));
            client.onTimeout(() -> {
                assertTrue(client.isConnecting());
                journal.add("timeout after " + loop.now());
                client.destroy();
            });
            loop.run();
        }
        journal.expect("timeout after 100");
    }

    @Test
    @Covers({"S11", "node:test-net-socket-timeout-unref"})
    void aTimeoutKeepsNoLoopAlive(Loop loop) {
        for (int i = 0; i < 6; i++) {
            Socket client = Local.connect(loop, silent.getLocalPort());
            client.setTimeout(1_000_000);
            client.onConnect(client::unref);
        }
        loop.run();
        assertFalse(loop.isAlive());
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    @Test
    @Covers("node:test-net-socket-timeout")
    void wrongTimesAreRefusedAndADestroyedSocketHasNone(Loop loop, ManualClock clock) {
        connected(loop, client -> {
            UsageException refused = assertThrows(UsageException.class, () -> client.setTimeout(-1));
            assertEquals("ERR_OUT_OF_RANGE", refused.code());
            client.onTimeout(journal.note("timeout"));
            client.destroy();
            assertSame(client, client.setTimeout(1));
        });
        journal.expect();
    }

    @Test
    void aTimeOfThreeHundredMillionYearsIsFine(Loop loop, ManualClock clock) {
        connected(loop, client -> {
            client.setTimeout(Long.MAX_VALUE);
            client.onTimeout(journal.note("timeout"));
            Timer.after(loop, 1_000_000, client::destroy);
        });
        journal.expect();
    }

    /** Each iteration takes a millisecond. Over a Unix socket what one side writes is there at once for the other. */
    @Test
    @Covers("node:test-net-timeout")
    void activityPostponesTheTimeout(Loop loop, ManualClock clock) {
        Idle tick = new Idle(loop);
        tick.start(() -> clock.advanceMillis(1));
        long[] lastActivity = new long[1];
        Server server = Net.createServer(loop, socket -> {
            socket.onData(chunk -> {
                lastActivity[0] = loop.now();
                socket.write(chunk);
            });
            socket.setTimeout(60).onTimeout(() -> {
                journal.add("timeout after " + (loop.now() - lastActivity[0]));
                socket.end();
                tick.close();
            });
        });
        server.onConnection(socket -> server.close());
        Socket client = Net.connect(
                loop, server.listen(folder.resolve("socket").toString()).path());
        int[] exchanges = {0};
        client.onData(chunk -> {
            if (++exchanges[0] < 5) {
                Timer.after(loop, 40, () -> client.write("hello"));
            }
        });
        client.onConnect(() -> client.write("hello"));
        loop.run();
        assertEquals(5, exchanges[0]);
        journal.expect("timeout after 60");
    }

    @Test
    @Covers("S9")
    void aListenerOfSetTimeoutIsCalledOnce(Loop loop, ManualClock clock) {
        connected(loop, client -> {
            assertEquals(0, client.timeoutMillis());
            client.setTimeout(10, journal.note("once")).onTimeout(journal.note("always"));
            assertEquals(10, client.timeoutMillis());
            Timer.after(loop, 20, () -> client.setTimeout(10));
            Timer.after(loop, 40, client::destroy);
        });
        journal.expect("once", "always", "always");
    }

    @Test
    @Covers("S9")
    void aListenerOfSetTimeoutIsRemovedByATimeoutOf0(Loop loop, ManualClock clock) {
        Runnable first = journal.note("first");
        Runnable second = journal.note("second");
        connected(loop, client -> {
            client.setTimeout(10, first).setTimeout(10, second).setTimeout(0, first);
            Timer.after(loop, 20, () -> client.setTimeout(10));
            Timer.after(loop, 40, client::destroy);
        });
        journal.expect("second");
    }

    private void connected(Loop loop, Consumer<Socket> then) {
        Socket client = Local.connect(loop, silent.getLocalPort());
        client.onConnect(() -> then.accept(client));
        client.onError(error -> journal.add(error.getMessage()));
        loop.run();
    }

    /** Something else that the loop runs for, as the idle timer itself is no reason. */
    private static void hold(Loop loop) {
        Timer.after(loop, 10_000, () -> {});
    }
}
