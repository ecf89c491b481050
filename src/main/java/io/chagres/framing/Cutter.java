package io.chagres.framing;

import io.chagres.ChagresException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.PartListener;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Readable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumer of a readable that cuts its chunks into frames. It keeps nothing but the first bytes of a frame whose rest has not arrived.
 * All other bytes that a listener does not want yet are put back into the readable, so that its buffer, its high-water mark and its end
 * work as always.
 *
 * <pre>
 *   chunk  partial
 *   null   null     between two chunks, at the border of two frames
 *   null   bytes    between two chunks, inside a frame
 *   bytes  null     cutting; the position of chunk is behind the last frame, whose listeners may be running
 *   bytes  bytes    cutting the rest of a frame, which an earlier chunk has begun; no listener is running
 * </pre>
 */
final class Cutter implements Consumer<ByteBuffer>, PartListener {

    private static final int MIN_PARTIAL = 128; // more than most frames of a protocol of requests: grown once less
    private static final Runnable NOTHING = () -> {};

    private final Readable readable;
    private final FrameListeners listeners;
    private final FrameTimeout timeout;
    private final Runnable onEnd = this::end;
    private final CloseListener onClose = hadError -> close();
    private Framing framing;
    private boolean begun;
    private boolean stopped;
    private boolean refused;
    private @Nullable ByteBuffer chunk;
    private @Nullable ByteBuffer partial; // up to its position
    private @Nullable ArrayDeque<ByteBuffer> later; // chunks that arrived while a listener was running

    Cutter(Readable readable, LoopCore core, FrameListeners listeners, Framing framing) {
        this.readable = readable;
        this.listeners = listeners;
        this.framing = framing;
        timeout = new FrameTimeout(core, this::expire);
    }

    Framing framing() {
        return framing;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Returns whether bytes have arrived that are no frame: nothing is cut any more. */
    boolean isRefused() {
        return refused;
    }

    FrameTimeout timeout() {
        return timeout;
    }

    @Override
    public boolean hasPart() {
        return partial != null;
    }

    /** Returns how many bytes of an unfinished frame have arrived. */
    int partialLength() {
        ByteBuffer first = partial;
        return first == null ? 0 : first.position();
    }

    /** Becomes a data listener of the readable, once. */
    void begin() {
        if (!begun && !stopped) {
            begun = true;
            readable.onEnd(onEnd);
            readable.onClose(onClose);
            readable.onData(this);
        }
    }

    /** Cuts with {@code next} from the byte on that follows the last frame. */
    void switchTo(Framing next) {
        framing = next;
        if (chunk == null && partial != null) {
            putBack(NOTHING);
        }
    }

    /** Gives all bytes behind the last frame back to the readable, once. */
    void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        if (begun) {
            readable.offEnd(onEnd);
            readable.offClose(onClose);
            timeout.stop();
            putBack(() -> readable.offData(this));
        }
    }

    /**
     * Gives the bytes back, after {@code change}. They flow on a tick, not inside this call, because while there is a readable listener
     * nothing flows. When that is removed, a stream without other consumers is undecided, as a new one is: a pipe or a listener makes it
     * flow, and until then it drops nothing.
     */
    private void putBack(Runnable change) {
        boolean wasPaused = readable.isPaused();
        if (!wasPaused) {
            readable.onReadable(NOTHING);
        }
        change.run();
        unshiftAll();
        if (!wasPaused) {
            readable.offReadable(NOTHING);
        }
    }

    private void unshiftAll() {
        unshiftRest();
        ByteBuffer first = partial;
        partial = null;
        timeout.end();
        if (first != null && !readable.isReadableEnded()) {
            readable.unshift(first.flip());
        }
    }

    /** Puts back what is behind the last frame of the chunk. The last bytes go first, since each unshift goes before all others. */
    private void unshiftRest() {
        ArrayDeque<ByteBuffer> waiting = later;
        while (waiting != null && !waiting.isEmpty()) {
            readable.unshift(waiting.removeLast());
        }
        ByteBuffer rest = chunk;
        if (rest != null && rest.hasRemaining()) {
            readable.unshift(rest);
            rest.position(rest.limit());
        }
    }

    private void close() {
        drop();
        refused = false;
    }

    private void drop() {
        timeout.stop();
        partial = null;
        later = null;
        ByteBuffer rest = chunk;
        if (rest != null) {
            rest.position(rest.limit());
        }
    }

    // ---- cutting

    @Override
    public void accept(ByteBuffer arrived) {
        if (refused) {
            return; // no border of a frame is known: the bytes are dropped
        }
        arrived.order(ByteOrder.BIG_ENDIAN);
        if (chunk != null) {
            takeLater(arrived);
            return;
        }
        try {
            for (ByteBuffer next = arrived; next != null; next = later == null ? null : later.poll()) {
                chunk = next;
                cutAll(next);
            }
        } catch (Throwable thrown) { // of the framing, or of the JVM: the border of the next frame is lost
            refuse(ChagresException.of(thrown));
        } finally {
            chunk = null;
        }
    }

    /** Hands nothing on any more. The listeners decide what becomes of the readable; without one it is destroyed. */
    private void refuse(ChagresException error) {
        refused = true;
        drop();
        if (!listeners.callError(error)) {
            refused = false; // a socket may connect again
            readable.destroy(error);
        }
    }

    private void expire() {
        if (readable.isPaused()) {
            timeout.again();
        } else {
            refuse(new ChagresException(
                    "ERR_FRAME_TIMEOUT",
                    "of a frame, " + partialLength() + " bytes have arrived in " + timeout.limitNanos() / 1_000_000
                            + " ms, and not the rest"));
        }
    }

    /** Keeps a chunk that a source in memory has pushed because of what a frame listener did: it follows the rest of the present one. */
    private void takeLater(ByteBuffer arrived) {
        if (later == null) {
            later = new ArrayDeque<>();
        }
        later.add(arrived);
    }

    /** Cuts at least one frame: a caller that reads a paused stream by hand must see progress. */
    private void cutAll(ByteBuffer bytes) {
        do {
            if (partial == null) {
                cut(bytes);
            } else {
                complete(partial, bytes);
            }
        } while (bytes.hasRemaining() && flows());
        if (!readable.isReadable()) {
            drop();
        } else if (!flows()) {
            unshiftRest();
        }
    }

    private boolean flows() {
        return readable.isReadableFlowing() && readable.isReadable() && !stopped && !refused;
    }

    private void cut(ByteBuffer bytes) {
        int from = bytes.position();
        long extent = framing.find(bytes, from, bytes.limit(), 0);
        if (extent == Extent.NONE) {
            partial = ByteBuffer.allocate(Math.max(MIN_PARTIAL, bytes.remaining()))
                    .put(bytes);
            timeout.begin();
        } else {
            bytes.position(from + Extent.total(extent));
            call(bytes, from, extent);
        }
    }

    /** Puts the next bytes behind those of an unfinished frame, and hands the frame on if it is complete. */
    private void complete(ByteBuffer first, ByteBuffer bytes) {
        int known = first.position();
        int count = framing.wanted(first, bytes);
        ByteBuffer both = first.remaining() < count ? grown(first, count) : first;
        both.put(known, bytes, bytes.position(), count).position(known + count);
        partial = both;
        long extent = framing.find(both, 0, known + count, known);
        if (extent == Extent.NONE) {
            bytes.position(bytes.position() + count);
        } else {
            bytes.position(
                    bytes.position() + Extent.total(extent) - known); // find may have needed bytes of the next frame
            partial = null;
            timeout.end();
            call(both, 0, extent);
        }
    }

    /** The size follows the bytes that have arrived, at most twice as many, and never what a prefix promises. */
    private static ByteBuffer grown(ByteBuffer first, int count) {
        int size = first.position();
        return ByteBuffer.allocate(Math.max(size + count, (int) Math.min(2L * size, Integer.MAX_VALUE - 8)))
                .put(first.flip());
    }

    private void call(ByteBuffer bytes, int from, long extent) {
        listeners.callFrame(bytes, from + Extent.head(extent), from + Extent.total(extent) - Extent.tail(extent));
    }

    private void end() {
        ByteBuffer first = partial;
        if (refused) {
            return;
        }
        if (first == null) {
            listeners.callEnd();
        } else {
            refuse(new ChagresException(
                    "ERR_FRAME_TRUNCATED",
                    "the stream has ended inside a frame, of which " + first.position() + " bytes have arrived"));
        }
    }
}
