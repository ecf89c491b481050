package io.chagres.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.ListenOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Listeners and callbacks of the user that throw, destroy, or come at the wrong time. */
@ConnectionTest
class TlsCallbacksTest {

    private static final TlsServerOptions SERVER = TlsServerOptions.of(TestContexts.SERVER);
    private static final TlsClientOptions CLIENT =
            TlsClientOptions.defaults().secureContext(TestContexts.CLIENT).servername("localhost");

    private final Journal journal = new Journal();

    /** Starts a server; {@code then} gets it once it listens. */
    private static TlsServer serve(
            Loop loop, TlsServerOptions options, Consumer<TlsSocket> serves, Consumer<TlsServer> then) {
        TlsServer server = Tls.createServer(loop, options, serves);
        return server.listen(ListenOptions.at(Local.HOST, 0), () -> then.accept(server));
    }

    private static TlsSocket connect(TlsServer server, TlsClientOptions options, Runnable onSecureConnect) {
        return Tls.connect(
                server.server().loop(),
                ConnectOptions.to(Local.HOST, server.address().port()),
                options,
                onSecureConnect);
    }

    private static void echo(TlsSocket socket) {
        socket.onError(error -> {}).pipe(socket);
    }

    @Test
    void aWriteThatWaitsForTheHandshakeIsCompletedIfAListenerDestroysTheStream(Loop loop) {
        serve(loop, SERVER, TlsCallbacksTest::echo, server -> {
            TlsSocket[] client = new TlsSocket[1];
            client[0] = connect(server, CLIENT, () -> client[0].destroy());
            client[0].write("hello", error -> journal.add(error.code()));
            client[0].onClose(hadError -> server.close());
        });
        loop.run();
        journal.expect("ERR_STREAM_DESTROYED");
    }

    @Test
    void aSecureListenerThatThrowsGoesToTheUncaughtHandlerAndTheStreamGoesOn(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        serve(loop, SERVER, TlsCallbacksTest::echo, server -> {
            TlsSocket client = connect(server, CLIENT, () -> {
                throw new ChagresException("EX", "of the listener");
            });
            client.onText(UTF_8, journal::add).onClose(hadError -> server.close());
            client.end("hello");
        });
        loop.run();
        journal.expect("uncaught of the listener", "hello");
    }

    @Test
    void aNameCheckThatThrowsFailsTheConnection(Loop loop) {
        TlsClientOptions throwing = CLIENT.checkServerIdentity((name, certificate) -> {
            throw new IllegalStateException("oops");
        });
        serve(
                loop,
                SERVER,
                TlsCallbacksTest::echo,
                server -> connect(server, throwing, () -> journal.add("secure"))
                        .onError(error -> journal.add(error.code()))
                        .onClose(hadError -> server.close()));
        loop.run();
        journal.expect("ERR_UNHANDLED_ERROR");
    }

    @Test
    void aSessionThatWasNotCheckedDoesNotAuthorizeALaterConnection(Loop loop) {
        SecureContext trustsNone =
                SecureContext.of(SecureContextOptions.defaults().ca(Certificates.pem("other-ca")));
        TlsClientOptions lenient = CLIENT.secureContext(trustsNone).rejectUnauthorized(false);
        serve(loop, SERVER, TlsCallbacksTest::echo, server -> {
            TlsSocket first = connect(server, lenient, () -> {});
            first.onSession(session -> {
                assertFalse(first.isAuthorized());
                first.end();
            });
            first.resume().onClose(hadError -> {
                TlsSocket second = connect(server, lenient.rejectUnauthorized(true), () -> journal.add("secure"));
                second.onError(error -> journal.add(error.code() + ", reused " + second.isSessionReused()));
                second.onClose(failed -> server.close());
            });
        });
        loop.run();
        journal.expect("UNABLE_TO_GET_ISSUER_CERT_LOCALLY, reused false");
    }

    @Test
    void aWriteAfterThePeersEndOfTls12FailsWithEpipe(Loop loop) {
        TlsServerOptions old = TlsServerOptions.of(TestContexts.SERVER_12).allowHalfOpen(true);
        serve(
                loop,
                old,
                socket -> socket.onError(error -> {})
                        .onEnd(() -> socket.write("late", error -> {
                            journal.add(error.code());
                            socket.server().close();
                        }))
                        .resume(),
                server -> connect(server, CLIENT, null).resume().end());
        loop.run();
        journal.expect("EPIPE");
    }

    @Test
    void anAnswerOnAnotherThreadIsRefusedAndTheRightOneCounts(Loop loop) throws InterruptedException {
        AtomicReference<SniAnswer> asked = new AtomicReference<>();
        TlsServerOptions options = SERVER.sni((name, answer) -> {
            asked.set(answer);
            loop.stop();
        });
        serve(loop, options, TlsCallbacksTest::echo, server -> {
            TlsSocket client = connect(server, CLIENT, () -> journal.add("secure"));
            client.resume().onClose(hadError -> server.close());
            client.end();
        });
        loop.run();
        Waits.join(Thread.ofPlatform().start(() -> assertThrowsWrongThread(asked.get())));
        asked.get().use(null);
        loop.run();
        journal.expect("refused", "secure");
    }

    private void assertThrowsWrongThread(SniAnswer answer) {
        assertThrows(WrongThreadException.class, () -> answer.use(null));
        journal.add("refused");
    }

    @Test
    void aPeerThatDoesNotReadDoesNotKeepAConnectionThatHasFailed(Loop loop) {
        int tooMuch = 20_000_000;
        serve(
                loop,
                SERVER,
                socket -> {
                    socket.onError(error -> journal.add(error.code()));
                    socket.resume().write(ByteBuffer.allocate(tooMuch));
                    assertTrue(socket.below().writableLength() > 0);
                },
                server -> {
                    TlsSocket client = connect(server, CLIENT, null);
                    client.onSecureConnect(() -> {
                        client.pause();
                        loop.execute(
                                () -> { // after the last message of the handshake
                                    client.below().write(ByteBuffer.wrap(new byte[] {23, 3, 3, 0, 32}));
                                    client.below().write(ByteBuffer.allocate(32));
                                });
                        server.close();
                    });
                    server.server().onClose(client::destroy);
                    client.onError(error -> {});
                });
        loop.run();
        journal.expect("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC");
    }
}
