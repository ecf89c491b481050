package io.chagres.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * The rule for buffers of callers, and the three questions that it needs.
 *
 * <p>Position and limit belong to the caller. They are read during the call that passes the buffer, and never after
 * the call has returned. A buffer that is kept, or passed to a second receiver, is a {@linkplain #view view} that was
 * made during the call. A receiver may then move, decode and slice its view, and the caller may do the same with the
 * buffer.
 *
 * <p>The bytes behind a buffer must stay in place until a request has finished. Three kinds of memory differ in that:
 *
 * <ul>
 * <li>The garbage collector moves a Java array. The kernel sees the array only during a critical call ({@link
 *     HeapCalls}), or gets a copy.
 * <li>Memory of {@link ByteBuffer#allocateDirect}, of {@link Arena#ofAuto} and of {@link Arena#global} stays as long
 *     as the buffer is reachable. The kernel needs only an address, if the buffer is kept reachable until the call
 *     has returned.
 * <li>Memory of {@link Arena#ofConfined} and {@link Arena#ofShared} is freed when its owner closes the arena. The
 *     call gets the segment itself ({@link ArenaCalls}). The linker holds the arena during the call, so that closing
 *     it throws IllegalStateException, and refuses a segment whose arena is closed. Other calls get a copy. Between
 *     two calls nothing holds the arena: a request whose arena was closed too early fails, and no byte of freed
 *     memory is sent.
 * </ul>
 */
public final class Buffers {

    /**
     * The scopes of native memory that cannot be freed. The class is initialized when a native buffer is used for the
     * first time.
     */
    private static final class Scopes {

        /**
         * If a JDK used one class for both kinds, all memory would count as closable here. That costs a copy and no
         * more.
         */
        static final Set<Class<?>> LASTING = lasting();

        private static Set<Class<?>> lasting() {
            Set<Class<?>> closable = Set.of(
                    Arena.ofConfined().scope().getClass(),
                    Arena.ofShared().scope().getClass());
            Set<Class<?>> lasting = Set.of(
                    Arena.ofAuto().scope().getClass(),
                    Arena.global().scope().getClass(),
                    MemorySegment.ofBuffer(ByteBuffer.allocateDirect(0)).scope().getClass());
            return lasting.stream().anyMatch(closable::contains) ? Set.of() : lasting;
        }
    }

    private Buffers() {}

    /**
     * Returns a buffer over the same bytes, with a position, limit and byte order of its own that start with those of
     * {@code buffer}.
     */
    public static ByteBuffer view(ByteBuffer buffer) {
        return buffer.duplicate().order(buffer.order());
    }

    /**
     * Returns if this thread can reach the bytes of {@code buffer} now.
     *
     * @throws IllegalStateException if the arena of its memory is closed
     * @throws WrongThreadException if the arena of its memory is confined to another thread
     */
    public static void requireAccessible(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            MemorySegment segment = MemorySegment.ofBuffer(buffer);
            if (!segment.scope().isAlive()) {
                throw new IllegalStateException("the arena of the buffer is closed");
            }
            if (!segment.isAccessibleBy(Thread.currentThread())) {
                throw new WrongThreadException("the arena of the buffer is confined to another thread");
            }
        }
    }

    /**
     * Returns whether the kernel may keep the address of {@code buffer}: it is native, and stays as long as the
     * buffer is reachable.
     */
    public static boolean stays(ByteBuffer buffer) {
        return buffer.isDirect() && lasts(MemorySegment.ofBuffer(buffer));
    }

    /** Returns whether the memory of {@code nativeSegment} stays as long as the segment is reachable. */
    static boolean lasts(MemorySegment nativeSegment) {
        return Scopes.LASTING.contains(nativeSegment.scope().getClass());
    }
}
