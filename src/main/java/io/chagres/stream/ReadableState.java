package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The reading side of a {@link Duplex}: what is buffered, whether it flows, and when it ends. Names of methods and order of
 * events are those of Node's lib/internal/streams/readable.js.
 */
final class ReadableState extends ReadableListeners {

    /** What {@link #read(int)} is asked for if it shall be whatever there is. */
    static final int ALL = -1;
    /** What the flow asks for: the next chunk, which only listeners get. */
    private static final int NEXT = -2;

    /** A read of more bytes than this raises it, as in Node. */
    int highWaterMark = stream.options().readableHighWaterMark();

    private Flow flow = Flow.UNDECIDED;
    /** The user's last call of {@link Duplex#pause()} or {@link Duplex#resume()}, if any. Unlike the pauses of pipes it outlives a reopening. */
    private boolean wishesPause;

    private boolean wishesFlow;
    /** Null until there is a pipe. */
    private ReadablePipes pipes;
    /** Whether it was paused by a call; a listener for {@code readable} makes {@link #flow} PAUSED without that. */
    private boolean paused;

    private Chunks chunks;
    /** Whether the source was asked and has not pushed since. */
    private boolean reading;
    /** Whether a push now would be inside the call that asks for it; before the first one nothing is handed on, either. */
    private boolean asking = true;

    private boolean ended = !stream.options().readable();
    private boolean endScheduled;
    private boolean endEmitted = ended;
    private boolean resumeScheduled;
    private boolean readMoreScheduled;
    private Runnable readMoreTick;
    /** Whether the next bytes, or the end, are to be told to those who listen for {@code readable}. */
    private boolean needReadable;

    private boolean readableScheduled;
    private boolean readableListening;

    ReadableState(Duplex stream) {
        super(stream);
    }

    /**
     * The reading side of a stream that is opened again. Everything is as at first but what the user has set: the listeners, and
     * the last {@link #pause} or {@link #resume}. {@code earlier} has no effect from now on.
     */
    ReadableState(ReadableState earlier) {
        super(earlier);
        wishesPause = earlier.wishesPause;
        wishesFlow = earlier.wishesFlow;
    }

    /** Begins to flow, or to wait for a reader, as the listeners and the wish that were taken over say. */
    void reopened() {
        if (wishesPause) {
            flow = Flow.PAUSED;
            paused = true;
        }
        if (hasReadableListeners()) {
            awaitReader();
        } else if (flow != Flow.PAUSED && (wishesFlow || hasDataListeners())) {
            resume();
        }
    }

    long length() {
        Chunks buffered = chunks;
        return buffered == null ? 0 : buffered.length();
    }

    boolean isEndEmitted() {
        return endEmitted;
    }

    boolean isPaused() {
        return paused || flow == Flow.PAUSED;
    }

    boolean isFlowing() {
        return flow == Flow.FLOWING;
    }

    ReadablePipes pipes() {
        if (pipes == null) {
            pipes = new ReadablePipes(this);
        }
        return pipes;
    }

    // ---- the source

    /** A chunk has come, which is nobody else's; whether the source should go on. */
    boolean push(ByteBuffer chunk) {
        if (isOver()) {
            return false;
        }
        boolean empty = !chunk.hasRemaining();
        if (ended && !empty) {
            return stream.life.fail("ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF");
        }
        reading = false;
        if (!empty) {
            add(chunk, false);
        }
        readMoreSoon();
        return hasRoom();
    }

    /** Whether a chunk can be lent now: it would go straight to listeners that are done with it when they return. */
    boolean canLend() {
        boolean goesThrough = flow == Flow.FLOWING && length() == 0 && !asking && !ended;
        return goesThrough && stream.core.nesting().hasRoom() && allBorrow();
    }

    /** As {@link #push}, of a chunk whose source goes on by itself; whether somebody has kept it. */
    boolean lend(ByteBuffer chunk) {
        ReadablePipes.lendsNext(pipes);
        if (!isOver()) {
            add(canLend() ? chunk : Buffers.view(chunk), false);
        }
        return pipes != null && pipes.isKept() || length() > 0;
    }

    /** A consumer gives back what it has read too much. */
    boolean unshift(ByteBuffer chunk) {
        if (isOver()) {
            return false;
        }
        if (chunk.hasRemaining()) {
            if (endEmitted) {
                return stream.life.fail("ERR_STREAM_UNSHIFT_AFTER_END_EVENT", "stream.unshift() after end event");
            }
            add(Buffers.view(chunk), true);
            readMoreSoon();
        }
        return hasRoom();
    }

    private boolean hasRoom() {
        return !ended && (length() < highWaterMark || length() == 0);
    }

    private void add(ByteBuffer chunk, boolean first) {
        boolean isDue = flow == Flow.FLOWING && length() == 0 && !asking && hasDataListeners();
        if (isDue && stream.core.nesting().hasRoom()) {
            emitData(chunk);
            return;
        }
        if (chunks == null) {
            chunks = new Chunks();
        }
        chunks.add(chunk, first);
        if (needReadable || isDue) {
            emitReadableSoon();
        }
    }

    /** The source has no more. */
    void pushEnd() {
        reading = false;
        if (ended || isOver()) {
            return;
        }
        ended = true;
        if (asking) {
            emitReadableSoon();
        } else {
            needReadable = false;
            readableScheduled = true;
            emitReadable();
        }
    }

    /** Asks the source for more where there is room, and ends where there is nothing to wait for: Node's read(0). */
    void pull() {
        if (ended && length() == 0) {
            endSoon();
        } else if (needReadable && (ended || length() >= Math.max(highWaterMark, 1))) {
            emitReadableSoon();
        } else if (!ended) {
            ask(0);
            needReadable = length() <= highWaterMark;
        }
    }

    /** Asks the source where there will be room once {@code taken} bytes are taken out, or where somebody waits. */
    private void ask(int taken) {
        boolean wanted = needReadable || length() == 0 || length() - taken < highWaterMark;
        if (!wanted || ended || reading || stream.life.isConstructing() || isOver()) {
            return;
        }
        reading = true;
        asking = true;
        needReadable |= length() == 0;
        try {
            stream.doRead();
        } catch (Throwable thrown) {
            stream.life.errorOrDestroy(ChagresException.of(thrown));
        } finally {
            asking = false;
        }
    }

    private void readMoreSoon() {
        if (!readMoreScheduled && !stream.life.isConstructing()) {
            readMoreScheduled = true;
            if (readMoreTick == null) {
                readMoreTick = this::readMore;
            }
            stream.tick(readMoreTick);
        }
    }

    /** The construct step has completed. */
    void constructed() {
        if (needReadable) {
            readMoreSoon();
        }
    }

    private void readMore() {
        while (!reading && !ended && !isOver() && (length() < highWaterMark || flow == Flow.FLOWING && length() == 0)) {
            long before = length();
            pull();
            if (length() == before) {
                break;
            }
        }
        readMoreScheduled = false;
    }

    // ---- the consumer

    /** Takes {@code wanted} bytes out, or {@link #ALL}; null where there are fewer, unless they are the last. */
    ByteBuffer read(int wanted) {
        raiseMark(wanted);
        if (wanted == 0) {
            pull();
            return null;
        }
        if (hasDataListeners() && !stream.core.nesting().hasRoom()) {
            // data listeners that read inside one another have gone too deep: what is buffered comes later
            emitReadableSoon();
            return null;
        }
        readableScheduled = false;
        int count = available(wanted);
        if (count == 0 && ended) {
            pull();
            return null;
        }
        ask(count);
        if (!reading) {
            count = available(wanted);
        }
        return isOver() ? null : take(count, wanted);
    }

    private ByteBuffer take(int count, int wanted) {
        ByteBuffer chunk = count == 0 ? null : chunks.take(count);
        if (chunk == null) {
            needReadable = length() <= highWaterMark;
        }
        if (length() == 0 && !ended) {
            needReadable = true;
        } else if (length() == 0 && count != wanted) {
            endSoon();
        }
        if (chunk != null) {
            emitData(wanted == NEXT || !hasDataListeners() ? chunk : Buffers.view(chunk));
        }
        return chunk;
    }

    /** Who wants more than the mark lets in would wait for ever. */
    private void raiseMark(int wanted) {
        if (wanted > highWaterMark) {
            highWaterMark = wanted == 1 ? 1 : Integer.highestOneBit(wanted - 1) << 1;
        }
    }

    private int available(int wanted) {
        long length = length();
        if (wanted < 0) {
            return length > 0 && (flow == Flow.FLOWING || length > Chunks.MAX_READ)
                    ? chunks.firstLength()
                    : (int) length;
        }
        return wanted <= length ? wanted : ended ? (int) length : 0;
    }

    @Override
    void onData(Consumer<? super ByteBuffer> listener) {
        super.onData(listener);
        readableListening = hasReadableListeners();
        if (flow != Flow.PAUSED) {
            resume();
        }
    }

    @Override
    void onReadable(Runnable listener) {
        super.onReadable(listener);
        if (endEmitted || readableListening) {
            return;
        }
        awaitReader();
    }

    /** Nothing flows from now on; listeners for {@code readable} are called instead. */
    private void awaitReader() {
        readableListening = true;
        needReadable = true;
        flow = Flow.PAUSED;
        readableScheduled = false;
        if (length() > 0) {
            emitReadableSoon();
        } else if (!reading) {
            stream.tick(this::pull);
        }
    }

    @Override
    void offReadable(Runnable listener) {
        super.offReadable(listener);
        stream.tick(this::readableListenersChanged);
    }

    /** A tick after, so that one who listens again at once changes nothing. */
    private void readableListenersChanged() {
        readableListening = hasReadableListeners();
        if (resumeScheduled && !paused) {
            flow = Flow.FLOWING;
        } else if (hasDataListeners()) {
            resume();
        } else if (!readableListening) {
            flow = Flow.UNDECIDED;
        }
    }

    /** Pauses it, or lets it flow, for the user and not for a pipe. */
    void wish(boolean paused) {
        wishesPause = paused;
        wishesFlow = !paused;
        if (paused) {
            pause();
        } else {
            resume();
        }
    }

    void pause() {
        boolean changes = flow != Flow.PAUSED;
        flow = Flow.PAUSED;
        paused = true;
        if (changes) {
            callPause();
        }
    }

    void resume() {
        paused = false;
        if (flow == Flow.FLOWING) {
            return;
        }
        flow = readableListening ? Flow.PAUSED : Flow.FLOWING;
        if (!resumeScheduled) {
            resumeScheduled = true;
            stream.tick(this::resumeNow);
        }
    }

    private void resumeNow() {
        if (isPast()) {
            return;
        }
        if (!reading) {
            pull();
        }
        resumeScheduled = false;
        callResume();
        flow();
        if (flow == Flow.FLOWING && !reading) {
            pull();
        }
    }

    private void flow() {
        while (flow == Flow.FLOWING && read(NEXT) != null) {}
    }

    private void emitReadableSoon() {
        needReadable = false;
        if (!readableScheduled) {
            readableScheduled = true;
            stream.tick(this::emitReadable);
        }
    }

    /** A listener that reads nothing is not told of the same bytes for ever. */
    private void emitReadable() {
        if (!isOver() && (length() > 0 || ended)) {
            readableScheduled = true;
            callReadable();
            readableScheduled = false;
        }
        needReadable = flow != Flow.FLOWING && !ended && length() <= highWaterMark;
        flow();
    }

    private void emitData(ByteBuffer chunk) {
        ReadablePipes.forgetWaiting(pipes);
        callData(chunk);
    }

    private void endSoon() {
        if (!endEmitted && !endScheduled) {
            endScheduled = true;
            stream.tick(this::emitEnd);
        }
    }

    private void emitEnd() {
        endScheduled = false;
        if (length() == 0 && !endEmitted && !isOver()) {
            endEmitted = true;
            callEnd();
            stream.life.readingEnded();
        }
    }

    /** Lets go of the chunks that nobody has read, and, before the end, of the sinks. */
    void clear() {
        chunks = null;
        if (!endEmitted && pipes != null) {
            pipes.abandon();
        }
    }
}
