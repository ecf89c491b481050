package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import io.chagres.handle.Work;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.TimerEntry;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a {@link TlsSocket}, up to the moment at which the peer is known. It is dropped then. The steps that cost milliseconds,
 * a signature or the check of a chain, are run by the worker pool, so that the loop serves its other connections meanwhile.
 *
 * <p>It is its own timer: a peer that is silent, or sends a byte a minute, holds a connection for a limited time.
 */
abstract class Handshake extends TimerEntry {

    private final TlsSocket socket;
    private final LoopCore core;
    final PeerCheck check;
    private final SecureContext fallback;
    /** The context of the engine. */
    private @Nullable SecureContext context;

    private @Nullable SSLEngine engine;
    private boolean isReleased;
    private boolean hasWorker;

    private @Nullable ByteBuffer deferredData;
    private @Nullable Completion deferredWrite;
    private @Nullable Completion deferredFinal;

    Handshake(TlsSocket socket, SecureContext context, boolean rejectsUnauthorized, Duration timeout) {
        this.socket = socket;
        this.core = LoopCore.of(socket.loop());
        this.fallback = context;
        this.check = new PeerCheck(rejectsUnauthorized);
        if (!timeout.isZero()) {
            core.timers().startByClock(this, TimeUnit.MICROSECONDS.convert(timeout));
        }
    }

    static ChagresException disconnected() {
        return new ChagresException(
                "ECONNRESET", "Client network socket disconnected before secure TLS connection was established");
    }

    TlsSocket socket() {
        return socket;
    }

    Conversation conversation() {
        return socket.conversation();
    }

    /** Throws {@link WrongThreadException} on another thread than the loop's. */
    void checkThread() {
        core.checkThread();
    }

    SecureContext defaultContext() {
        return fallback;
    }

    abstract boolean isClient();

    /** Begins: a client sends its first message. */
    abstract void begin();

    /** Takes the first bytes, for which there is no engine yet. Returns whether there is one now, and {@code chunk} is for it. */
    abstract boolean receive(ByteBuffer chunk);

    /** Returns why the peer, whose chain is in order, is the wrong one; null if it is the right one. */
    abstract @Nullable ChagresException identityError(SSLSession session);

    /** Returns the name of the server that the client asks for; null if it is not known yet. */
    abstract @Nullable String requestedName();

    /** Sends an alert for an error that comes before there is an engine. Returns whether one was sent. */
    abstract boolean sendAlert(ChagresException error);

    void use(SecureContext chosen, SSLEngine made) {
        context = chosen;
        engine = made;
        conversation().begin(made);
    }

    @Override
    protected void fire() {
        conversation().fail(new ChagresException("ERR_TLS_HANDSHAKE_TIMEOUT", "TLS handshake timeout"));
    }

    // ---- tasks

    /** Has the tasks of the engine run by a worker. */
    void runTasks(SSLEngine tasks) {
        byWorker(
                () -> {
                    for (Runnable task = tasks.getDelegatedTask(); task != null; task = tasks.getDelegatedTask()) {
                        task.run();
                    }
                    return tasks.getHandshakeStatus();
                },
                status -> conversation().handshake(status));
    }

    /** Has a worker use the engine, and goes on with {@code then} on the loop thread. */
    <T> void byWorker(Callable<T> use, Consumer<T> then) {
        conversation().awaitOther();
        hasWorker = true;
        Work.submit(socket.loop(), use, (result, error) -> {
            hasWorker = false;
            if (isReleased) {
                forget();
            } else {
                conversation().goOn(() -> {
                    if (error != null) {
                        throw error instanceof Exception wrong
                                ? conversation().errorOf(wrong)
                                : ChagresException.of(error); // such as an OutOfMemoryError
                    }
                    then.accept(result);
                });
            }
        });
    }

    /**
     * Returns whether the engine may make a signature while it decrypts a record of TLS 1.3: that of a client, when it takes the last
     * message of the server. All other signatures are tasks.
     */
    abstract boolean maySignWhileItDecrypts();

    // ---- the peer

    /** Checks who the peer is, now that the handshake itself has finished. */
    void verify(SSLEngine finished) {
        SecureContext used = Objects.requireNonNull(context);
        SSLSession session = finished.getSession();
        boolean resumed = used.isReused(session, check);
        if (!resumed || !wantsPeer()) {
            decide(session, resumed, check.authorizationError());
        } else if (SecureContext.hasVerdict(session)) {
            decide(session, true, SecureContext.verdictOf(session));
        } else {
            recheck(used, session);
        }
    }

    /** Returns whether the peer has to show a certificate. */
    abstract boolean wantsPeer();

    /** Checks the chain of a resumed session that does not say what was found when it was made: one that a ticket has brought. */
    private void recheck(SecureContext used, SSLSession session) {
        conversation().awaitOther();
        Work.submit(socket.loop(), () -> used.recheck(session, isClient()), (error, failure) -> {
            if (!isReleased) {
                decide(session, true, failure != null ? ChagresException.of(failure) : error);
                conversation().goOn();
            }
        });
    }

    private void decide(SSLSession session, boolean resumed, @Nullable ChagresException chainError) {
        ChagresException error = chainError != null ? chainError : identityError(session);
        if (error != null && check.rejectsUnauthorized()) {
            conversation().fail(error);
            return;
        }
        socket.authorize(error, resumed);
        conversation().secured();
    }

    // ---- what waits for the end of the handshake

    void deferWrite(ByteBuffer data, Completion done) {
        deferredData = Buffers.view(data);
        deferredWrite = done;
    }

    void deferFinal(Completion done) {
        deferredFinal = done;
    }

    void goOnWithWrites() {
        if (deferredWrite != null && deferredData != null) {
            conversation().send(deferredData, deferredWrite);
        }
        if (deferredFinal != null) {
            conversation().end(deferredFinal);
        }
    }

    void cancelWrites(ChagresException error) {
        if (deferredWrite != null) {
            deferredWrite.onComplete(error);
        }
        if (deferredFinal != null) {
            deferredFinal.onComplete(error);
        }
    }

    /** Stops the timer, and forgets the engine. Calling it again is a no-op. */
    void release() {
        isReleased = true;
        core.timers().stop(this);
        if (!hasWorker) {
            forget();
        }
    }

    private void forget() {
        if (context != null && engine != null) {
            context.forget(engine);
        }
    }
}
