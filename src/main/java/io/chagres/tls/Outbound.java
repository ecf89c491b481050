package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a {@link TlsSocket}. The plain text of one turn is collected, up to a whole record, and goes down on the next tick: so
 * several writes make one record, and one system call. A buffer is borrowed from the loop while it holds bytes.
 *
 * <pre>
 *   plain    cipher
 *   null     null      nothing to send
 *   bytes    any       a tick will make a record of it
 *   null     bytes     records of the handshake, which go down in the same call; parked while a worker has the engine
 * </pre>
 *
 * <p>A write completes when its bytes are collected and the stream below has nothing to send. Otherwise it completes when the stream
 * below has sent everything: so the high-water mark of the TLS stream works although it buffers nothing itself.
 */
final class Outbound implements Runnable {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Conversation conversation;
    private final TlsMemory memory;
    private final SSLEngine engine;
    /** True if the stream below uses a buffer until it is written, and no longer. If false, it gets memory of its own. */
    private final boolean releases;

    private @Nullable ByteBuffer plain;
    private @Nullable ByteBuffer cipher;
    private @Nullable ByteBuffer parked;
    private int maxFragment = TlsMemory.MAX_PLAIN;
    private boolean flushScheduled;
    /** The completion of the write that waits for the stream below. */
    private @Nullable Completion held;

    Outbound(Conversation conversation, TlsMemory memory, SSLEngine engine) {
        this.conversation = conversation;
        this.memory = memory;
        this.engine = engine;
        releases = conversation.below() instanceof Socket || conversation.below() instanceof TlsSocket;
    }

    void setMaxFragment(int size) {
        maxFragment = size;
    }

    /** Collects {@code data}. A full record is made at once, and sent. */
    void write(ByteBuffer data, Completion done) {
        if (conversation.below().isDestroyed()) {
            done.onComplete(new ChagresException("EPIPE", "write after the stream below has closed"));
            return;
        }
        int at = data.position();
        int end = data.limit();
        try {
            while (at < end) {
                ByteBuffer room = room();
                int count = Math.min(end - at, room.remaining());
                room.put(room.position(), data, at, count).position(room.position() + count);
                at += count;
            }
            if (data.remaining() >= maxFragment) {
                flush();
            } else {
                flushSoon();
            }
        } catch (ChagresException error) {
            done.onComplete(error);
            return;
        }
        if (conversation.below().writableLength() == 0 || conversation.isDestroyed()) {
            done.onComplete(null);
        } else {
            held = done;
            conversation.below().write(NOTHING, error -> drained());
        }
    }

    /** Returns the buffer of the next record, which has room. */
    private ByteBuffer room() {
        ByteBuffer buffer = plain;
        if (buffer != null && !buffer.hasRemaining()) {
            encrypt();
            buffer = null;
        }
        if (buffer == null) {
            buffer = memory.takePlain().limit(maxFragment);
            plain = buffer;
        }
        return buffer;
    }

    private void flushSoon() {
        if (!flushScheduled) {
            flushScheduled = true;
            conversation.later(this);
        }
    }

    /** Called on the tick: it is its own, since a new one would be garbage at each turn. */
    @Override
    public void run() {
        flushScheduled = false;
        try {
            flush();
        } catch (ChagresException error) {
            conversation.fail(error);
        }
    }

    /** Sends everything that was collected, in one write. While a worker has the engine, it waits for what the engine says then. */
    void flush() {
        if (!conversation.isDestroyed() && !conversation.isWaiting()) {
            encrypt();
            send();
        }
    }

    /** Makes records of the plain text. */
    private void encrypt() {
        ByteBuffer text = plain;
        if (text == null) {
            return;
        }
        plain = null;
        text.flip();
        try {
            while (text.hasRemaining()) {
                if (wrap(text).getStatus() == SSLEngineResult.Status.CLOSED) {
                    throw new ChagresException("EPIPE", "write after the peer has ended the TLS 1.2 connection");
                }
            }
        } finally {
            memory.returnPlain(text);
        }
    }

    /** Makes one record, of {@code text} or of what the engine has to say. */
    private SSLEngineResult wrap(ByteBuffer text) {
        ByteBuffer records = cipher;
        if (records == null || records.remaining() < TlsMemory.MAX_RECORD) {
            if (records != null) {
                send();
            }
            records = memory.takeCipher();
            cipher = records;
            if (parked != null) {
                records.put(parked);
                parked = null;
            }
        }
        try {
            SSLEngineResult result = engine.wrap(text, records);
            conversation.requireRoom(result);
            return result;
        } catch (SSLException | RuntimeException error) {
            throw conversation.errorOf(error);
        }
    }

    /** Makes a record of the handshake, or of an alert. Returns what the engine says; it goes down with the next {@link #send}. */
    SSLEngineResult wrapOwn() {
        return wrap(NOTHING);
    }

    /**
     * Sends the records of the handshake at the end of the turn, with the first writes of the listeners. Alone, a small record such as a
     * ticket would delay the next by some 40 ms: Nagle's algorithm holds it until the peer has acknowledged the first. Over a stream that
     * is no socket they are sent now.
     */
    void sendSoon() {
        if (releases) {
            flushSoon();
        } else {
            send();
        }
    }

    /**
     * Puts aside what was made before a worker has the engine, such as the change_cipher_spec of TLS 1.3: it is small, and goes down with
     * what follows, in the same way as in {@link #sendSoon}. The large buffer is given back meanwhile.
     */
    void park() {
        ByteBuffer records = cipher;
        if (!releases) {
            send();
        } else if (records != null) {
            cipher = null;
            parked = ByteBuffer.allocate(records.position()).put(records.flip()).flip();
            memory.returnCipher(records);
        }
    }

    /** Writes the records to the stream below. */
    void send() {
        ByteBuffer records = cipher;
        cipher = null;
        if (records == null) {
            sendParked();
            return;
        }
        records.flip();
        if (!records.hasRemaining()) {
            memory.returnCipher(records);
        } else if (releases) {
            sendBorrowed(records);
        } else {
            conversation
                    .below()
                    .write(ByteBuffer.allocate(records.remaining()).put(records).flip());
            memory.returnCipher(records);
        }
    }

    private void sendParked() {
        ByteBuffer records = parked;
        parked = null;
        if (records != null) {
            conversation.below().write(records);
        }
    }

    private void sendBorrowed(ByteBuffer records) {
        conversation.below().write(records);
        if (conversation.below().writableLength() == 0) {
            memory.returnCipher(records);
        } else {
            conversation.below().write(NOTHING, error -> {
                if (error == null) {
                    memory.returnCipher(records);
                }
            });
        }
    }

    private void drained() {
        Completion done = held;
        held = null;
        if (done != null) {
            done.onComplete(null);
        }
    }

    /** Sends a close_notify: the peer gets an end that no third party can fake. Then ends the stream below. */
    void end(Completion done) {
        if (conversation.below().isDestroyed()) {
            done.onComplete(null);
            return;
        }
        try {
            encrypt();
            engine.closeOutbound();
            wrapUntilClosed();
            send();
        } catch (ChagresException error) {
            done.onComplete(error);
            return;
        }
        conversation.below().end(done);
    }

    /** Sends the alert that the engine has made of an error, as far as it goes. */
    void sendAlert() {
        try {
            wrapUntilClosed();
        } catch (ChagresException again) {
            // the error is known, and an alert that cannot be made is not sent
        }
        send();
    }

    private void wrapUntilClosed() {
        while (!engine.isOutboundDone()) {
            SSLEngineResult result = wrapOwn();
            boolean isStuck = result.bytesProduced() == 0 && result.getHandshakeStatus() != HandshakeStatus.FINISHED;
            if (result.getStatus() == SSLEngineResult.Status.CLOSED || isStuck) {
                return;
            }
        }
    }

    /** Sends the records that there are, gives the buffers back, and completes the write that waits. */
    void destroy(ChagresException error) {
        if (plain != null) {
            memory.returnPlain(plain);
            plain = null;
        }
        if (conversation.below().isWritable()) {
            send();
        } else if (cipher != null) {
            memory.returnCipher(cipher);
            cipher = null;
        }
        Completion done = held;
        held = null;
        if (done != null) {
            done.onComplete(error);
        }
    }
}
