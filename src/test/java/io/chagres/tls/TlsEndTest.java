package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Layer;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The ends of a connection: by a close_notify, by one side, by both, or without. */
@ConnectionTest
class TlsEndTest {

    private final Journal journal = new Journal();

    private static TlsServerOptions server(TlsVersion version) {
        return Contexts.server(options -> options.maxVersion(version));
    }

    /** Serves one connection, and returns the client of it. */
    private TlsSocket connect(
            Loop loop, TlsServerOptions serverOptions, TlsClientOptions options, Consumer<TlsSocket> listener) {
        TlsServer server = Tls.createServer(loop, serverOptions, listener);
        server.onSecureConnection(socket -> {
            socket.onError(error -> journal.add("server error " + error.code()));
            socket.onClose(hadError -> journal.add("server close " + hadError));
            server.close();
        });
        server.listen(0, Local.HOST, null);
        TlsSocket client =
                Tls.connect(loop, ConnectOptions.to(Local.HOST, server.address().port()), options, null);
        client.onError(error -> journal.add("error " + error.code()));
        client.onClose(hadError -> journal.add("close " + hadError));
        return client;
    }

    @Test
    @Covers("node:test-tls-close-notify")
    void aCloseNotifyWithoutFinIsTheEnd(Loop loop) {
        MemoryPair pair = new MemoryPair(loop);
        TlsSocket client = TlsSocket.client(
                pair.client(), Contexts.client().servername("localhost").allowHalfOpen(true));
        TlsSocket server =
                TlsSocket.server(new Deaf(pair.server()), Contexts.server().allowHalfOpen(true));
        server.onEnd(() -> {
            journal.add("server end");
            server.write("still");
            loop.execute(server::end);
        });
        client.onData(chunk -> journal.add("data " + Talk.text(chunk)));
        client.onEnd(journal.note("end"));
        client.onSecureConnect(client::end);
        server.resume();
        loop.run();
        journal.expect("server end", "data still", "end");
    }

    /** Passes everything on but the end of the stream below. */
    private static final class Deaf extends Layer {
        Deaf(Duplex below) {
            super(below, DuplexOptions.defaults().allowHalfOpen(true));
        }

        @Override
        protected boolean received(ByteBuffer chunk) {
            return push(chunk);
        }

        @Override
        protected void receivedEnd() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            below().write(data, done);
        }
    }

    @Test
    @Covers("node:test-tls-connect-allow-half-open-option")
    void aHalfOpenClientWritesOnAfterTheEndOfTheServer(Loop loop) {
        TlsSocket client = connect(loop, Contexts.server(), Contexts.client().allowHalfOpen(true), socket -> {
            socket.onData(chunk -> {
                journal.add("server data " + Talk.text(chunk));
                if (Talk.text(chunk).equals("Hello")) {
                    socket.end("Hello");
                }
            });
            socket.onEnd(journal.note("server end"));
        });
        client.onData(chunk -> journal.add("data " + Talk.text(chunk)));
        client.onEnd(() -> {
            journal.add("end");
            loop.execute(() -> {
                assertTrue(client.isWritable());
                client.end("Bye");
            });
        });
        client.onSecureConnect(() -> client.write("Hello"));
        loop.run();
        journal.expectInAnyOrder(
                "server data Hello",
                "data Hello",
                "end",
                "server data Bye",
                "server end",
                "close false",
                "server close false");
    }

    @Test
    @Covers("node:test-tls-socket-allow-half-open-option")
    void theOptionOfTheTlsSocketCounts(Loop loop) {
        for (boolean halfOpen : new boolean[] {true, false}) {
            TlsSocket client = connect(
                    loop,
                    Contexts.server(),
                    Contexts.client().allowHalfOpen(halfOpen),
                    socket -> socket.resume().end());
            client.onEnd(() -> loop.execute(() -> {
                journal.add("writable " + client.isWritable());
                client.end();
            }));
            client.resume();
            loop.run();
            assertEquals(1, journal.count("writable " + halfOpen));
        }
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers("node:test-tls-close-event-after-write")
    void aConnectionThatHasWrittenMuchClosesAtBothEnds(TlsVersion version, Loop loop) {
        int size = 1 << 19;
        TlsSocket client = connect(loop, server(version), Contexts.client(), socket -> {
            socket.resume();
            socket.end(ByteBuffer.allocate(size));
        });
        client.onData(chunk -> {
            if (client.bytesRead() == size) {
                client.end();
            }
        });
        loop.run();
        assertEquals(size, client.bytesRead());
        journal.expectInAnyOrder("close false", "server close false");
    }

    @Test
    @Covers("node:test-tls-client-destroy-soon")
    void anEndSendsEverythingBeforeTheSocketIsDestroyed(Loop loop) {
        int size = 1 << 20;
        TlsSocket client = connect(loop, Contexts.server(), Contexts.client(), socket -> {
            socket.resume();
            socket.end(ByteBuffer.allocate(size), error -> socket.destroy());
        });
        client.onData(chunk -> {});
        client.onEnd(() -> journal.add("end after " + client.bytesRead()));
        loop.run();
        assertEquals(1, journal.count("end after " + size));
        assertEquals(1, journal.count("close false"));
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers({"node:test-tls-destroy-stream", "node:test-tls-destroy-stream-12"})
    void aServerThatIsDestroyedHasSaidNothingOfAnEnd(TlsVersion version, Loop loop) {
        for (boolean strict : new boolean[] {true, false}) {
            TlsSocket client = connect(loop, server(version), Contexts.client().requireCloseNotify(strict), socket -> {
                socket.resume();
                socket.write(Talk.buffer("Hello World"), error -> loop.execute(socket::destroy));
            });
            client.onData(chunk -> journal.add("data " + Talk.text(chunk)));
            client.onEnd(journal.note("end"));
            loop.run();
            if (strict) {
                journal.expectInAnyOrder(
                        "server close false",
                        "data Hello World",
                        "error ERR_SSL_UNEXPECTED_EOF_WHILE_READING",
                        "close true");
            } else {
                journal.expectInAnyOrder("server close false", "data Hello World", "end", "close false");
            }
        }
    }

    @Test
    @Covers("node:test-tls-socket-close")
    void destroyingTheSocketBelowClosesTheTlsSocketLater(Loop loop) {
        TlsSocket[] server = new TlsSocket[1];
        TlsSocket client = connect(loop, Contexts.server(), Contexts.client(), socket -> {
            server[0] = socket;
            socket.onData(chunk -> socket.write("."));
        });
        client.onSecureConnect(() -> client.write("."));
        client.onData(chunk -> {
            server[0].socket().onClose(hadError -> {
                journal.add("below close");
                assertTrue(server[0].isDestroyed());
            });
            server[0].socket().destroy();
            assertFalse(server[0].isClosed());
        });
        loop.run();
        assertEquals(1, journal.count("server close false"));
        assertEquals(1, journal.count("close true"), "the client has seen no close_notify");
    }

    @Test
    @Covers("node:test-tls-socket-destroy")
    void aServersSocketIsDestroyedInTheMiddleOfAMegabyte(Loop loop) {
        Server server = Net.createServer(loop, ServerOptions.defaults().allowHalfOpen(true), socket -> {
            TlsSocket secure = TlsSocket.server(socket, Contexts.server());
            secure.onData(chunk -> secure.destroy());
            secure.onClose(hadError -> journal.add("server close " + hadError));
        });
        server.onConnection(socket -> server.close());
        int port = server.listen(0, Local.HOST).address().port();
        TlsSocket client = Tls.connect(loop, ConnectOptions.to(Local.HOST, port), Contexts.client(), null);
        client.onSecureConnect(() -> client.write(ByteBuffer.allocate(1 << 20)));
        client.onError(error -> client.destroy());
        client.onClose(hadError -> journal.add("close " + hadError));
        client.resume();
        loop.run();
        journal.expectInAnyOrder("server close false", "close true");
    }

    @Test
    @Covers({"node:test-tls-retain-handle-no-abort", "node:test-tls-tlswrap-segfault"})
    void askingASocketAfterItsCloseIsHarmless(Loop loop) {
        TlsSocket client = connect(
                loop,
                Contexts.server(),
                Contexts.client(),
                socket -> socket.resume().end("hello"));
        client.resume();
        loop.run();
        assertTrue(client.isClosed());
        assertEquals("TLSv1.3", client.protocol());
        assertEquals("TLSv1.3", client.cipher().version());
        assertEquals(2, client.peerCertificates().size());
        assertEquals(-1, client.socket().readyState().name().indexOf("OPENING"));
        assertTrue(client.toString().contains("TlsSocket"), client::toString);
        client.setMaxSendFragment(512).destroy();
        client.end();
    }

    @Test
    @Covers("node:test-tls-close-error")
    void theCloseAfterAHandshakeThatFailedSaysThatThereWasAnError(Loop loop) {
        BothSides failed = BothSides.of(loop, Contexts.server(), TlsClientOptions.defaults());
        assertEquals("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", failed.clientError().code());
        assertEquals(failed.clientError(), failed.client().errored());
        assertEquals("close true", failed.close());
    }
}
