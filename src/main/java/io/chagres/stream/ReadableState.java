package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of a {@link Duplex}: its buffer, its flow and its end. Methods and events are those of Node's streams/readable.js.
 *
 * <pre>
 *   flow       paused  readableListening
 *   UNDECIDED  any     false              no consumer yet: chunks are buffered
 *   FLOWING    false   false              chunks go to the data listeners; dropped if there are none
 *   PAUSED     true    false              pause() was called, or a sink is full
 *   PAUSED     any     true               read by hand: readable listeners are called, and call read()
 *
 *   reading    asking
 *   false      true                       before the first doRead, or inside doRead after a push
 *   true       true                       inside doRead, before a push
 *   true       false                      doRead has returned, its push is due
 *   false      false                      the source has pushed and waits for the next doRead
 *
 *   ended      endScheduled  endEmitted
 *   true       false         false        the source has ended, bytes are buffered
 *   true       true          false        a tick will emit the end
 *   true       false         true         the end was emitted
 *
 *   needReadable                          the next bytes, or the end, call the readable listeners
 *   readableScheduled                     a tick will call them, or they are being called
 * </pre>
 */
final class ReadableState extends ReadableListeners {

    static final int ALL = -1; // an argument of read(int): everything that is buffered
    static final int NEXT = -2; // the next chunk, which listeners get as it is

    int highWaterMark = stream.options().readableHighWaterMark(); // in bytes; a read of more raises it, as in Node
    private Flow flow = Flow.UNDECIDED;
    private boolean paused;
    private boolean readableListening;
    private boolean reading;
    private boolean asking = true; // before the first doRead nothing is handed on inside a push, either
    private boolean ended = !stream.options().readable();
    private boolean endScheduled;
    private boolean endEmitted = ended;
    private boolean needReadable;
    private boolean readableScheduled;
    private boolean resumeScheduled;
    private boolean readMoreScheduled;
    private @Nullable Runnable readMoreTick; // kept: a new one would be garbage at each push
    private boolean wishesPause; // the user's last call: unlike the pauses of pipes it outlives a reopening
    private boolean wishesFlow;
    int waitingPipes; // those that wait for their sinks to drain: counted, since looking for one costs a walk
    private boolean kept; // whether the chunk that is lent now is still needed

    @Nullable
    Chunks chunks; // null until a chunk is buffered

    ReadableState(Duplex stream) {
        super(stream);
    }

    /** Creates the state of a stream that is opened again: a new one, but for the listeners and the user's last {@link #wish}. */
    ReadableState(ReadableState earlier) {
        super(earlier);
        wishesPause = earlier.wishesPause;
        wishesFlow = earlier.wishesFlow;
    }

    /** Starts to flow or to wait for a reader, according to the listeners and the wish of the earlier life. */
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

    /** Takes a chunk of the source, which no other object uses. Returns whether the source should go on. */
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

    /** Returns whether a chunk can be lent now: it would go at once to listeners that only borrow it. */
    boolean canLend() {
        boolean goesThrough = flow == Flow.FLOWING && length() == 0 && !asking && !ended;
        return goesThrough && stream.core.nesting().hasRoom() && allBorrow();
    }

    /** Takes a chunk that the source wants back, and that needs no answer. Returns whether the chunk was kept. */
    boolean lend(ByteBuffer chunk) {
        kept = false;
        if (!isOver()) {
            // not lent after all, the chunk is buffered: the source moves its own buffer
            add(canLend() ? chunk : Buffers.view(chunk), false);
        }
        return kept || length() > 0;
    }

    /** Called when the chunk that was lent is still needed: a sink did not take all of it. */
    void keep() {
        kept = true;
    }

    /** Puts back what a consumer has read too early. Returns whether there is room for more. */
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

    /** Asks the source for more if there is room, or ends if nothing is left: Node's read(0). */
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

    /** Asks the source if there will be room once {@code taken} bytes are taken out, or if a reader waits. */
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
                break; // the source pushes later
            }
        }
        readMoreScheduled = false;
    }

    /** Takes {@code wanted} bytes out, or {@link #ALL}. Returns null if fewer are buffered, unless they are the last. */
    @Nullable
    ByteBuffer read(int wanted) {
        raiseMark(wanted);
        if (wanted == 0) {
            pull();
            return null;
        }
        if (hasDataListeners() && !stream.core.nesting().hasRoom()) {
            emitReadableSoon(); // data listeners that read inside one another would make the stack too deep
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

    private @Nullable ByteBuffer take(int count, int wanted) {
        ByteBuffer chunk = count == 0 || chunks == null ? null : chunks.take(count);
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

    /** Raises the mark to the next power of 2: a read of more than the mark would wait without end. */
    private void raiseMark(int wanted) {
        if (wanted > highWaterMark) {
            highWaterMark = wanted == 1 ? 1 : Integer.highestOneBit(wanted - 1) << 1;
        }
    }

    private int available(int wanted) {
        long length = length();
        if (wanted < 0) {
            return chunks != null && length > 0 && (flow == Flow.FLOWING || wanted == NEXT || length > Chunks.MAX_READ)
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

    /** Stops the flow. The readable listeners are called instead. */
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

    /** Called a tick after a removal, so that a listener that is added again in the same callback changes nothing. */
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

    /** Pauses or resumes for the user, not for a pipe. */
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

    private void emitReadable() {
        if (!isOver() && (length() > 0 || ended)) {
            readableScheduled = true; // a listener that reads nothing is not called again for the same bytes
            callReadable();
            readableScheduled = false;
        }
        needReadable = flow != Flow.FLOWING && !ended && length() <= highWaterMark;
        flow();
    }

    private void emitData(ByteBuffer chunk) {
        ReadablePipes.forgetWaiting(this);
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

    /** Drops the chunks that were not read, and, if the end was not emitted, the pipes. */
    void clear() {
        chunks = null;
        if (!endEmitted) {
            ReadablePipes.abandon(this);
        }
    }
}
