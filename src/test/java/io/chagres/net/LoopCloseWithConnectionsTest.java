package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A loop that is closed with all sorts of things open on it ends them: without an error, each close once and last. */
@ConnectionTest
class LoopCloseWithConnectionsTest {

    private final Journal journal = new Journal();

    @Test
    void theCloseOfTheLoopEmitsTheCloseOfAServer(Loop loop) {
        Server server = Net.createServer(loop, socket -> {});
        server.onClose(journal.note("close"));
        server.listen(0, Local.HOST, journal.note("listening"));
        loop.close();
        assertFalse(server.isListening());
        assertNull(server.address());
        assertEquals(1, journal.count("close"));
    }

    @Test
    void aServerThatLooksUpItsHostNeverListens(Loop loop) {
        Server server = Net.createServer(loop, socket -> {});
        server.onError(error -> journal.add("error"));
        server.listen(0, "localhost", journal.note("listening"));
        loop.close();
        journal.expect();
    }

    @Test
    void theCloseOfTheLoopEmitsTheCloseOfAnIdleSocketAndThePeerReadsTheEnd(Loop loop) {
        endWith(loop, socket -> {}, "end");
        journal.expect("close false");
    }

    @Test
    void theCloseOfTheLoopCallsAPendingWriteBeforeTheClose(Loop loop) {
        endWith(
                loop,
                socket -> {
                    socket.write(ByteBuffer.allocate(32 << 20), error -> journal.add("written"));
                    socket.write(Talk.buffer("x"), error -> journal.add("waiting"));
                },
                null);
        journal.expect("written", "waiting", "close false");
    }

    @Test
    void theCloseOfTheLoopCallsAPendingEndBeforeTheClose(Loop loop) {
        endWith(
                loop,
                socket -> {
                    socket.write(ByteBuffer.allocate(32 << 20));
                    socket.end(error -> journal.add("end"));
                },
                null);
        journal.expect("end", "close false");
    }

    @Test
    void aSocketWithATimeoutLeavesNoTimer(Loop loop) {
        endWith(loop, socket -> socket.setTimeout(1000).onTimeout(journal.note("timeout")), "end");
        journal.expect("close false");
    }

    @Test
    void theCloseOfTheLoopEmitsTheCloseOfAClientDuringItsLookup(Loop loop) {
        SocketEvents.into(journal, "", Net.connect(loop, 9, "localhost"));
        loop.close();
        journal.expect("close false");
    }

    @Test
    void theCloseOfTheLoopEmitsTheCloseOfAClientBeforeItsFirstAttempt(Loop loop) {
        SocketEvents.into(journal, "", Net.connect(loop, 9, Local.HOST));
        loop.close();
        assertEquals(1, journal.count("close false") + journal.count("close true"));
    }

    @Test
    void theCloseOfTheLoopEmitsTheCloseOfAConnectingClient(Loop loop) throws Exception {
        try (FullBacklog silent = new FullBacklog()) {
            Socket client = Net.connect(loop, silent.port(), silent.host());
            SocketEvents.into(journal, "", client);
            client.write(Talk.buffer("x"), error -> journal.add("write " + error.code()));
            loop.run(RunMode.NOWAIT);
            assertTrue(client.isConnecting());
            loop.close();
        }
        journal.expect("write ERR_SOCKET_CLOSED_BEFORE_CONNECTION", "close false");
    }

    @Test
    void whatACloseListenerBeginsIsRefusedAndHarmsNothing(Loop loop) {
        endWith(
                loop,
                socket -> socket.onClose(hadError -> {
                    try {
                        Net.connect(loop, 9, Local.HOST);
                        journal.add("connecting");
                    } catch (UsageException refused) {
                        journal.add(refused.code());
                    }
                }),
                "end");
        assertEquals(1, journal.count("close false"));
    }

    private void endWith(Loop loop, Consumer<Socket> doing, String ending) {
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            doing.accept(socket);
            loop.stop();
        });
        Gate closed = new Gate();
        try (Peer<String> client = Peer.client(port, socket -> {
            closed.await(); // until then it reads nothing, so that no large write can be through
            return Talk.ending(socket);
        })) {
            loop.run();
            loop.close();
            closed.open();
            if (ending != null) {
                assertEquals(ending, client.result());
            }
        }
    }
}
