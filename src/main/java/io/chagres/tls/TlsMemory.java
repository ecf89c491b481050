package io.chagres.tls;

import io.chagres.loop.internal.LoopCore;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the TLS connections of a loop share. A connection borrows a buffer while bytes are on their way, and returns it: one
 * that is idle has none. The plain text that listeners get is cut from a slab that is never reused, as that of sockets.
 *
 * <p>A JDK engine wants room for a whole record of 16 KiB, even for one byte. So each buffer is large, and a loop has few of them.
 */
final class TlsMemory {

    /** The maximum of plain text in a record, RFC 8446, 5.1. */
    static final int MAX_PLAIN = 16 * 1024;

    /** Room for the largest record that an engine makes: it asks for that much before each record. */
    static final int MAX_RECORD = MAX_PLAIN + 2048 + 5;

    /** Room for the records of 64 KiB of plain text, which are sent together. */
    private static final int CIPHER_SIZE = 4 * MAX_PLAIN + MAX_RECORD;

    private static final int SLAB_SIZE = 64 * 1024;

    /** Spare buffers of a kind that are kept, for connections whose peers are slow. */
    private static final int MAX_SPARE = 8;

    private final ArrayDeque<ByteBuffer> plains = new ArrayDeque<>(MAX_SPARE);
    private final ArrayDeque<ByteBuffer> ciphers = new ArrayDeque<>(MAX_SPARE);
    private ByteBuffer slab = ByteBuffer.allocate(SLAB_SIZE);
    private @Nullable ByteBuffer loan = ByteBuffer.allocate(SLAB_SIZE);

    private TlsMemory() {}

    /** Returns the memory of a loop. */
    static TlsMemory of(LoopCore core) {
        return core.local(TlsMemory.class, TlsMemory::new);
    }

    /** Borrows a buffer for the plain text of one record. */
    ByteBuffer takePlain() {
        ByteBuffer spare = plains.pollLast();
        return spare != null ? spare : ByteBuffer.allocate(MAX_PLAIN);
    }

    void returnPlain(ByteBuffer buffer) {
        if (plains.size() < MAX_SPARE) {
            plains.addLast(buffer.clear());
        }
    }

    /** Borrows a buffer for records that are sent together. */
    ByteBuffer takeCipher() {
        ByteBuffer spare = ciphers.pollLast();
        return spare != null ? spare : ByteBuffer.allocate(CIPHER_SIZE);
    }

    void returnCipher(ByteBuffer buffer) {
        if (ciphers.size() < MAX_SPARE) {
            ciphers.addLast(buffer.clear());
        }
    }

    /** Returns room for at least {@code size} bytes of plain text that will belong to listeners. */
    ByteBuffer slab(int size) {
        if (slab.remaining() < size) {
            slab = ByteBuffer.allocate(SLAB_SIZE);
        }
        return slab;
    }

    /** Returns memory for plain text that is lent to pipes, until {@link #returnLoan}; null while another connection has it. */
    @Nullable
    ByteBuffer takeLoan() {
        ByteBuffer free = loan;
        loan = null;
        return free;
    }

    /** @param kept whether a pipe has kept what was lent */
    void returnLoan(ByteBuffer buffer, boolean kept) {
        loan = kept ? ByteBuffer.allocate(SLAB_SIZE) : buffer.clear();
    }

    /** Returns the number of spare buffers, as in "TlsMemory (1 plain, 2 cipher)". */
    @Override
    public String toString() {
        return "TlsMemory (" + plains.size() + " plain, " + ciphers.size() + " cipher)";
    }
}
