package io.chagres.socket;

import static io.chagres.fixture.PipePair.assertCode;
import static io.chagres.fixture.PipePair.failing;
import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.handle.Check;
import io.chagres.handle.Prepare;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connects of pipes: failures, cancellation, backlog and names. */
@ConnectionTest
class PipeConnectTest {

    private static final int CLIENTS = 10;

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();
    private Path path;
    private Pipe client;

    @BeforeEach
    void make(Loop loop) {
        path = folder.resolve("socket");
        client = new Pipe(loop);
    }

    @Test
    @Covers("libuv:pipe_connect_bad_name")
    void connectToAPathThatDoesNotExistFailsInTheCallback(Loop loop) {
        client.connect(path.toString(), error -> {
            journal.add(error.getMessage());
            client.close(journal.note("close"));
        });
        assertTrue(client.isConnecting());
        journal.expect();
        loop.run();
        journal.expect("connect ENOENT", "close");
    }

    @Test
    @Covers("libuv:pipe_connect_to_file")
    void connectToAFileThatIsNoSocketIsRefused(Loop loop) throws Exception {
        Files.createFile(path);
        client.connect(path.toString(), failing("ECONNREFUSED", client::close));
        loop.run();
    }

    @Test
    void connectToASocketFileWithoutAListenerIsRefused(Loop loop) throws Exception {
        UnixPeer.listener(path, 0).close();
        assertTrue(Files.exists(path));
        client.connect(path.toString(), failing("ECONNREFUSED", client::close));
        loop.run();
    }

    @Test
    @Covers("libuv:pipe_connect_on_prepare")
    void aConnectThatFailsRightBeforePollingCompletesInTheSameIteration(Loop loop) {
        Prepare prepare = new Prepare(loop);
        Check check = new Check(loop);
        check.start(journal.note("check"));
        prepare.start(() -> {
            prepare.close();
            client.connect(path.toString(), failing("ENOENT", () -> {
                journal.add("connect");
                client.close();
                check.close();
            }));
        });
        loop.run();
        journal.expect("connect");
    }

    @Test
    @Covers("libuv:pipe_server_close")
    void clientAndServerMayCloseInTheConnectCallback(Loop loop) {
        Pipe server = PipePair.listening(loop, path, _ -> {});
        client.connect(path.toString(), error -> {
            journal.add("connect " + error);
            client.close(journal.note("client closed"));
            server.close(journal.note("server closed"));
        });
        loop.run();
        assertEquals(1, journal.count("connect null"));
        assertEquals(1, journal.count("client closed"));
        assertEquals(1, journal.count("server closed"));
    }

    @Test
    @Covers("libuv:pipe_connect_multiple")
    void manyClientsAreAccepted(Loop loop) {
        Pipe[] server = new Pipe[1];
        server[0] = PipePair.listening(loop, path, _ -> {
            PipePair.accept(server[0]).close();
            journal.add("accepted");
            closeAfterAll(server[0], "connected");
        });
        for (int i = 0; i < CLIENTS; i++) {
            Pipe one = i == 0 ? client : new Pipe(loop);
            one.connect(path.toString(), error -> {
                ok().onComplete(error);
                one.close();
                journal.add("connected");
                closeAfterAll(server[0], "connected");
            });
        }
        loop.run();
        assertEquals(CLIENTS, journal.count("accepted"));
        assertEquals(CLIENTS, journal.count("connected"));
    }

    @Test
    @Covers("libuv:pipe_connect_close_multiple")
    void clientsClosedAtOnceAreCancelledAndTheServerStillAcceptsThem(Loop loop) {
        Pipe[] server = new Pipe[1];
        server[0] = PipePair.listening(loop, path, _ -> {
            PipePair.accept(server[0]).close();
            journal.add("accepted");
            closeAfterAll(server[0], "cancelled");
        });
        for (int i = 0; i < CLIENTS; i++) {
            Pipe one = i == 0 ? client : new Pipe(loop);
            one.connect(path.toString(), failing("ECANCELED", () -> {
                journal.add("cancelled");
                closeAfterAll(server[0], "cancelled");
            }));
            one.close();
        }
        loop.run();
        assertEquals(CLIENTS, journal.count("accepted"));
        assertEquals(CLIENTS, journal.count("cancelled"));
    }

    private void closeAfterAll(Pipe server, String clientEvent) {
        if (journal.count("accepted") == CLIENTS && journal.count(clientEvent) == CLIENTS) {
            server.close();
        }
    }

    @Test
    void connectToAFullBacklogFailsWithEagainAndSucceedsOnceThereIsRoom(Loop loop) throws Exception {
        try (ServerSocketChannel full = UnixPeer.listener(path, 1)) {
            Pipe[] others = {new Pipe(loop), new Pipe(loop)};
            for (Pipe other : others) {
                other.connect(path.toString(), ok());
            }
            client.connect(path.toString(), failing("EAGAIN", journal.note("full")));
            loop.run();
            full.accept().close();
            client.connect(path.toString(), error -> journal.add("connected " + error));
            loop.run();
            others[0].close();
            others[1].close();
        }
        client.close();
        loop.run();
        journal.expect("full", "connected null");
    }

    @Test
    void aPipeMayConnectAgainAfterAFailedConnect(Loop loop) {
        client.connect(path.toString(), failing("ENOENT", () -> {
            journal.add("failed");
            UnixPeer<String> server = UnixPeer.server(path, UnixPeer::allText);
            client.connect(path.toString(), ok());
            client.write(Talk.buffer("queued"), error -> {
                client.close();
                journal.add(server.result());
            });
        }));
        loop.run();
        journal.expect("failed", "queued");
    }

    @Test
    void writesMadeDuringAFailedConnectAreCancelled(Loop loop) {
        client.connect(path.toString(), error -> journal.add("connect " + error.code()));
        assertTrue(client.isWritable());
        client.write(Talk.buffer("lost"), failing("ECANCELED", journal.note("write")));
        loop.run();
        journal.expect("connect ENOENT", "write");
        client.close();
        loop.run();
    }

    @Test
    void aPipeThatIsConnectedConnectingOrListeningCannotConnect(Loop loop) {
        Pipe server = PipePair.listening(loop, path, _ -> {});
        assertCode("EINVAL", () -> server.connect(path.toString(), ok()));
        client.connect(path.toString(), ok());
        assertCode("EALREADY", () -> client.connect(path.toString(), ok()));
        while (client.isConnecting()) {
            loop.run(RunMode.ONCE);
        }
        assertCode("EISCONN", () -> client.connect(path.toString(), ok()));
        assertTrue(client.isWritable(), "the refused connect must change nothing");
        client.close();
        server.close();
        loop.run();
    }

    @Test
    void theServerSeesTheNameOfABoundClient(Loop loop) {
        client.bind(folder.resolve("client").toString());
        Pipe[] server = new Pipe[1];
        server[0] = PipePair.listening(loop, path, _ -> {
            Pipe accepted = PipePair.accept(server[0]);
            journal.add(Path.of(accepted.remoteName()).getFileName().toString());
            accepted.close();
            server[0].close();
        });
        client.connect(path.toString(), error -> PipePair.collect(client));
        loop.run();
        journal.expect("client");
        assertFalse(Files.exists(folder.resolve("client")));
    }
}
