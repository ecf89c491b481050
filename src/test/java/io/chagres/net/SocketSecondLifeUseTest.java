package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.address.HostLookup;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortController;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import io.chagres.stream.Streams;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What users do with a socket that is connected again: each thing works as the first time. */
@ConnectionTest
class SocketSecondLifeUseTest {

    private final Journal journal = new Journal();

    /** Connects {@code client} to a server that treats its connections in turn as {@code peers} say, one after the close of another. */
    private void connectInTurn(Socket client, List<Consumer<Socket>> peers) {
        List<Consumer<Socket>> left = new ArrayList<>(peers);
        Server server = Net.createServer(client.loop());
        server.onConnection(socket -> {
            socket.onError(error -> {});
            left.removeFirst().accept(socket);
        });
        int port = server.listen(0, Local.HOST).address().port();
        client.onClose(hadError -> {
            if (left.isEmpty()) {
                server.close();
            } else {
                client.connect(port, Local.HOST);
            }
        });
        client.connect(port, Local.HOST);
    }

    private static Consumer<Socket> says(String text) {
        return peer -> peer.resume().end(text);
    }

    /** Whatever its event, and however many there are. */
    @Test
    void allListenersStayAtAReconnect(Loop loop) {
        Socket client = new Socket(loop);
        for (int i = 0; i < 40; i++) {
            client.onLookup((address, family, host, error) -> {})
                    .onConnectionAttempt(remote -> {})
                    .onConnectionAttemptFailed((remote, error) -> {})
                    .onConnectionAttemptTimeout(remote -> {})
                    .onConnect(() -> {})
                    .onReady(() -> {})
                    .onTimeout(() -> {})
                    .onData(chunk -> {})
                    .onEnd(() -> {})
                    .onReadable(() -> {})
                    .onDrain(() -> {})
                    .onFinish(() -> {})
                    .onError(error -> {})
                    .onClose(hadError -> {});
            client.onPrefinish(() -> {})
                    .onPause(() -> {})
                    .onResume(() -> {})
                    .onPipe(source -> {})
                    .onUnpipe(source -> {});
        }
        TreeMap<String, Integer> before = SocketFields.listenersOf(client);
        assertEquals(19, before.size(), before.toString());
        int port = Local.once(loop, says("x"));
        client.onClose(new CloseListener() {
            @Override
            public void onClose(boolean hadError) {
                client.offClose(this);
                client.connect(port, Local.HOST, () -> journal.add("connected"));
                client.onReadable(client::read);
            }
        });
        client.destroy();
        loop.run();
        journal.expect("connected");
        before.merge(".reading.rare.readable", 1, Integer::sum);
        assertEquals(before, SocketFields.listenersOf(client));
    }

    // ---- text

    @Test
    void textListenersHearEachConnection(Loop loop) {
        Socket client = new Socket(loop);
        client.onText(StandardCharsets.UTF_8, text -> journal.add("text " + text));
        connectInTurn(client, List.of(says("first"), says("second"), says("third")));
        loop.run();
        journal.expect("text first", "text second", "text third");
    }

    @Test
    void aCharacterThatTheFirstConnectionHasCutIsNoPartOfTheSecond(Loop loop) {
        Socket client = new Socket(loop);
        client.onText(StandardCharsets.UTF_8, text -> {
            journal.add("text " + text);
            client.destroy();
        });
        connectInTurn(
                client,
                List.of(peer -> peer.resume().write(ByteBuffer.wrap(new byte[] {'a', (byte) 0xC3})), says("b")));
        loop.run();
        journal.expect("text a", "text b");
    }

    // ---- writing

    @Test
    void whatWasNotWrittenDoesNotCountAndIsNotSent(Loop loop) {
        Socket client = new Socket(loop).resume();
        client.onConnect(() -> {
            if (journal.count("destroyed") == 0) {
                client.cork();
                client.write("lost");
                journal.add("destroyed");
                client.destroy();
            } else {
                assertEquals(0, client.writableLength());
                assertEquals(0, client.bytesWritten());
                assertEquals(0, client.writableCorked());
                client.end("sent");
            }
        });
        connectInTurn(client, List.of(Socket::resume, peer -> peer.onData(chunk -> journal.add(Talk.text(chunk)))));
        loop.run();
        journal.expect("destroyed", "sent");
    }

    @Test
    void destroyedSoonAndAtOnceItIsNotDestroyedAgain(Loop loop) {
        Socket client = new Socket(loop);
        SocketEvents.into(journal, "", client);
        client.onConnect(() -> journal.add("written " + client.bytesWritten()));
        connectInTurn(client, List.of(says("x")));
        client.destroySoon();
        client.destroy();
        loop.run();
        journal.expect("close false", "connect", "written 0", "data x", "end", "finish", "close false");
    }

    @Test
    void resetOnceItEndsOrderlyTheNextTime(Loop loop) {
        Socket client = new Socket(loop);
        client.onConnect(() -> {
            if (journal.count("peer read ECONNRESET") == 0) {
                client.resetAndDestroy();
            } else {
                client.destroy();
            }
        });
        Consumer<Socket> peer = socket -> socket.resume()
                .onError(error -> journal.add("peer " + error.getMessage()))
                .onEnd(journal.note("peer end"));
        connectInTurn(client, List.of(peer, peer));
        loop.run();
        journal.expect("peer read ECONNRESET", "peer end");
    }

    // ---- reading

    @Test
    void destroyedWhileItWaitsForBytesItIsReadTheNextTime(Loop loop) {
        Socket client = new Socket(loop);
        SocketEvents.into(journal, "", client);
        boolean[] first = {true};
        client.onConnect(() -> {
            if (first[0]) {
                first[0] = false;
                Timer.after(loop, 5, client::destroy);
            }
        });
        connectInTurn(client, List.of(Socket::resume, says("x")));
        loop.run();
        journal.expect("connect", "close false", "connect", "data x", "end", "finish", "close false");
    }

    @Test
    void aPauseOfTheUserStays(Loop loop) {
        Socket client = new Socket(loop);
        client.onData(chunk -> journal.add("data " + Talk.text(chunk)));
        client.onConnect(() -> {
            if (journal.count("paused") == 0) {
                client.pause();
                journal.add("paused");
                client.destroy();
            } else {
                assertTrue(client.isPaused());
                Timer.after(loop, 5, () -> {
                    journal.add("resumed");
                    client.resume();
                });
            }
        });
        connectInTurn(client, List.of(Socket::resume, says("x")));
        loop.run();
        journal.expect("paused", "resumed", "data x");
    }

    @Test
    void aPauseOfAPipeGoesWithThePipe(Loop loop) {
        Socket client = new Socket(loop);
        boolean[] first = {true};
        client.onConnect(() -> {
            if (first[0]) {
                client.pipe(new Stuck(loop));
            }
        });
        client.onData(chunk -> {
            if (first[0]) {
                first[0] = false;
                loop.execute(client::destroy);
            } else {
                journal.add("data " + Talk.text(chunk));
            }
        });
        connectInTurn(client, List.of(peer -> peer.resume().write("much"), says("x")));
        loop.run();
        journal.expect("data x");
    }

    /** A first socket without data listeners is not read before it has a pipe: neither is a second one. */
    @Test
    void afterAPipeBytesWaitForAReaderAgain(Loop loop) {
        Socket client = new Socket(loop);
        int[] connects = {0};
        client.onConnect(() -> {
            if (++connects[0] == 1) {
                client.pipe(new Stuck(loop));
            } else {
                Timer.after(loop, 20, () -> client.onData(chunk -> journal.add("data " + Talk.text(chunk))));
            }
        });
        connectInTurn(client, List.of(says("for the pipe"), says("for the listener")));
        loop.run();
        journal.expect("data for the listener");
    }

    @Test
    void aSinkOfTheFirstConnectionGetsNothingOfTheSecond(Loop loop) {
        Socket client = new Socket(loop);
        Stuck sink = client.pipe(new Stuck(loop));
        sink.onUnpipe(source -> journal.add("unpiped"));
        sink.onError(error -> journal.add(error.code()));
        int[] connects = {0};
        client.onConnect(() -> {
            if (++connects[0] == 2) {
                client.onData(chunk -> journal.add("data " + Talk.text(chunk)));
            }
        });
        connectInTurn(client, List.of(says("x"), says("y")));
        loop.run();
        assertFalse(sink.isDestroyed());
        journal.expect("unpiped", "data y");
    }

    @Test
    void readAsAnInputStreamOnceItFlowsTheNextTime(Loop loop) {
        Socket client = new Socket(loop);
        int[] connects = {0};
        client.onConnect(() -> {
            if (++connects[0] == 1) {
                client.inputStream();
                client.destroy();
            } else {
                client.onData(chunk -> journal.add("data " + Talk.text(chunk)));
            }
        });
        connectInTurn(client, List.of(Socket::resume, says("x")));
        loop.run();
        journal.expect("data x");
    }

    // ---- what waits for it

    /** The close listener that connects again is called before the one that waits for the end. */
    @Test
    void finishedOfTheFirstConnectionReportsTheFirst(Loop loop) {
        Socket client = new Socket(loop);
        connectInTurn(client.resume(), List.of(says("x"), Socket::destroy));
        Streams.finished(client, error -> journal.add("finished " + error));
        loop.run();
        journal.expect("finished null");
    }

    @Test
    void aPipelineOfTheFirstConnectionLeavesTheSecondAlone(Loop loop) {
        Socket client = new Socket(loop);
        Stuck sink = new Stuck(loop);
        Streams.pipeline(List.of(client, sink), error -> journal.add("pipeline " + error.code()));
        client.onError(error -> {});
        int[] connects = {0};
        client.onConnect(() -> {
            if (++connects[0] == 2) {
                client.resume();
                sink.destroy(new ChagresException("ESINK", "x"));
            }
        });
        client.onEnd(journal.note("end"));
        connectInTurn(client, List.of(says("x"), says("y")));
        loop.run();
        journal.expectInAnyOrder("end", "pipeline ESINK", "end");
    }

    @Test
    void anErrorOfTheSecondConnectionIsNotOneOfTheFirstsPipeline(Loop loop) {
        Socket client = new Socket(loop);
        Stuck sink = new Stuck(loop);
        Streams.pipeline(List.of(client, sink), error -> journal.add("pipeline"));
        int[] connects = {0};
        client.onConnect(() -> {
            if (++connects[0] == 2) {
                client.onError(error -> journal.add(error.code()));
                client.destroy(new ChagresException("ESECOND", "x"));
            }
        });
        connectInTurn(client, List.of(says("x"), Socket::resume));
        loop.run();
        assertFalse(sink.isDestroyed());
        journal.expect("ESECOND");
    }

    // ---- options

    @Test
    void itsSignalAbortsTheSecondConnectionToo(Loop loop) {
        AbortController controller = new AbortController();
        Socket client = new Socket(loop, SocketOptions.defaults().signal(controller.signal()));
        client.onError(error -> journal.add(error.code()));
        int[] connects = {0};
        client.onConnect(() -> {
            if (++connects[0] == 2) {
                controller.abort();
            }
        });
        connectInTurn(client.resume(), List.of(says("x"), Socket::resume, says("y")));
        loop.run();
        journal.expect("ABORT_ERR");
        assertEquals(3, connects[0], "an abort that was reported concerns no later connection");
        assertEquals(0, controller.signal().listeners());
    }

    @Test
    void theAddressesThatTheLastConnectTriedAreNotThoseOfTheOneBefore(Loop loop) {
        Socket client = new Socket(loop).resume();
        Server server = Net.createServer(loop, socket -> socket.resume().end());
        int port = server.listen(0, Local.HOST).address().port();
        int[] closes = {0};
        client.onClose(hadError -> {
            journal.add("tried " + client.autoSelectFamilyAttemptedAddresses().size());
            if (++closes[0] == 1) {
                client.connect(port, Local.HOST);
            } else {
                server.close();
            }
        });
        client.connect(ConnectOptions.to(port)
                .lookup((host, options, answer) ->
                        answer.accept(List.of(HostLookup.Address.of("::1"), HostLookup.Address.of(Local.HOST)), null)));
        loop.run();
        journal.expect("tried 2", "tried 0");
    }

    @Test
    void aGivenDescriptorThatWasReadOnlyDoesNotMakeTheNextConnectionSo(Loop loop) {
        int[] pipe = Pipe.pipe2();
        Socket client = new Socket(loop, SocketOptions.defaults().fd(pipe[0]));
        assertFalse(client.isWritable());
        Pipe other = new Pipe(loop);
        other.open(pipe[1]);
        other.close();
        int port = Local.once(loop, peer -> peer.pipe(peer));
        client.onData(chunk -> {
            journal.add("data " + Talk.text(chunk));
            client.end();
        });
        client.onClose(hadError -> {
            if (journal.count("close") == 0) {
                client.connect(port, Local.HOST, () -> client.write("x"));
            }
            journal.add("close");
        });
        loop.run();
        journal.expect("close", "data x", "close");
    }

    // ---- handles that others close

    @Test
    void theLateCloseOfAGivenHandleDoesNotDestroyTheSecondConnection(Loop loop) {
        Tcp given = new Tcp(loop);
        given.bind(new SocketAddress(Local.HOST, 0));
        Socket client = new Socket(loop, SocketOptions.defaults().handle(given));
        SocketEvents.into(journal, "", client);
        connectInTurn(client, List.of(says("x")));
        client.destroy();
        loop.run();
        journal.expect("close false", "connect", "data x", "end", "finish", "close false");
    }

    @Test
    void theLateCloseOfAHandleWithAPendingWriteDoesNotDestroyTheSecondConnection(Loop loop) {
        Server server = Net.createServer(loop, Socket::pause);
        Server second = Net.createServer(loop, says("x"));
        server.listen(0, Local.HOST);
        second.listen(0, Local.HOST);
        Tcp given = new Tcp(loop);
        Socket client = new Socket(loop, SocketOptions.defaults().handle(given));
        SocketEvents.into(journal, "", client);
        client.connect(server.address().port(), Local.HOST, () -> {
            client.write(ByteBuffer.allocate(16 << 20));
            given.close();
        });
        client.onClose(hadError -> {
            if (journal.count("connect") == 1) {
                client.connect(second.address().port(), Local.HOST);
            } else {
                server.close();
                server.closeAllConnections();
                second.close();
            }
        });
        loop.run();
        journal.expect("connect", "close false", "connect", "data x", "end", "finish", "close false");
    }

    /** A stream that keeps the first write for good, and never has a byte. */
    private static final class Stuck extends Duplex {

        Stuck(Loop loop) {
            super(loop, DuplexOptions.defaults().highWaterMark(1));
        }

        @Override
        protected void doRead() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {}
    }
}
