package io.chagres.sys;

import static io.chagres.sys.Libc.call;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The system call by which a thread chooses the processors that it runs on: {@code <sched.h>}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html">sched_setaffinity(2)</a>
 */
public final class Affinity {

    private static final CFunction SCHED_SETAFFINITY = Libc.plain("sched_setaffinity");

    private Affinity() {}

    /**
     * sched_setaffinity(2) for the thread {@code tid}, 0 for the calling one. EINVAL if the mask has no processor that
     * exists and that the process may use; ESRCH.
     *
     * @param mask see {@link #mask}
     */
    public static int sched_setaffinity(int tid, MemorySegment mask) {
        return call(SCHED_SETAFFINITY, tid, mask.byteSize(), mask, 0);
    }

    /** Returns a {@code cpu_set_t} with one processor: a bit for each, in longs, the lowest first. */
    public static MemorySegment mask(int cpu) {
        MemorySegment mask = Memory.allocate((cpu / Long.SIZE + 1) * (long) Long.BYTES);
        mask.setAtIndex(ValueLayout.JAVA_LONG, cpu / Long.SIZE, 1L << cpu);
        return mask;
    }
}
