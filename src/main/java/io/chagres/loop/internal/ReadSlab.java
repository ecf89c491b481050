package io.chagres.loop.internal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the connections of a loop read into if their users supply no buffer: an array of 64 KiB that is given away piece
 * by piece. A chunk belongs to its listener and is never reused. It costs the bytes that were read and one view of them; no copy is
 * made on the way from the kernel. The price: a chunk that is kept keeps its whole slab.
 *
 * <p>A chunk that is only {@linkplain #lend lent}, to pipes, comes from another slab, {@link #ofLoans()}, which is used over and over
 * as long as no borrower keeps any of it.
 *
 * <p>The minimum room of a read follows what arrives. If reads fill their room there may be more, and the end of a slab is given up
 * early. If they are small, the slab is used to its end.
 */
public final class ReadSlab {

    private static final int SIZE = 64 * 1024;

    private static final int MIN_ROOM = 1024;
    private static final int MAX_ROOM = SIZE / 2;
    /** Loans are usually taken back, so a new slab with the maximum of room is paid for once. */
    private static final int MAX_ROOM_OF_LOANS = SIZE;

    /** The number of small reads in a row that halve the room: one long message among short ones must not change it each time. */
    private static final int SMALL_READS = 64;

    private final int maxRoom;
    private ByteBuffer slab;
    private MemorySegment segment;
    private int minRoom = SIZE / 4;
    private int smallReads;
    /** The end of the current loan, whatever its borrowers do with the buffer. */
    private int loanEnd;

    private int loanStart;
    /** The slab of loans that goes with this one. */
    private @Nullable ReadSlab loans;

    private ReadSlab(int maxRoom) {
        this.maxRoom = maxRoom;
        renew();
    }

    private void renew() {
        slab = ByteBuffer.allocate(SIZE);
        segment = MemorySegment.ofArray(slab.array());
    }

    /** Returns the slab of a loop. */
    public static ReadSlab of(LoopCore core) {
        return core.local(ReadSlab.class, () -> new ReadSlab(MAX_ROOM));
    }

    /** Returns the slab of the same loop for chunks that are lent. */
    public ReadSlab ofLoans() {
        if (loans == null) {
            loans = new ReadSlab(MAX_ROOM_OF_LOANS);
        }
        return loans;
    }

    /** Returns room for a read, from position to limit. */
    public ByteBuffer room() {
        if (slab.remaining() < minRoom) {
            renew();
        }
        return slab;
    }

    /** Returns the segment of {@code array} if it is this slab or that of loans, which saves making one a call; otherwise null. */
    public @Nullable MemorySegment segmentOf(byte[] array) {
        return array == slab.array() ? segment : loans == null ? null : loans.segmentOf(array);
    }

    /** Returns the first {@code count} bytes of the room, as a chunk that is never reused. */
    public ByteBuffer take(int count) {
        adapt(count, slab.remaining());
        int start = slab.position();
        slab.position(start + count);
        return slab.slice(start, count);
    }

    /** Returns whether {@code buffer} is the current room of this slab. */
    public boolean isRoom(ByteBuffer buffer) {
        return buffer == slab;
    }

    /** Returns the first {@code count} bytes of the room, until they are taken back or given away. */
    public ByteBuffer lend(int count) {
        adapt(count, slab.remaining());
        loanStart = slab.position();
        loanEnd = loanStart + count;
        return slab.limit(loanEnd);
    }

    /** Takes the loan back: its bytes are read into again. */
    public void takeBack() {
        slab.limit(SIZE).position(loanStart);
    }

    /** Gives the loan away: its bytes belong to a borrower and are never reused. */
    public void giveAway() {
        slab = ByteBuffer.wrap(slab.array()).position(loanEnd);
    }

    /** Returns how much of the current slab is free, as in "ReadSlab (1024 of 65536 bytes free)". */
    @Override
    public String toString() {
        return "ReadSlab (" + slab.remaining() + " of " + SIZE + " bytes free)";
    }

    private void adapt(int count, int room) {
        if (count == room) {
            minRoom = Math.min(minRoom * 4, maxRoom);
            smallReads = 0;
        } else if (count > minRoom / 8) {
            smallReads = 0;
        } else if (++smallReads == SMALL_READS) {
            minRoom = Math.max(minRoom / 2, MIN_ROOM);
            smallReads = 0;
        }
    }
}
