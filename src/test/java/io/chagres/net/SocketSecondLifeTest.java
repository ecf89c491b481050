package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.address.HostLookup;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A socket that is connected again after a destroy: nothing of the first connection is left in the second. */
@ConnectionTest
class SocketSecondLifeTest {

    private static final int MORE_THAN_THE_KERNEL_TAKES = 32 << 20;

    private final Journal journal = new Journal();

    // ---- reading

    @Test
    void destroyedWhileItWaitsForBytesItReadsTheNextConnection(Loop loop) {
        try (Peer<String> silent = Peer.server(Talk::ending);
                Peer<Void> second = Peer.server(SocketSecondLifeTest::hello)) {
            Socket client = new Socket(loop);
            client.onData(chunk -> journal.add(Talk.text(chunk)));
            client.onEnd(journal.note("end"));
            inTwoLives(client, silent, () -> Timer.after(loop, 1, client::destroy), second, () -> {});
            loop.run();
        }
        journal.expect("hello", "end");
    }

    private static Void hello(java.net.Socket socket) throws IOException {
        Talk.send(socket, "hello");
        return null;
    }

    @Test
    void unreadDataOfTheFirstConnectionIsNotEmittedInTheSecond(Loop loop) {
        Gate paused = new Gate();
        try (Peer<String> first = Peer.server(socket -> {
                    Talk.send(socket, "first");
                    paused.await();
                    Talk.send(socket, "old");
                    return Talk.ending(socket);
                });
                Peer<Void> second = Peer.server(SocketSecondLifeTest::hello)) {
            Socket client = new Socket(loop);
            client.onData(chunk -> {
                journal.add(Talk.text(chunk));
                if (client.remoteAddress().port() == first.port()) {
                    client.pause();
                    paused.open();
                    destroyOnceItHas(client, 3);
                }
            });
            inTwoLives(client, first, () -> {}, second, client::resume);
            loop.run();
        }
        journal.expect("first", "hello");
    }

    private static void destroyOnceItHas(Socket client, int bytes) {
        Timer[] look = new Timer[1];
        look[0] = Timer.every(client.loop(), 1, () -> {
            if (client.readableLength() == bytes) {
                look[0].close();
                client.destroy();
            }
        });
    }

    @Test
    void aCharacterThatTheFirstConnectionCutIsNotCompletedByTheSecond(Loop loop) {
        byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
        try (Peer<String> first = Peer.server(socket -> {
                    Talk.send(socket, new byte[] {'x', euro[0]});
                    return Talk.ending(socket);
                });
                Peer<Void> second = Peer.server(SocketSecondLifeTest::hello)) {
            Socket client = new Socket(loop);
            client.onText(StandardCharsets.UTF_8, text -> {
                journal.add(text);
                if (text.equals("x")) {
                    client.destroy();
                }
            });
            inTwoLives(client, first, () -> {}, second, () -> {});
            loop.run();
        }
        journal.expect("x", "hello");
    }

    @Test
    void textOfTheSecondConnectionIsDecodedAfterTheFirstHasEnded(Loop loop) {
        try (Peer<Void> first = Peer.server(SocketSecondLifeTest::hello);
                Peer<Void> second = Peer.server(SocketSecondLifeTest::hello)) {
            Socket client = new Socket(loop);
            client.onText(StandardCharsets.UTF_8, journal::add);
            inTwoLives(client, first, () -> {}, second, () -> {});
            loop.run();
        }
        journal.expect("hello", "hello");
    }

    // ---- writing

    @Test
    void corkedInTheFirstConnectionItIsNotCorkedInTheSecond(Loop loop) {
        try (Peer<String> first = Peer.server(Talk::ending);
                Peer<String> second = Peer.server(Talk::allText)) {
            Socket client = new Socket(loop).resume();
            inTwoLives(
                    client,
                    first,
                    () -> {
                        client.cork();
                        client.cork();
                        client.write("never");
                        client.destroy();
                    },
                    second,
                    () -> client.write(Talk.buffer("hello"), error -> client.destroy()));
            loop.run();
            assertEquals("hello", second.result());
        }
    }

    @Test
    void aDrainOfTheFirstConnectionIsNotEmittedInTheSecond(Loop loop) {
        Gate destroyed = new Gate();
        try (Peer<String> first = Peer.server(socket -> endingAfter(destroyed, socket));
                Peer<String> second = Peer.server(Talk::allText)) {
            Socket client = new Socket(loop).resume();
            client.onDrain(journal.note("drain"));
            inTwoLives(
                    client,
                    first,
                    () -> {
                        assertFalse(client.write(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES)));
                        assertTrue(client.writableNeedDrain());
                        client.destroy();
                        destroyed.open();
                    },
                    second,
                    () -> {
                        assertFalse(client.writableNeedDrain());
                        assertTrue(client.write("hello"));
                        client.end();
                    });
            loop.run();
            assertEquals("hello", second.result());
        }
        journal.expect();
    }

    private static String endingAfter(Gate gate, java.net.Socket socket) throws Exception {
        gate.await();
        return Talk.ending(socket);
    }

    @Test
    void writesThatTheFirstConnectionCancelledDoNotGoOutInTheSecond(Loop loop) {
        Gate destroyed = new Gate();
        try (Peer<String> first = Peer.server(socket -> endingAfter(destroyed, socket));
                Peer<String> second = Peer.server(Talk::allText)) {
            Socket client = new Socket(loop).resume();
            inTwoLives(
                    client,
                    first,
                    () -> {
                        client.write(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES));
                        client.write(Talk.buffer("x"), error -> journal.add("x " + error.code()));
                        client.end(Talk.buffer("y"), error -> journal.add("end " + error.code()));
                        client.destroy();
                        destroyed.open();
                    },
                    second,
                    () -> {
                        assertEquals(0, client.writableLength());
                        assertEquals(0, client.bytesWritten());
                        client.end("hello");
                    });
            loop.run();
            assertEquals("hello", second.result());
        }
        journal.expect("x ERR_STREAM_DESTROYED", "end ERR_STREAM_DESTROYED");
    }

    @Test
    void aSourceThatWasPipedIntoTheFirstConnectionFeedsTheSecondNoMore(Loop loop) {
        try (Peer<String> sourcePeer = Peer.server(Talk::ending);
                Peer<String> first = Peer.server(Talk::ending);
                Peer<String> second = Peer.server(Talk::allText)) {
            Socket source = Net.connect(loop, sourcePeer.port(), Local.HOST);
            Socket client = new Socket(loop).resume();
            inTwoLives(
                    client,
                    first,
                    () -> {
                        source.pipe(client);
                        client.destroy();
                    },
                    second,
                    () -> {
                        source.unshift(Talk.buffer("for the first"));
                        source.resume();
                        source.onClose(hadError -> client.end("hello"));
                        Timer.after(loop, 1, source::destroy);
                    });
            loop.run();
            assertEquals("hello", second.result());
        }
    }

    // ---- the end

    @Test
    void afterAResetTheNextConnectionEndsWithAFin(Loop loop) {
        try (Peer<String> first = Peer.server(Talk::ending);
                Peer<String> second = Peer.server(Talk::ending)) {
            Socket client = new Socket(loop).resume();
            inTwoLives(client, first, client::resetAndDestroy, second, client::destroy);
            loop.run();
            assertEquals("reset", first.result());
            assertEquals("end", second.result());
        }
    }

    @Test
    void endedInTheFirstConnectionItCanBeWrittenInTheSecond(Loop loop) {
        try (Peer<String> first = Peer.server(Talk::allText);
                Peer<String> second = Peer.server(Talk::allText)) {
            Socket client = new Socket(loop).resume();
            inTwoLives(client, first, () -> client.end("one"), second, () -> client.end("two"));
            loop.run();
            assertEquals("one", first.result());
            assertEquals("two", second.result());
        }
    }

    // ---- connecting

    @Test
    void theIdleTimeoutOfTheFirstConnectionDoesNotFireInTheSecond(Loop loop, ManualClock clock) {
        try (Peer<String> first = Peer.server(Talk::ending);
                Peer<String> second = Peer.server(Talk::ending)) {
            Socket client = new Socket(loop).resume();
            client.onTimeout(journal.note("timeout"));
            inTwoLives(
                    client,
                    first,
                    () -> {
                        client.setTimeout(100);
                        client.destroy();
                    },
                    second,
                    () -> {
                        assertEquals(0, client.timeoutMillis());
                        Timer.after(loop, 1000, client::destroy);
                    });
            loop.run();
        }
        journal.expect();
    }

    @Test
    void aResetThatTheFirstConnectAskedForIsNotOneOfTheSecond(Loop loop) {
        try (Peer<String> first = Peer.server(Talk::ending);
                Peer<String> second = Peer.server(Talk::ending)) {
            Socket client = new Socket(loop).resume();
            client.onClose(hadError -> {
                if (journal.count("close") == 0) {
                    journal.add("close");
                    client.connect(second.port(), Local.HOST, client::destroy);
                }
            });
            client.connect(first.port(), Local.HOST);
            client.resetAndDestroy();
            loop.run();
            assertEquals("reset", first.result());
            assertEquals("end", second.result());
        }
    }

    @Test
    void aLateAnswerToTheFirstLookupIsNotOneToTheSecond(Loop loop) {
        try (Peer<String> second = Peer.server(Talk::ending)) {
            List<BiConsumer<? super List<HostLookup.Address>, ? super ChagresException>> unanswered = new ArrayList<>();
            Socket client = new Socket(loop).resume();
            client.onLookup((address, family, host, error) -> journal.add("lookup " + host + " " + address));
            client.onClose(hadError -> {
                if (journal.count("close") == 0) {
                    journal.add("close");
                    client.connect(second.port(), "localhost", client::end);
                    unanswered.get(0).accept(List.of(HostLookup.Address.of("127.0.0.9")), null);
                }
            });
            client.connect(ConnectOptions.to("first.test", second.port())
                    .lookup((host, options, answer) -> unanswered.add(answer)));
            client.destroy();
            loop.run();
        }
        assertEquals(0, journal.count("lookup first.test 127.0.0.9"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void destroyedInTheMiddleOfAnAttemptTheNextConnectIsLeftAlone(boolean severalAgain, Loop loop, ManualClock clock)
            throws IOException {
        try (Peer<String> second = Peer.server(Talk::ending);
                FullBacklog silent = new FullBacklog(second.port())) {
            Socket client = new Socket(loop).resume();
            SocketEvents.into(journal, "", client);
            client.onConnectionAttemptFailed((remote, error) -> journal.add("failed " + remote));
            client.onConnectionAttemptTimeout(remote -> journal.add("attempt timeout"));
            client.onClose(hadError -> {
                if (journal.count("close false") == 1) {
                    client.connect(
                            severalAgain ? finding(second, "127.0.0.1", "127.0.0.2") : finding(second, "127.0.0.1"),
                            client::end);
                }
            });
            client.connect(finding(second, silent.host(), "127.0.0.1"));
            Timer.after(loop, 100, client::destroy);
            loop.run();
            assertEquals(
                    severalAgain ? 1 : 0,
                    client.autoSelectFamilyAttemptedAddresses().size());
        }
        journal.expect("close false", "connect", "finish", "end", "close false");
    }

    private static ConnectOptions finding(Peer<?> peer, String... addresses) {
        return ConnectOptions.to("several.test", peer.port())
                .lookup((host, options, answer) -> answer.accept(
                        List.of(addresses).stream().map(HostLookup.Address::of).toList(), null));
    }

    @Test
    void whileItConnectsAgainNothingOfTheFirstConnectionIsCountedOrKnown(Loop loop) {
        try (Peer<Void> first = Peer.server(SocketSecondLifeTest::hello);
                Peer<String> second = Peer.server(Talk::ending)) {
            Socket client = new Socket(loop).resume();
            client.onClose(hadError -> {
                if (journal.count("close") == 0) {
                    assertEquals(5 + 3, client.bytesRead() + client.bytesWritten());
                    client.connect(second.port(), Local.HOST, client::destroy);
                    assertEquals(0, client.bytesRead() + client.bytesWritten());
                    assertNull(client.remoteAddress());
                }
                journal.add("close");
            });
            client.connect(
                    first.port(),
                    Local.HOST,
                    () -> assertEquals(first.port(), client.remoteAddress().port()));
            client.end("bye");
            loop.run();
        }
        journal.expect("close", "close");
    }

    @Test
    void theAddressOfTheFirstPeerIsNotTakenForThatOfTheSecond(Loop loop) {
        try (Peer<String> first = Peer.server(Talk::ending);
                Peer<String> second = Peer.server(Talk::ending)) {
            Socket client = new Socket(loop).resume();
            inTwoLives(
                    client,
                    first,
                    () -> {
                        assertEquals(first.port(), client.remoteAddress().port());
                        client.destroy();
                    },
                    second,
                    () -> {
                        assertEquals(second.port(), client.remoteAddress().port());
                        client.destroy();
                    });
            loop.run();
        }
    }

    /** Connects to {@code first}, where {@code inFirst} must bring about the close, and on that to {@code second}. */
    private void inTwoLives(Socket client, Peer<?> first, Runnable inFirst, Peer<?> second, Runnable inSecond) {
        boolean[] isSecond = {false};
        client.onClose(hadError -> {
            if (!isSecond[0]) {
                isSecond[0] = true;
                client.connect(second.port(), Local.HOST, inSecond);
            }
        });
        client.connect(first.port(), Local.HOST, inFirst);
    }

    private static void pass(Gate gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
