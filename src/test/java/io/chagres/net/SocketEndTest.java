package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

@ConnectionTest
class SocketEndTest {

    private final Journal journal = new Journal();

    @Test
    @Covers({"S49", "S50", "node:test-net-socket-end-callback"})
    void everyFormOfEndCallsBackBeforeTheFinish(Loop loop) {
        for (int form = 0; form < 4; form++) {
            int chosen = form;
            try (Peer<String> server = Peer.server(Talk::allText)) {
                Socket client = Local.connect(loop, server.port());
                client.onConnect(() -> end(client, chosen));
                client.onFinish(journal.note("finish"));
                client.resume();
                loop.run();
                assertEquals(form % 2 == 0 ? "" : "data", server.result());
            }
            journal.expect(form < 2 ? new String[] {"finish"} : new String[] {"callback null", "finish"});
        }
    }

    private void end(Socket client, int form) {
        ByteBuffer last = form % 2 == 0 ? null : Talk.buffer("data");
        if (form < 2) {
            client.end(last);
        } else {
            client.end(last, error -> journal.add("callback " + error));
        }
    }

    @Test
    @Covers({"S54", "S55"})
    void theFinishComesOnlyWhenThePeerCouldHaveReadTheEnd(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> {
            String got = Talk.allText(socket);
            Talk.send(socket, "after your end");
            return got;
        })) {
            Socket client = Local.connect(loop, server.port());
            SocketEvents.into(journal, "", client);
            client.end("mine");
            loop.run();
            assertEquals("mine", server.result());
        }
        journal.expect("connect", "finish", "data after your end", "end", "close false");
    }

    @Test
    void aSecondEndIsANoOpAndCallsBack(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, server.port());
            client.end(error -> journal.add("first " + error));
            client.end(error -> journal.add("second " + error));
            client.end();
            client.onFinish(() -> client.end(error -> journal.add("late " + error.code())));
            client.resume();
            loop.run();
        }
        journal.expect("first null", "second null", "late ERR_STREAM_ALREADY_FINISHED");
    }

    @Test
    void aWriteAfterItsOwnEndFailsAndDestroys(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket client = Local.connect(loop, server.port());
            SocketEvents.into(journal, "", client);
            client.onConnect(() -> {
                client.end();
                assertFalse(client.isWritable());
                assertFalse(client.write(Talk.buffer("late"), error -> journal.add("write " + error.code())));
                journal.add("refused");
            });
            loop.run();
        }
        journal.expect("connect", "refused", "write ERR_STREAM_WRITE_AFTER_END", "error write after end", "close true");
    }

    @Test
    void anEndWithDataAfterItsOwnEndFailsLikeAWrite(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket client = Local.connect(loop, server.port());
            SocketEvents.into(journal, "", client);
            client.onConnect(() -> {
                client.end();
                client.end(Talk.buffer("late"), error -> journal.add("end " + error.code()));
            });
            loop.run();
        }
        journal.expect("connect", "error write after end", "end ERR_STREAM_WRITE_AFTER_END", "close true");
    }

    @Test
    @Covers({"S35", "S107", "node:test-socket-write-after-fin-error"})
    void aTickAfterThePeersEndAWriteFailsWithEpipe(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            socket.onEnd(() -> loop.nextTick(() -> loop.nextTick(() -> {
                assertFalse(socket.write(Talk.buffer("late"), error -> journal.add("write " + error.getMessage())));
                assertTrue(socket.isDestroyed());
                assertEquals("EPIPE", socket.errored().code());
            })));
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hi"))) {
            loop.run();
            assertEquals("", client.result());
        }
        journal.expect(
                "data hi",
                "end",
                "write This socket has been ended by the other party",
                "error This socket has been ended by the other party",
                "close true");
    }

    @Test
    @Covers("node:test-net-write-after-end-nt")
    void endedByBothAWriteInTheEndListenerFailsWithEpipeAndTheErrorComesLater(Loop loop) {
        Gate ended = new Gate();
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            socket.onEnd(() -> {
                assertFalse(socket.write(Talk.buffer("late"), error -> journal.add("write " + error.code())));
                journal.add("in end");
            });
            socket.onFinish(ended::open);
            socket.end();
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            ended.await();
            return Talk.ask(socket, "");
        })) {
            loop.run();
        }
        journal.expect(
                "finish",
                "end",
                "in end",
                "write EPIPE",
                "error This socket has been ended by the other party",
                "close true");
    }

    @Test
    @Covers({"S8", "S105", "node:test-net-end-destroyed", "node:test-net-allow-half-open"})
    void byDefaultItEndsItselfATickAfterThePeer(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            socket.onEnd(() -> {
                assertFalse(socket.isDestroyed());
                assertFalse(socket.isWritableEnded());
                loop.nextTick(() -> assertFalse(socket.isWritableEnded()));
                loop.nextTick(() -> loop.nextTick(() -> assertTrue(socket.isWritableEnded())));
            });
            socket.onFinish(() -> assertFalse(socket.isDestroyed()));
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hi"))) {
            loop.run();
        }
        journal.expect("data hi", "end", "finish", "close false");
    }

    @Test
    @Covers({"S106", "node:test-net-connect-options-allowhalfopen", "node:test-socket-write-after-fin", "S33"})
    void halfOpenItWritesAsLongAsItLikes(Loop loop) {
        int port = Local.once(loop, ServerOptions.defaults().allowHalfOpen(true), socket -> {
            SocketEvents.into(journal, "", socket);
            socket.onEnd(() -> laterAndLater(loop, 50, () -> {
                assertFalse(socket.isReadable());
                assertTrue(socket.isWritable());
                socket.write("still ");
                socket.end("here");
            }));
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hi"))) {
            loop.run();
            assertEquals("still here", client.result());
        }
        journal.expect("data hi", "end", "finish", "close false");
    }

    private static void laterAndLater(Loop loop, int ticks, Runnable then) {
        loop.nextTick(ticks == 0 ? then : () -> laterAndLater(loop, ticks - 1, then));
    }

    @Test
    @Covers({"S106", "node:test-net-connect-options-allowhalfopen"})
    void aHalfOpenClientEndsByItselfOnly(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> {
            socket.shutdownOutput();
            return Talk.allText(socket);
        })) {
            SocketOptions options = SocketOptions.defaults().allowHalfOpen(true);
            Socket client = Net.connect(loop, options, ConnectOptions.to(Local.HOST, server.port()));
            SocketEvents.into(journal, "", client);
            client.onEnd(() -> loop.execute(() -> client.end("later")));
            loop.run();
            assertEquals("later", server.result());
        }
        journal.expect("connect", "end", "finish", "close false");
    }

    @Test
    @Covers({"S53", "node:test-net-end-without-connect"})
    void destroySoonFlushesWhatWasWrittenFirst(Loop loop) {
        byte[] noise = Talk.noise(6, 8 << 20);
        Gate reading = new Gate();
        int port = Local.once(loop, socket -> {
            SocketEvents.withoutData(journal, "", socket);
            socket.write(noise);
            socket.destroySoon();
            assertFalse(socket.isDestroyed());
            reading.open();
        });
        try (Peer<Integer> client = Peer.client(port, socket -> {
            reading.await();
            return Talk.all(socket).length;
        })) {
            loop.run();
            assertEquals(8 << 20, client.result());
        }
        journal.expect("finish", "close false");
    }

    @Test
    @Covers("S108")
    void destroySoonOfAFinishedSocketDestroysNow(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.onFinish(() -> {
                socket.destroySoon();
                assertTrue(socket.isDestroyed());
                journal.add("finish");
            });
            socket.end();
        });
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("finish");
    }

    @Test
    void endAfterDestroyFailsInItsCallback(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.destroy(new ChagresException("EX", "x"));
            socket.onError(error -> journal.add(error.code()));
            socket.end(error -> journal.add("end " + error.code()));
        });
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("EX", "end ERR_STREAM_DESTROYED");
    }
}
