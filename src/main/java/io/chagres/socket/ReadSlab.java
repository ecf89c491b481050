package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Where the streams of a loop read to when their users supply no buffer: an array of 64 KiB that is given away piece by
 * piece. A chunk belongs to its listener for ever, and costs the bytes that were read and one view of them; no copy is made
 * on the way from the kernel. The price: a chunk that is kept keeps its whole slab.
 *
 * <p>What is only {@linkplain #lend lent}, to pipes, comes from a slab of its own, {@link #ofLoans()}, which is used over and over
 * as long as nobody keeps any of it.
 *
 * <p>How much room a read gets at the least follows what arrives: where reads fill their room there may be more, and the end
 * of a slab is given up early; where they are small, the slab is used to its end.
 */
public final class ReadSlab {

    private static final int SIZE = 64 * 1024;

    private static final int SMALLEST_ROOM = 1024;
    private static final int LARGEST_ROOM = SIZE / 2;
    /** Loans are mostly taken back: a new slab, for all the room that there can be, is paid for once. */
    private static final int LARGEST_ROOM_OF_LOANS = SIZE;

    /** So many small reads in a row halve the room: one long message among short ones must not change it each time. */
    private static final int SMALL_READS = 64;

    private final int largestRoom;
    private ByteBuffer slab;
    private MemorySegment segment;
    private int leastRoom = SIZE / 4;
    private int smallReads;
    /** Where the loan ends that is out now, whatever its borrowers do with the buffer. */
    private int loanEnd;

    private int loanStart;
    /** The slab of loans that goes with this one. */
    private ReadSlab loans;

    private ReadSlab(int largestRoom) {
        this.largestRoom = largestRoom;
        renew();
    }

    private void renew() {
        slab = ByteBuffer.allocate(SIZE);
        segment = MemorySegment.ofArray(slab.array());
    }

    /** The slab of a loop. */
    public static ReadSlab of(LoopCore core) {
        return core.local(ReadSlab.class, () -> new ReadSlab(LARGEST_ROOM));
    }

    /** The slab of the same loop for what is lent. */
    public ReadSlab ofLoans() {
        if (loans == null) {
            loans = new ReadSlab(LARGEST_ROOM_OF_LOANS);
        }
        return loans;
    }

    /** Room for a read, from position to limit. */
    public ByteBuffer room() {
        if (slab.remaining() < leastRoom) {
            renew();
        }
        return slab;
    }

    /** The whole of {@code array}, where it is this slab or that of loans; else null. */
    MemorySegment segmentOf(byte[] array) {
        return array == slab.array() ? segment : loans == null ? null : loans.segmentOf(array);
    }

    /** The first {@code count} bytes of the room, as a chunk that is never touched again. */
    public ByteBuffer take(int count) {
        adapt(count, slab.remaining());
        int start = slab.position();
        slab.position(start + count);
        return slab.slice(start, count);
    }

    /** Whether {@code buffer} is this slab's present room. */
    public boolean isRoom(ByteBuffer buffer) {
        return buffer == slab;
    }

    /** The first {@code count} bytes of the room, until they are taken back, or kept. */
    public ByteBuffer lend(int count) {
        adapt(count, slab.remaining());
        loanStart = slab.position();
        loanEnd = loanStart + count;
        return slab.limit(loanEnd);
    }

    /** Nobody needs what was lent any more. */
    public void takeBack() {
        slab.limit(SIZE).position(loanStart);
    }

    /** What was lent is somebody's for ever. */
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
            leastRoom = Math.min(leastRoom * 4, largestRoom);
            smallReads = 0;
        } else if (count > leastRoom / 8) {
            smallReads = 0;
        } else if (++smallReads == SMALL_READS) {
            leastRoom = Math.max(leastRoom / 2, SMALLEST_ROOM);
            smallReads = 0;
        }
    }
}
