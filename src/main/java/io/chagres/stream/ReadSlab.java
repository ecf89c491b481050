package io.chagres.stream;

import io.chagres.loop.LoopCore;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Where the streams of a loop read to when their users supply no buffer: an array of 64 KiB that is given away piece by
 * piece. A chunk belongs to its listener for ever, and costs the bytes that were read and one view of them; no copy is made
 * on the way from the kernel. The price: a chunk that is kept keeps its whole slab.
 *
 * <p>How much room a read gets at the least follows what arrives: where reads fill their room there may be more, and the end
 * of a slab is given up early; where they are small, the slab is used to its end.
 */
public final class ReadSlab {

    private static final int SIZE = 64 * 1024;

    private static final int SMALLEST_ROOM = 1024;
    private static final int LARGEST_ROOM = SIZE / 2;

    /** So many small reads in a row halve the room: one long message among short ones must not change it each time. */
    private static final int SMALL_READS = 64;

    private ByteBuffer slab;
    private MemorySegment segment;
    private int leastRoom = SIZE / 4;
    private int smallReads;

    private ReadSlab() {
        renew();
    }

    private void renew() {
        slab = ByteBuffer.allocate(SIZE);
        segment = MemorySegment.ofArray(slab.array());
    }

    /** The slab of a loop. */
    public static ReadSlab of(LoopCore core) {
        return core.local(ReadSlab.class, ReadSlab::new);
    }

    /** Room for a read, from position to limit. */
    public ByteBuffer room() {
        if (slab.remaining() < leastRoom) {
            renew();
        }
        return slab;
    }

    boolean isOf(byte[] array) {
        return array == slab.array();
    }

    /** The whole of {@code array}: kept for the slab, made anew for any other. */
    MemorySegment segmentOf(byte[] array) {
        return isOf(array) ? segment : MemorySegment.ofArray(array);
    }

    /** The first {@code count} bytes of the room, as a chunk that is never touched again. */
    public ByteBuffer take(int count) {
        adapt(count, slab.remaining());
        int start = slab.position();
        slab.position(start + count);
        return slab.slice(start, count);
    }

    private void adapt(int count, int room) {
        if (count == room) {
            leastRoom = Math.min(leastRoom * 4, LARGEST_ROOM);
            smallReads = 0;
        } else if (count > leastRoom / 8) {
            smallReads = 0;
        } else if (++smallReads == SMALL_READS) {
            leastRoom = Math.max(leastRoom / 2, SMALLEST_ROOM);
            smallReads = 0;
        }
    }
}
