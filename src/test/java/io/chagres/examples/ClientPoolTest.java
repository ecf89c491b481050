package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** examples/ClientPool.java against a server that resets, cuts and delays. */
@ExtendWith(HangGuard.class)
class ClientPoolTest {

    private static final int LIMIT_MILLIS = 200;
    private static final int EVERY = 100;

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    private void serve(ServerSocket listener) {
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    Socket client = listener.accept();
                    open.incrementAndGet();
                    Thread.startVirtualThread(() -> serve(client));
                }
            } catch (IOException closed) {
                // the end of the test
            }
        });
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            for (String line; (line = reader.readLine()) != null; ) {
                if (!reply(client, line + "\n")) {
                    return;
                }
            }
        } catch (IOException gone) {
            // the pool has closed it
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            open.decrementAndGet();
        }
    }

    /** Replies well, but for one request of {@link #EVERY}; returns whether the connection goes on. */
    private boolean reply(Socket client, String reply) throws IOException, InterruptedException {
        int number = requests.incrementAndGet();
        if (number % EVERY != 0) {
            Talk.send(client, reply);
            return true;
        }
        switch (faults.getAndIncrement() % 6) {
            case 0 -> Talk.reset(client);
            case 1 -> Talk.send(client, reply.substring(0, reply.length() / 2)); // cut
            case 2 -> {
                Talk.send(client, reply); // closed after the reply, when the connection is idle
            }
            case 3 -> {
                Talk.send(client, reply.substring(0, 4)); // in two pieces
                Thread.sleep(1);
                Talk.send(client, reply.substring(4));
                return true;
            }
            case 4 -> {
                Thread.sleep(LIMIT_MILLIS + 50); // late: the pool must not take it for the next reply
                Talk.send(client, reply);
                return true;
            }
            default -> {
                Talk.send(client, reply + "a reply to no request\n");
                return true;
            }
        }
        return false;
    }

    @Test
    void noReplyIsWrongAlthoughTheServerResetsCutsAndDelays() throws Exception {
        try (ServerSocket listener = Peer.listener("127.0.0.1", 0)) {
            listener.setSoTimeout(0);
            serve(listener);
            String port = Integer.toString(listener.getLocalPort());
            try (ExampleProcess pool = ExampleProcess.startWith(
                    List.of("--enable-native-access=ALL-UNNAMED", "-DlimitMillis=" + LIMIT_MILLIS),
                    "ClientPool",
                    port,
                    "127.0.0.1",
                    "10000")) {
                String result = pool.nextLine();
                assertTrue(result.matches("10000 right, 0 wrong, \\d+ connections"), result);
                assertEquals(0, pool.exitStatus());
                assertEquals(List.of(), pool.otherErrors());
            }
            assertTrue(faults.get() >= 100, () -> faults + " faults");
            Waits.until("all connections are closed", () -> open.get() == 0);
        }
    }

    @Test
    void aServerThatRefusesFailsEachRequestAfterItsTries() throws Exception {
        String port = Integer.toString(Peer.deadPort());
        try (ExampleProcess pool = ExampleProcess.start("ClientPool", port, "127.0.0.1", "10")) {
            assertEquals("0 right, 0 wrong, 100 connections", pool.nextLine());
            assertEquals(0, pool.exitStatus());
        }
    }
}
