package io.chagres.tls;

import io.chagres.ChagresException;
import java.nio.ByteBuffer;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The way in of a {@link TlsSocket}: cuts what arrives below into records, decrypts them, and hands the plain text on, that of several
 * records together. Only the first part of a record, whose rest has not arrived, is kept, and memory is taken for bytes that are there,
 * never for those that a header promises.
 */
final class Inbound {

    private static final int HEADER = 5;
    private static final int MAX_LENGTH = TlsMemory.MAX_RECORD - HEADER;
    private static final int FIRST_TYPE = 20;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int LAST_TYPE = 23;

    /** The size of a record with a KeyUpdate, generously: a session ticket is larger. */
    private static final int MAX_KEY_UPDATE = 64;

    private final Conversation conversation;
    private final TlsMemory memory;
    private final SSLEngine engine;

    /** The bytes that have arrived and were not decrypted yet, from position to limit; null if there are none. */
    private @Nullable ByteBuffer kept;
    /** The plain text that was decrypted and not handed on yet: its buffer, begin and size. */
    private @Nullable ByteBuffer room;

    private int begin;
    private boolean lends;
    private boolean wantsMore = true;

    Inbound(Conversation conversation, TlsMemory memory, SSLEngine engine) {
        this.conversation = conversation;
        this.memory = memory;
        this.engine = engine;
    }

    /** Takes {@code chunk}, which is used during this call only. Returns whether to go on reading below. */
    boolean receive(ByteBuffer chunk) {
        wantsMore = true;
        while (kept != null && chunk.hasRemaining() && conversation.canUnwrap()) {
            complete(chunk);
            goOn();
        }
        if (kept == null) {
            decrypt(chunk);
        }
        if (!conversation.isDestroyed()) {
            keep(chunk);
        }
        return wantsMore;
    }

    /** Decrypts what is kept, after the engine has waited for something. Returns whether to go on reading below. */
    boolean goOn() {
        ByteBuffer source = kept;
        if (source != null) {
            kept = null;
            decrypt(source);
            if (source.hasRemaining() && !conversation.isDestroyed()) {
                kept = source;
            }
        }
        return wantsMore;
    }

    /** Moves as much of {@code chunk} to what is kept as its first record lacks. */
    private void complete(ByteBuffer chunk) {
        ByteBuffer part = Objects.requireNonNull(kept);
        int lacking = Math.max(1, lengthOf(part) - part.remaining());
        int count = Math.min(lacking, chunk.remaining());
        ByteBuffer piece = chunk.slice(chunk.position(), count);
        chunk.position(chunk.position() + count);
        keep(piece);
    }

    /** Appends {@code rest} to what is kept. */
    private void keep(ByteBuffer rest) {
        if (!rest.hasRemaining()) {
            return;
        }
        ByteBuffer part = kept;
        int size = rest.remaining() + (part == null ? 0 : part.remaining());
        if (part != null && part.capacity() - part.limit() >= rest.remaining()) {
            int end = part.limit();
            part.limit(end + rest.remaining()).put(end, rest, rest.position(), rest.remaining());
        } else {
            int capacity = part == null ? size : Math.max(size, Math.min(2 * part.remaining(), TlsMemory.MAX_RECORD));
            ByteBuffer larger = ByteBuffer.allocate(capacity);
            if (part != null) {
                larger.put(part);
            }
            kept = larger.put(rest).flip();
        }
        rest.position(rest.limit());
    }

    /**
     * Returns the length of the record at the position of {@code source}, that of its header if the header is not complete; all that is
     * there if it is no record, so that the engine says what it is.
     *
     * @throws ChagresException ERR_SSL_PACKET_LENGTH_TOO_LONG. An engine would accept 32 KiB, and ask for buffers of that size from then on
     */
    private static int lengthOf(ByteBuffer source) {
        if (source.remaining() < HEADER) {
            return HEADER;
        }
        int type = typeOf(source);
        if (type < FIRST_TYPE || type > LAST_TYPE || source.get(source.position() + 1) != 3) {
            return source.remaining();
        }
        int length = source.getShort(source.position() + 3) & 0xffff;
        if (length > MAX_LENGTH) {
            throw new ChagresException(
                    "ERR_SSL_PACKET_LENGTH_TOO_LONG",
                    "a TLS record of " + length + " bytes has arrived, and the maximum is " + MAX_LENGTH);
        }
        return HEADER + length;
    }

    private static int typeOf(ByteBuffer source) {
        return source.get(source.position());
    }

    /** Decrypts the complete records of {@code source}, as long as the engine is able to, and hands the plain text on. */
    private void decrypt(ByteBuffer source) {
        try {
            while (source.hasRemaining()
                    && conversation.canUnwrap()
                    && source.remaining() >= lengthOf(source)
                    && admits(source)
                    && unwrap(source)) {}
            deliver();
        } catch (ChagresException error) {
            deliver();
            conversation.fail(error);
        }
    }

    /**
     * Looks at the type of a record of TLS 1.2 before the engine does: refuses a renegotiation, and hands on what came before an alert,
     * since the answer of a listener must be sent before the alert ends this side as well. Returns whether the stream lives on.
     */
    private boolean admits(ByteBuffer source) {
        if (conversation.isSecure() && typeOf(source) != LAST_TYPE && !conversation.isVersion13()) {
            if (typeOf(source) == HANDSHAKE) {
                throw new ChagresException(
                        "ERR_TLS_RENEGOTIATION_DISABLED", "TLS session renegotiation disabled for this socket");
            }
            if (typeOf(source) == ALERT) {
                deliver();
                conversation.flushWrites();
            }
        }
        return !conversation.isDestroyed();
    }

    /** Decrypts one record. Returns whether to go on. */
    private boolean unwrap(ByteBuffer source) {
        int size = Math.min(source.remaining(), lengthOf(source));
        if (typeOf(source) == LAST_TYPE && conversation.maySignWhileItDecrypts()) {
            unwrapByWorker(source, size);
            return false;
        }
        ByteBuffer text = roomFor(size);
        SSLEngineResult result;
        try {
            result = engine.unwrap(source, text);
        } catch (SSLException | RuntimeException error) {
            throw conversation.isSecure() ? conversation.errorOf(error) : conversation.errorOf(error, source);
        }
        conversation.requireRoom(result);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            return false;
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            deliver();
            source.position(source.limit());
            conversation.receivedCloseNotify();
            return false;
        }
        boolean wasSecure = conversation.isSecure();
        if (result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING || !wasSecure) {
            deliver();
            conversation.handshake(result.getHandshakeStatus());
        }
        if (wasSecure && result.bytesProduced() == 0 && result.bytesConsumed() > MAX_KEY_UPDATE) {
            conversation.receivedTicket();
        }
        return !conversation.isDestroyed();
    }

    /** Has a worker decrypt a record of the handshake, which has no text. */
    private void unwrapByWorker(ByteBuffer source, int size) {
        ByteBuffer record = ByteBuffer.allocate(size).put(0, source, source.position(), size);
        source.position(source.position() + size);
        conversation.byWorker(() -> engine.unwrap(record, ByteBuffer.allocate(size)), result -> {
            conversation.requireRoom(result);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                conversation.receivedCloseNotify();
            } else {
                conversation.handshake(result.getHandshakeStatus());
            }
        });
    }

    /** Returns a buffer with room for the plain text of a record of {@code size} bytes. */
    private ByteBuffer roomFor(int size) {
        ByteBuffer current = room;
        if (current != null && current.remaining() < size) {
            deliver();
            current = null;
        }
        if (current == null || room == null) {
            current = conversation.lends() ? memory.takeLoan() : null;
            lends = current != null;
            current = current != null ? current : memory.slab(size);
            room = current;
            begin = current.position();
        }
        return current;
    }

    /** Hands the plain text on. */
    private void deliver() {
        ByteBuffer text = room;
        room = null;
        int count = text == null ? 0 : text.position() - begin;
        if (text == null) {
            return;
        }
        if (lends) {
            memory.returnLoan(text, count > 0 && conversation.receivedLoan(text.flip(), count));
        } else if (count > 0) {
            wantsMore = conversation.received(text.slice(begin, count), count);
        }
    }

    /** Returns whether the first part of a record has arrived, or more. */
    boolean hasPart() {
        return kept != null;
    }

    void destroy() {
        kept = null;
        if (room != null && lends) {
            memory.returnLoan(room, false);
        }
        room = null;
    }
}
