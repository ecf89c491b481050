package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import io.chagres.loop.internal.LoopCore;
import io.chagres.stream.Duplex;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link TlsSocket} between its stream below and its engine: the handshake at first, then the two directions, and how each
 * of them ends.
 *
 * <pre>
 *   engine   handshake
 *   null     present    nothing has arrived, or a callback for the name of the server is awaited
 *   present  present    the handshake; {@code waiting} while a worker or a callback has it
 *   present  null       secure
 *
 *   inbound: open  --close_notify--&gt;  ended
 *            open  --end below without it--&gt;  truncated: an error, once what has arrived was read
 * </pre>
 *
 * <p>While a worker runs a task of the engine, the engine is locked: no method here calls it then.
 */
final class Conversation {

    private final TlsSocket socket;
    private final TlsMemory memory;
    private final boolean isClient;
    private final boolean requiresCloseNotify;

    private @Nullable Handshake handshake;
    private @Nullable SSLEngine engine;
    private @Nullable Inbound in;
    private @Nullable Outbound out;
    private @Nullable Runnable ticketListener;
    private boolean waiting;
    private boolean isVersion13;
    private boolean inboundEnded;
    private boolean truncated;
    /** The stream below has ended while a worker, or a callback of the user, had the handshake. */
    private boolean endWaits;

    private boolean saysFarewell;
    private int maxFragment = TlsMemory.MAX_PLAIN;

    private long bytesRead;
    private long bytesWritten;

    Conversation(TlsSocket socket, Handshake handshake, boolean requiresCloseNotify) {
        this.socket = socket;
        this.handshake = handshake;
        this.requiresCloseNotify = requiresCloseNotify;
        isClient = handshake.isClient();
        memory = TlsMemory.of(LoopCore.of(socket.loop()));
    }

    // ---- for the parts

    Duplex below() {
        return socket.below();
    }

    TlsSocket socket() {
        return socket;
    }

    boolean isDestroyed() {
        return socket.isDestroyed();
    }

    boolean isSecure() {
        return handshake == null;
    }

    /** Returns the name that a client has asked for, as far as it is known before the handshake has finished. */
    @Nullable
    String requestedName() {
        return handshake == null ? null : handshake.requestedName();
    }

    boolean isVersion13() {
        return isVersion13;
    }

    void later(Runnable tick) {
        socket.later(tick);
    }

    ChagresException errorOf(Exception error) {
        return TlsErrors.of(error, isClient);
    }

    /** Returns the error of a first record, which may be of another protocol. */
    ChagresException errorOf(Exception error, ByteBuffer received) {
        return TlsErrors.of(error, isClient, received);
    }

    /**
     * Checks that the engine had room. Those of the JDK have; one of another provider may want larger buffers than TLS does.
     *
     * @throws ChagresException ENOBUFS if it had not
     */
    void requireRoom(SSLEngineResult result) {
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            throw new ChagresException(
                    "ENOBUFS",
                    "the TLS engine wants a buffer of "
                            + engine().getSession().getPacketBufferSize() + " bytes, and the maximum is "
                            + TlsMemory.MAX_RECORD);
        }
    }

    /** Returns the engine of a conversation that has one. */
    SSLEngine engine() {
        return Objects.requireNonNull(engine);
    }

    @Nullable
    SSLEngine engineOrNull() {
        return engine;
    }

    // ---- the handshake

    /** Takes the engine, from the first moment on that one is needed. */
    void begin(SSLEngine made) {
        engine = made;
        in = new Inbound(this, memory, made);
        out = new Outbound(this, memory, made);
        out.setMaxFragment(maxFragment);
    }

    /** Goes on with the handshake until the engine needs bytes, or a worker has it. After the handshake: answers a key update. */
    void handshake(HandshakeStatus status) {
        Outbound records = Objects.requireNonNull(out);
        HandshakeStatus next = status;
        while (!isDestroyed()) {
            switch (next) {
                case NEED_TASK -> {
                    Objects.requireNonNull(handshake).runTasks(engine());
                    return;
                }
                case NEED_WRAP -> {
                    var result = records.wrapOwn();
                    next = result.getHandshakeStatus();
                    if (result.bytesProduced() == 0 && next == HandshakeStatus.NEED_WRAP) {
                        return; // closed: there is nothing more to say
                    }
                }
                case FINISHED -> {
                    records.sendSoon();
                    finishHandshake();
                    next = waiting ? HandshakeStatus.NOT_HANDSHAKING : engine().getHandshakeStatus();
                }
                default -> {
                    records.sendSoon();
                    return;
                }
            }
        }
    }

    private void finishHandshake() {
        Handshake finished = handshake;
        if (finished != null) {
            isVersion13 = engine().getSession().getProtocol().equals(TlsVersion.TLS_1_3.protocol());
            finished.verify(engine());
        }
    }

    /** Called when the peer is known to be the right one. */
    void secured() {
        Handshake done = Objects.requireNonNull(handshake);
        handshake = null;
        done.release();
        socket.secured();
        if (isDestroyed()) {
            done.cancelWrites(destroyedError());
        } else {
            done.goOnWithWrites();
            socket.pullNow();
        }
    }

    boolean isWaiting() {
        return waiting;
    }

    /** Stops decrypting, and reading below, until {@link #goOn}: a worker, or a callback of the user, has the handshake. */
    void awaitOther() {
        waiting = true;
        if (out != null) {
            out.park();
        }
        below().pause();
    }

    /** Goes on where {@link #awaitOther} has stopped. */
    void goOn() {
        goOn(() -> handshake(engine().getHandshakeStatus()));
    }

    /** Goes on with {@code step} where {@link #awaitOther} has stopped. The step may throw what is wrong with the connection. */
    void goOn(Runnable step) {
        waiting = false;
        if (isDestroyed()) {
            return;
        }
        try {
            step.run();
        } catch (ChagresException error) {
            fail(error);
        }
        goOnReading();
    }

    /** Returns whether the engine may make a signature while it decrypts the next record: a worker has to do it then. */
    boolean maySignWhileItDecrypts() {
        return handshake != null && handshake.maySignWhileItDecrypts();
    }

    /** Has a worker use the engine, and goes on with {@code then} on the loop thread. */
    void byWorker(Callable<SSLEngineResult> use, Consumer<SSLEngineResult> then) {
        Objects.requireNonNull(handshake).byWorker(use, then);
    }

    /** Decrypts what has arrived meanwhile, and reads on below. */
    void goOnReading() {
        if (!isDestroyed() && !waiting && in != null) {
            boolean wantsMore = in.goOn();
            if (wantsMore && !waiting && !isDestroyed()) {
                below().resume();
            }
        }
        if (endWaits && !waiting && !isDestroyed()) {
            endWaits = false;
            receivedEnd();
        }
    }

    /** Called when a server has its engine after all, with the bytes that have arrived before. */
    void begun(@Nullable ByteBuffer arrived) {
        waiting = false;
        if (arrived != null) {
            Objects.requireNonNull(in).receive(arrived);
        }
        goOnReading();
    }

    // ---- in

    /** Takes a chunk of the stream below. Returns whether to go on reading. */
    boolean receive(ByteBuffer chunk) {
        if (in == null && !Objects.requireNonNull(handshake).receive(chunk)) {
            return !waiting;
        }
        return Objects.requireNonNull(in).receive(chunk) && !waiting;
    }

    /** Returns whether the engine takes records now. */
    boolean canUnwrap() {
        return !waiting && !inboundEnded && !isDestroyed();
    }

    boolean lends() {
        return socket.lends();
    }

    boolean received(ByteBuffer text, int count) {
        bytesRead += count;
        return socket.receivedText(text);
    }

    boolean receivedLoan(ByteBuffer text, int count) {
        bytesRead += count;
        return socket.receivedLoan(text);
    }

    /** Reads on below, for a reader that has room again. */
    void read() {
        if (truncated) {
            failTruncated();
        } else if (!waiting && !inboundEnded) {
            below().resume();
        }
    }

    /** Called with the peer's close_notify. TLS 1.2 ends both sides with it: the engine has one of its own to send. */
    void receivedCloseNotify() {
        inboundEnded = true;
        if (!isSecure()) {
            fail(Handshake.disconnected());
            return;
        }
        if (!isVersion13) {
            Objects.requireNonNull(out).sendAlert();
        }
        socket.receivedTextEnd();
    }

    /** Called when the stream below has ended. */
    void receivedEnd() {
        if (waiting) {
            endWaits = true;
        } else if (!isSecure()) {
            fail(Handshake.disconnected());
        } else if (!inboundEnded && mayEndSilently()) {
            inboundEnded = true;
            socket.receivedTextEnd();
        } else if (!inboundEnded) {
            truncated = true;
            failTruncated();
        }
    }

    /**
     * Returns whether the peer may end without a close_notify. Many clients do that once they have the whole answer, so a server that has
     * ended does not mind. A client that has ended waits for the answer, and must know whether it is whole.
     */
    private boolean mayEndSilently() {
        return !hasPart() && (!requiresCloseNotify || !isClient && socket.isWritableEnded());
    }

    /** Fails the stream once everything that has arrived was read. */
    private void failTruncated() {
        if (socket.readableLength() > 0) {
            socket.receivedText(ByteBuffer.allocate(0)); // asks this again after the next read
        } else {
            socket.destroy(new ChagresException(
                    "ERR_SSL_UNEXPECTED_EOF_WHILE_READING",
                    "the peer has ended the connection without a close_notify: bytes may be missing"));
        }
    }

    void onTicket(Runnable listener) {
        ticketListener = listener;
    }

    /** Called when a message of the peer's handshake floor has arrived after the handshake: a session ticket, or a new key. */
    void receivedTicket() {
        if (ticketListener != null) {
            ticketListener.run();
        }
    }

    // ---- out

    void write(ByteBuffer data, Completion done) {
        bytesWritten += data.remaining();
        if (handshake != null) {
            handshake.deferWrite(data, done);
        } else {
            send(data, done);
        }
    }

    void send(ByteBuffer data, Completion done) {
        if (inboundEnded && !isVersion13) {
            done.onComplete(new ChagresException("EPIPE", "write after the peer has ended the TLS 1.2 connection"));
            return;
        }
        Objects.requireNonNull(out).write(data, done);
    }

    /** Sends the writes of this turn. */
    void flushWrites() {
        if (out != null) {
            out.flush();
        }
    }

    void setMaxFragment(int size) {
        maxFragment = size;
        if (out != null) {
            out.setMaxFragment(size);
        }
    }

    void end(Completion done) {
        if (handshake != null) {
            handshake.deferFinal(done);
        } else {
            Objects.requireNonNull(out).end(done);
        }
    }

    // ---- the end

    /** Destroys the stream with an error of TLS. The peer gets the alert that the engine has made of it. */
    void fail(ChagresException error) {
        if (isDestroyed()) {
            return;
        }
        if (out != null && !waiting) {
            out.sendAlert();
            saysFarewell = true;
        } else if (out == null && handshake != null && handshake.sendAlert(error)) {
            saysFarewell = true;
        }
        socket.destroy(error);
    }

    void destroy(@Nullable ChagresException error) {
        Handshake pending = handshake;
        ChagresException why = error != null ? error : destroyedError();
        if (pending != null) {
            pending.release();
            pending.cancelWrites(why);
        }
        if (in != null) {
            in.destroy();
        }
        if (out != null) {
            out.destroy(why);
        }
        if (saysFarewell && below().isWritable() && below().writableLength() == 0) {
            below().end(unsent -> below().destroy());
        } else { // also if the peer does not read: it must not keep the stream below
            below().destroy();
        }
    }

    private static ChagresException destroyedError() {
        return new ChagresException("ERR_STREAM_DESTROYED", "Cannot call write after a stream was destroyed");
    }

    long bytesRead() {
        return bytesRead;
    }

    long bytesWritten() {
        return bytesWritten;
    }

    /** Returns whether the first part of a record has arrived. */
    boolean hasPart() {
        return in != null && in.hasPart();
    }
}
