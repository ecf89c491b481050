package io.chagres.stream;

import io.chagres.loop.LoopCore;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Where the streams of a loop read to when their users supply no buffer: an array of 64 KiB that is given away piece by
 * piece. A chunk belongs to its listener for ever, and costs the bytes that were read and one view of them; no copy is made
 * on the way from the kernel. The price: a chunk that is kept keeps its whole slab.
 */
public final class ReadSlab {

    private static final int SIZE = 64 * 1024;

    /** A read gets at least this much room, so that a busy connection isn't read in crumbs at the end of a slab. */
    private static final int LEAST_ROOM = 16 * 1024;

    private ByteBuffer slab;
    private MemorySegment segment;

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
        if (slab.remaining() < LEAST_ROOM) {
            renew();
        }
        return slab;
    }

    /** The whole of {@code array}: kept for the slab, made anew for any other. */
    MemorySegment segmentOf(byte[] array) {
        return array == slab.array() ? segment : MemorySegment.ofArray(array);
    }

    /** The first {@code count} bytes of the room, as a chunk that is never touched again. */
    public ByteBuffer take(int count) {
        int start = slab.position();
        slab.position(start + count);
        return slab.slice(start, count);
    }
}
