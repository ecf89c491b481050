package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a listener throws goes to the loop's uncaught handler, and costs neither the connection nor other callbacks. */
@ConnectionTest
class SocketListenerFailsTest {

    private final Journal journal = new Journal();

    @Test
    void withoutAHandlerRunThrowsTheExceptionOfAListenerAndCanBeCalledAgain(Loop loop) {
        IllegalStateException mistake = new IllegalStateException("mistake");
        int port = Local.once(loop, socket -> {
            socket.onData(chunk -> {
                throw mistake;
            });
            socket.onClose(hadError -> journal.add("close " + hadError));
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hello"))) {
            assertSame(mistake, assertThrows(IllegalStateException.class, loop::run));
            loop.run();
        }
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-net-server-capture-rejection")
    void aConnectionListenerThatThrowsDestroysTheSocketAndTheServerContinues(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        int[] arrived = {0};
        Server server = Net.createServer(loop, socket -> SocketEvents.into(journal, ++arrived[0] + " ", socket));
        server.onConnection(socket -> {
            if (arrived[0] == 1) {
                throw new IllegalStateException("connection");
            }
        });
        server.onConnection(socket -> server.close());
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> first = Peer.client(port, socket -> {
            assertEquals("end", Talk.ending(socket));
            try (java.net.Socket second = new java.net.Socket(Local.HOST, port)) {
                return Talk.ask(second, "hello");
            }
        })) {
            loop.run();
        }
        journal.expect("uncaught connection", "1 close false", "2 data hello", "2 end", "2 finish", "2 close false");
    }

    @Test
    void aDataListenerThatThrowsDoesNotPreventOtherEvents(Loop loop) {
        echo(
                loop,
                socket -> socket.onData(chunk -> {
                    throw new IllegalStateException("data");
                }));
        journal.expect("data hello", "uncaught data", "end", "finish", "close false");
    }

    @Test
    void anEndListenerThatThrowsDoesNotPreventTheEndOfTheSocket(Loop loop) {
        echo(
                loop,
                socket -> socket.onEnd(() -> {
                    throw new IllegalStateException("end");
                }));
        journal.expect("data hello", "end", "uncaught end", "finish", "close false");
    }

    @Test
    void aFinishListenerThatThrowsDoesNotPreventTheClose(Loop loop) {
        echo(
                loop,
                socket -> socket.onFinish(() -> {
                    throw new IllegalStateException("finish");
                }));
        journal.expect("data hello", "end", "finish", "uncaught finish", "close false");
    }

    @Test
    void aCloseListenerThatThrowsLosesNoOtherEvent(Loop loop) {
        echo(
                loop,
                socket -> socket.onClose(hadError -> {
                    throw new IllegalStateException("close");
                }));
        journal.expect("data hello", "end", "finish", "close false", "uncaught close");
    }

    @Test
    void aWriteCallbackThatThrowsDoesNotPreventTheOthers(Loop loop) {
        echo(loop, socket -> {
            socket.cork();
            for (String name : new String[] {"a", "b", "c"}) {
                socket.write(Talk.buffer(name), error -> {
                    journal.add("written " + name);
                    throw new IllegalStateException(name);
                });
            }
            socket.uncork();
        });
        assertEquals(1, journal.count("written a"));
        assertEquals(1, journal.count("written b"));
        assertEquals(1, journal.count("written c"));
        assertEquals(1, journal.count("uncaught c"));
        assertEquals(1, journal.count("close false"));
    }

    @Test
    void theCallbackOfACancelledWriteThatThrowsDoesNotPreventTheOthers(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        Socket client = Local.connect(loop, Peer.deadPort());
        client.onError(error -> journal.add("error"));
        for (String name : new String[] {"a", "b", "c"}) {
            client.write(Talk.buffer(name), error -> {
                throw new IllegalStateException(name);
            });
        }
        client.end(error -> journal.add("end"));
        loop.run();
        assertEquals(1, journal.count("uncaught a"));
        assertEquals(1, journal.count("uncaught b"));
        assertEquals(1, journal.count("uncaught c"));
        assertEquals(1, journal.count("end"));
    }

    @Test
    void aConnectListenerThatThrowsDoesNotPreventTheWaitingWrites(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "reply"))) {
            Socket client = Local.connect(loop, server.port());
            client.onConnect(() -> {
                throw new IllegalStateException("connect");
            });
            client.onData(chunk -> journal.add("data " + Talk.text(chunk)));
            client.end("written before");
            loop.run();
            assertEquals("written before", server.result());
        }
        journal.expect("uncaught connect", "data reply");
    }

    @Test
    void anErrorListenerThatThrowsDoesNotPreventTheClose(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        Socket client = Local.connect(loop, Peer.deadPort());
        client.onError(error -> {
            throw new IllegalStateException("error");
        });
        client.onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        journal.expect("uncaught error", "close true");
    }

    @Test
    void aListeningListenerThatThrowsDoesNotStopTheServer(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        Server server = Net.createServer(loop, socket -> {});
        server.listen(0, Local.HOST, () -> {
            server.close();
            throw new IllegalStateException("listening");
        });
        server.onClose(journal.note("close"));
        loop.run();
        journal.expect("uncaught listening", "close");
    }

    /** All of it buffered and resumed at once: what the first listener throws keeps no later chunk back. */
    @Test
    void aDataListenerThatThrowsHoldsNoLaterChunkBack(Loop loop) {
        loop.setUncaughtHandler(thrown -> {});
        int[] got = {0};
        int port = Local.once(
                loop,
                socket -> socket.onData(chunk -> {
                    got[0] += chunk.remaining();
                    throw new IllegalStateException("data");
                }));
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, new byte[4 << 20]);
            socket.shutdownOutput();
            return Talk.allText(socket);
        })) {
            loop.run();
        }
        assertEquals(4 << 20, got[0]);
    }

    private void echo(Loop loop, Consumer<Socket> mistake) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            mistake.accept(socket);
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hello"))) {
            loop.run();
        }
    }
}
