package io.chagres.stream;

import io.chagres.loop.ChagresException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * The reading side of a {@link Duplex}: what is buffered, whether it flows, and when it ends. Names of methods and order of
 * events are those of Node's lib/internal/streams/readable.js.
 */
final class ReadableState {

    /** Nobody has said yet whether it shall flow; the first data listener does. */
    private enum Flow { UNDECIDED, PAUSED, FLOWING }

    private final Duplex stream;
    final int highWaterMark;
    private Flow flow = Flow.UNDECIDED;
    private boolean paused;
    private ArrayDeque<ByteBuffer> buffer;
    private int length;
    /** Whether the source was asked and has not pushed since. */
    private boolean reading;
    /** Whether a push now would be inside the call that asks for it. */
    private boolean asking;
    private boolean ended;
    private boolean endScheduled;
    boolean endEmitted;
    private boolean resumeScheduled;
    private boolean readMoreScheduled;
    private Runnable readMoreTick;
    private Listeners<Consumer<? super ByteBuffer>> dataListeners;
    Listeners<Runnable> endListeners;
    private int pipes;
    private int pipesWaiting;

    ReadableState(Duplex stream, int highWaterMark) {
        this.stream = stream;
        this.highWaterMark = highWaterMark;
    }

    int length() {
        return length;
    }

    boolean isEnded() {
        return ended;
    }

    boolean isPaused() {
        return paused || flow == Flow.PAUSED;
    }

    // ---- the source ----------------------------------------------------------------------------------------------

    /** A chunk has come; whether the source should go on. */
    boolean push(ByteBuffer chunk) {
        reading = false;
        if (stream.destroyed) {
            return false;
        }
        if (ended) {
            stream.destroy(new ChagresException("ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF"));
            return false;
        }
        if (chunk.hasRemaining()) {
            add(chunk);
        }
        readMoreSoon();
        return !ended && (length < highWaterMark || length == 0);
    }

    private void add(ByteBuffer chunk) {
        if (flow == Flow.FLOWING && !resumeScheduled && length == 0 && !asking && dataListeners != null) {
            emitData(chunk);
            return;
        }
        if (buffer == null) {
            buffer = new ArrayDeque<>();
        }
        buffer.add(chunk);
        length += chunk.remaining();
        if (flow == Flow.FLOWING) {
            stream.tick(this::flow);
        }
    }

    /** The source has no more. */
    void pushEnd() {
        reading = false;
        if (ended || stream.destroyed) {
            return;
        }
        ended = true;
        if (asking || resumeScheduled) {
            stream.tick(this::flow);
        } else {
            flow();
        }
    }

    /** Asks the source for more where there is room, and ends where there is nothing to wait for: Node's read(0). */
    void pull() {
        if (ended) {
            endWhenEmpty();
        } else if (!reading && !stream.destroyed && (length == 0 || length < highWaterMark)) {
            reading = true;
            asking = true;
            try {
                stream.doRead();
            } finally {
                asking = false;
            }
        }
    }

    private void readMoreSoon() {
        if (!readMoreScheduled) {
            readMoreScheduled = true;
            if (readMoreTick == null) {
                readMoreTick = this::readMore;
            }
            stream.tick(readMoreTick);
        }
    }

    private void readMore() {
        while (!reading && !ended && !stream.destroyed
            && (length < highWaterMark || flow == Flow.FLOWING && length == 0)) {
            int before = length;
            pull();
            if (length == before) {
                break;
            }
        }
        readMoreScheduled = false;
    }

    // ---- the consumer --------------------------------------------------------------------------------------------

    void onData(Consumer<? super ByteBuffer> listener) {
        dataListeners = Listeners.add(dataListeners, listener);
        if (flow != Flow.PAUSED) {
            resume();
        }
    }

    void pause() {
        flow = Flow.PAUSED;
        paused = true;
    }

    void resume() {
        paused = false;
        flow = Flow.FLOWING;
        if (!resumeScheduled) {
            resumeScheduled = true;
            stream.tick(this::resumeNow);
        }
    }

    /** One more sink is fed from here. */
    void pipeBegins() {
        pipes++;
    }

    /** A sink takes no more for now. */
    void pipeWaits() {
        pipesWaiting++;
        pause();
    }

    /** A sink takes more; the slowest of several decides. */
    void pipeGoesOn() {
        if (--pipesWaiting == 0) {
            resume();
        }
    }

    /** A sink is over: the others go on without it; where it was the last, the stream is left to its owner, paused. */
    void pipeEnds(boolean wasWaiting) {
        if (--pipes == 0) {
            pipesWaiting = 0;
            pause();
        } else if (wasWaiting) {
            pipeGoesOn();
        }
    }

    private void resumeNow() {
        resumeScheduled = false;
        if (!reading) {
            pull();
        }
        flow();
        if (flow == Flow.FLOWING && !reading) {
            pull();
        }
    }

    private void flow() {
        while (flow == Flow.FLOWING && length > 0 && !stream.destroyed) {
            ByteBuffer chunk = buffer.poll();
            length -= chunk.remaining();
            emitData(chunk);
        }
        if (flow == Flow.FLOWING && !stream.destroyed) {
            pull();
        }
    }

    private void emitData(ByteBuffer chunk) {
        try {
            for (var at = dataListeners; at != null; at = at.next()) {
                at.listener().accept(chunk);
            }
        } catch (Throwable thrown) {
            stream.raise(thrown);
        }
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    private void endWhenEmpty() {
        if (length == 0 && !endEmitted && !endScheduled) {
            endScheduled = true;
            stream.tick(this::emitEnd);
        }
    }

    private void emitEnd() {
        endScheduled = false;
        if (length == 0 && !endEmitted && !stream.destroyed) {
            endEmitted = true;
            stream.tell(endListeners);
            stream.afterEnd();
        }
    }

    /** Lets go of the chunks that nobody has read. */
    void clear() {
        buffer = null;
        length = 0;
    }

    /** As at first, but for what the user has said: who listens, and whether it flows. */
    void reopen() {
        reading = false;
        ended = false;
        endEmitted = false;
    }
}
