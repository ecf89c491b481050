package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** RST, sent and received. */
@ConnectionTest
class SocketResetTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("S31")
    void thePeersResetIsOneErrorAndTheClose(Loop loop) {
        SystemException[] seen = new SystemException[1];
        Gate accepted = new Gate();
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            socket.onError(error -> seen[0] = (SystemException) error);
            accepted.open();
        });
        try (Peer<Void> client = Peer.client(port, socket -> {
            accepted.await();
            Talk.reset(socket);
            return null;
        })) {
            loop.run();
        }
        journal.expect("error read ECONNRESET", "close true");
        assertEquals("ECONNRESET", seen[0].code());
        assertEquals(Errno.ECONNRESET, seen[0].errno());
        assertEquals("read", seen[0].syscall());
    }

    @Test
    @Covers({
        "node:test-net-connect-reset-until-connected",
        "node:test-net-socket-reset-send",
        "node:test-net-connect-reset-after-destroy"
    })
    void resetAndDestroyResetsThePeer(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            assertSame(socket, socket.resetAndDestroy());
            assertSame(socket, socket.destroy());
            socket.write(Talk.buffer("late"), error -> journal.add(error.code()));
        });
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
            assertEquals("reset", client.result());
        }
        journal.expect("ERR_STREAM_DESTROYED", "close false");
    }

    @Test
    void resetAndDestroyResetsThePeerAlsoWithUnsentDataAndAPendingEnd(Loop loop) {
        Gate reset = new Gate();
        int port = Local.once(loop, socket -> {
            SocketEvents.withoutData(journal, "", socket);
            socket.write(ByteBuffer.allocate(32 << 20));
            socket.end();
            socket.resetAndDestroy();
            reset.open();
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            reset.await();
            return Talk.ending(socket);
        })) {
            loop.run();
            assertEquals("reset", client.result());
        }
        journal.expect("close false");
    }

    @Test
    void resetAndDestroyResetsThePeerInTheTickOfAnEmptyEnd(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.withoutData(journal, "", socket);
            socket.end();
            socket.resetAndDestroy();
        });
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
            assertEquals("reset", client.result());
        }
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-net-socket-reset-twice")
    void withoutAConnectionThereIsNothingToReset(Loop loop) {
        Socket client = Local.connect(loop, Peer.deadPort());
        client.onError(error -> {
            client.resetAndDestroy();
            journal.add(error.code());
        });
        client.onClose(hadError -> {
            client.resetAndDestroy();
            journal.add("close " + hadError);
        });
        loop.run();
        journal.expect("ECONNREFUSED", "close true");
    }

    @Test
    void whatTheResetOvertookIsLostAndWhatCameBeforeItWasRead(Loop loop) {
        Gate read = new Gate();
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            socket.onData(chunk -> read.open());
        });
        try (Peer<Void> client = Peer.client(port, socket -> {
            Talk.send(socket, "hello");
            read.await();
            Talk.reset(socket);
            return null;
        })) {
            loop.run();
        }
        journal.expect("data hello", "error read ECONNRESET", "close true");
    }

    /** The socket is not read, so only a write finds the reset. */
    @Test
    void aSocketThatDoesNotReadFindsAResetByWriting(Loop loop) {
        Gate reset = new Gate();
        int port = Local.once(loop, ServerOptions.defaults().pauseOnConnect(true), socket -> {
            SocketEvents.withoutData(journal, "", socket);
            try {
                reset.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            socket.end("is anybody there");
        });
        try (Peer<Void> client = Peer.client(port, socket -> {
            Talk.reset(socket);
            reset.open();
            return null;
        })) {
            loop.run();
        }
        assertEquals(1, journal.count("close true"));
        assertTrue(journal.count("error write ECONNRESET") + journal.count("error write EPIPE") == 1);
    }

    @Test
    void aResetWhileConnectingIsSentOnceConnected(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket client = Local.connect(loop, server.port());
            SocketEvents.into(journal, "", client);
            client.onReady(journal.note("ready"));
            client.write(Talk.buffer("x"), error -> journal.add("write " + error.code()));
            assertSame(client, client.resetAndDestroy());
            assertTrue(client.isConnecting());
            loop.run();
            assertEquals("reset", server.result());
        }
        journal.expect("connect", "write ERR_SOCKET_CLOSED_BEFORE_CONNECTION", "close false");
    }
}
