package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One socket, connected again and again. */
@ConnectionTest
class SocketReconnectTest {

    private static final int TIMES = 50;

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    @ParameterizedTest
    @EnumSource
    @Covers("node:test-net-reconnect")
    void onItsCloseItCanConnectAsOftenAsItLikes(Place place, Loop loop) {
        Server server = Net.createServer(
                loop,
                socket -> socket.onClose(hadError -> journal.add("accepted close " + hadError))
                        .resume()
                        .end("hello"));
        server.listen(place.in(folder), null);
        ConnectOptions where = place.connectTo(server);
        Socket client = new Socket(loop);
        SocketEvents.into(journal, "", client);
        int[] left = {TIMES};
        client.onEnd(client::end);
        client.onClose(hadError -> {
            assertEquals(5, client.bytesRead());
            assertEquals(0, client.bytesWritten());
            if (--left[0] >= 0) {
                client.connect(where);
            } else {
                server.close();
            }
        });
        client.connect(where);
        loop.run();
        for (String once :
                new String[] {"connect", "data hello", "end", "finish", "close false", "accepted close false"}) {
            assertEquals(TIMES + 1, journal.count(once), once);
        }
    }

    @Test
    @Covers("node:test-net-reconnect-error")
    void aSocketCanConnectAgainAfterARefusal(Loop loop) {
        int port = Peer.deadPort();
        Socket client = new Socket(loop);
        int[] left = {20};
        client.onError(error -> journal.add(error.code() + " " + client.isConnecting()));
        client.onClose(hadError -> {
            journal.add("close " + hadError);
            if (--left[0] >= 0) {
                client.connect(port, Local.HOST);
            }
        });
        client.connect(port, Local.HOST);
        loop.run();
        assertEquals(21, journal.count("ECONNREFUSED false"));
        assertEquals(21, journal.count("close true"));
    }

    @Test
    @Covers("node:test-net-socket-local-address")
    void eachTimeItHasAnAddressOfItsOwn(Loop loop) {
        int[] left = {2};
        int[] from = new int[2];
        Server server = Net.createServer(loop, socket -> {
            from[0] = socket.remoteAddress().port();
            socket.resume().end();
        });
        int port = server.listen(0, Local.HOST).address().port();
        Socket client = new Socket(loop);
        client.onConnect(() -> from[1] = client.localAddress().port()).resume();
        client.onClose(hadError -> {
            assertEquals(from[0], from[1]);
            assertNull(client.localAddress());
            journal.add("close");
            if (--left[0] >= 0) {
                client.connect(port, Local.HOST);
            } else {
                server.close();
            }
        });
        client.connect(port, Local.HOST);
        loop.run();
        journal.expect("close", "close", "close");
    }

    @Test
    void aSocketCanConnectAgainLongAfterItsClose(Loop loop) {
        int port = Local.times(
                2, loop, ServerOptions.defaults(), socket -> socket.resume().end("x"));
        Socket client = Net.connect(loop, port, Local.HOST);
        SocketEvents.into(journal, "", client);
        client.onClose(hadError -> {
            if (journal.count("connect") == 1) {
                Timer.after(loop, 5, () -> client.connect(port, Local.HOST));
            }
        });
        loop.run();
        journal.expect(
                "connect",
                "data x",
                "end",
                "finish",
                "close false",
                "connect",
                "data x",
                "end",
                "finish",
                "close false");
    }

    @Test
    void optionsAreSetAgainAtAReconnect(Loop loop) {
        int port = Local.times(
                2, loop, ServerOptions.defaults(), socket -> socket.resume().end());
        Socket client = new Socket(loop);
        client.setNoDelay().setKeepAlive(true, 5000).setTypeOfService(0x10);
        client.onConnect(() -> journal.add(client.get(SocketOption.TCP_NODELAY) + " "
                + client.get(SocketOption.KEEP_ALIVE).idle().toSeconds() + " " + client.getTypeOfService()));
        client.resume().onClose(hadError -> {
            if (journal.count("true 5 16") == 1) {
                client.connect(port, Local.HOST);
            }
        });
        client.connect(port, Local.HOST);
        loop.run();
        journal.expect("true 5 16", "true 5 16");
    }

    @Test
    void aCallbackOfConnectIsCalledForThatConnectOnly(Loop loop) {
        int port = Local.times(
                2, loop, ServerOptions.defaults(), socket -> socket.resume().end());
        Socket client = new Socket(loop).resume();
        client.onConnect(journal.note("always"));
        client.onClose(hadError -> {
            if (journal.count("second") == 0) {
                client.connect(port, Local.HOST, journal.note("second"));
            }
        });
        client.connect(port, Local.HOST, journal.note("first"));
        loop.run();
        journal.expect("always", "first", "always", "second");
    }

    @Test
    void theCallbackOfAFailedConnectIsNotCalledForTheNext(Loop loop) {
        int port = Local.once(loop, socket -> socket.resume().end());
        Socket client = new Socket(loop).resume();
        client.onError(error -> journal.add(error.code()));
        client.onClose(hadError -> {
            if (journal.count("ECONNREFUSED") == 0) {
                client.connect(Peer.deadPort(), Local.HOST, journal.note("never"));
            } else if (journal.count("third") == 0) {
                client.connect(port, Local.HOST, journal.note("third"));
            }
        });
        client.connect("x".repeat(200), journal.note("never"));
        loop.run();
        journal.expect("EINVAL", "ECONNREFUSED", "third");
    }

    @Test
    void anErrorOfThePastIsForgotten(Loop loop) {
        int port = Local.once(loop, socket -> socket.resume().end());
        Socket client = new Socket(loop).resume();
        client.onError(error -> journal.add(error.code()));
        client.onClose(hadError -> {
            journal.add("close " + hadError);
            if (hadError) {
                client.connect(port, Local.HOST);
                assertNull(client.errored());
                assertFalse(client.isDestroyed());
                assertTrue(client.isWritable());
                client.write(Talk.buffer("x"), error -> journal.add("written " + error));
            }
        });
        client.destroy(new ChagresException("EX", "x"));
        loop.run();
        journal.expect("EX", "close true", "written null", "close false");
    }

    @Test
    void anAcceptedSocketCanGoOnAsAClient(Loop loop) {
        try (Peer<String> other = Peer.server(Talk::allText)) {
            Server server = Net.createServer(
                    loop,
                    socket -> socket.resume().onClose(hadError -> {
                        if (socket.server() != null) {
                            socket.connect(other.port(), Local.HOST, () -> socket.end("from " + socket.server()));
                        }
                    }));
            server.onConnection(socket -> server.close());
            Net.connect(loop, server.listen(0, Local.HOST).address().port(), Local.HOST)
                    .resume()
                    .end();
            loop.run();
            assertEquals("from null", other.result());
        }
    }

    // ---- not before the close

    @Test
    void aSecondConnectIsRefusedUntilTheClose(Loop loop) {
        int port = Local.once(loop, socket -> socket.resume().end());
        Socket client = new Socket(loop).resume();
        client.connect(port, Local.HOST, () -> {
            assertEquals("EISCONN", connectError(client, port));
            client.destroy();
            assertEquals("ERR_STREAM_DESTROYED", connectError(client, port));
        });
        assertEquals("EALREADY", connectError(client, port));
        client.onClose(hadError -> journal.add("close"));
        loop.run();
        journal.expect("close");
    }

    private static String connectError(Socket client, int port) {
        return assertThrows(UsageException.class, () -> client.connect(port, Local.HOST))
                .code();
    }
}
