package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The writing side of a {@link Duplex}: one write at a time is with the sink, later ones wait here, and go together where
 * there are several. Names of methods and order of events are those of Node's lib/internal/streams/writable.js.
 */
final class WritableState implements Completion {

    /** How far the end has come; each state includes those before it. */
    private enum Ending {
        NOT_YET,
        ENDED,
        FINAL_CALLED,
        FINAL_DONE,
        FINISHED
    }

    private final Duplex stream;
    /** Null until there is a listener or a pipe. */
    private WritableListeners listeners;

    final int highWaterMark;
    private Ending ending;
    private ArrayDeque<WaitingWrite> waiting;
    private long length;
    private int corked;
    /** The bytes that are with the sink, or -1 where no write is. */
    private long writing = -1;

    private Completion writingCallback;
    /** Whether the sink is being called, so that a completion now is inside the call. */
    private boolean calling;

    private boolean needDrain;
    /** Whether the subclass has no end of its own. A destruction between the prefinish and the finish cancels the finish then. */
    private boolean withoutFinal;
    /** Callbacks that a tick is going to call; those of later writes and the finish come after them. */
    private int ticksOwed;

    private List<Completion> finishCallbacks;

    WritableState(Duplex stream) {
        this.stream = stream;
        highWaterMark = stream.options().writableHighWaterMark();
        ending = stream.options().writable() ? Ending.NOT_YET : Ending.FINISHED;
    }

    /** The writing side of a stream that is opened again: as at first but for the listeners. {@code earlier} is of the past then. */
    WritableState(WritableState earlier) {
        this(earlier.stream);
        listeners = earlier.listeners;
    }

    /** A completion that comes late, after the stream was opened again, does not concern the stream any more. */
    private void failStream(ChagresException error) {
        if (!isPast()) {
            stream.life.errorOrDestroy(error);
        }
    }

    /** Returns whether this belongs to an earlier life of the stream. */
    private boolean isPast() {
        return stream.writing != this;
    }

    /** Returns whether nothing goes out any more: the stream has failed or was destroyed, or was opened again since. */
    private boolean isOver() {
        return stream.life.isOver() || isPast();
    }

    private boolean isDestroyed() {
        return stream.life.isDestroyed() || isPast();
    }

    WritableListeners listeners() {
        if (listeners == null) {
            listeners = new WritableListeners();
        }
        return listeners;
    }

    /** Returns the first pipe that ends here, or null. */
    Piping firstFeed() {
        return listeners == null ? null : listeners.feeds().first();
    }

    long length() {
        return length;
    }

    /** The bytes that wait behind the write that is with the sink. */
    long waitingLength() {
        return length - Math.max(writing, 0);
    }

    boolean isEnded() {
        return ending != Ending.NOT_YET;
    }

    boolean isFinished() {
        return ending == Ending.FINISHED;
    }

    boolean needsDrain() {
        return needDrain && !isEnded() && !isDestroyed();
    }

    int corked() {
        return corked;
    }

    // ---- writing

    boolean write(ByteBuffer data, Completion callback) {
        if (data == null) {
            throw new UsageException("ERR_STREAM_NULL_VALUES", "May not write null values to stream");
        }
        Buffers.requireAccessible(data);
        ChagresException error = whyNotWrite();
        if (error != null) {
            return refuse(callback, error);
        }
        int size = data.remaining();
        length += size;
        if (writing >= 0 || corked > 0 || hasWaiting() || isHeldBack()) {
            queue(data, callback);
        } else if (stream.core.nesting().hasRoom()) {
            begin(size, callback);
            give(stream.releasesBuffers() ? data : Buffers.view(data), null);
            writeWaiting(); // writes that the sink has made itself, inside the call
        } else {
            queue(data, callback);
            stream.tick(this::writeWaiting);
        }
        boolean hasRoom = length < highWaterMark || length == 0;
        needDrain |= !hasRoom;
        return hasRoom && !isOver();
    }

    /** Whether nothing may begin, now or ever. */
    private boolean isHeldBack() {
        return stream.life.isConstructing() || isOver();
    }

    private ChagresException whyNotWrite() {
        if (isEnded()) {
            return new ChagresException("ERR_STREAM_WRITE_AFTER_END", "write after end");
        }
        return isDestroyed() ? Lifecycle.destroyedError("write") : null;
    }

    boolean refuse(Completion callback, ChagresException error) {
        if (callback != null) {
            stream.tick(() -> callback.onComplete(error));
        }
        stream.life.errorOrDestroy(error);
        return false;
    }

    private void queue(ByteBuffer data, Completion callback) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(new WaitingWrite(data, callback));
    }

    private boolean hasWaiting() {
        return waiting != null && !waiting.isEmpty();
    }

    private void begin(long size, Completion callback) {
        writing = size;
        writingCallback = callback;
        calling = true;
    }

    /** Gives the sink one buffer, or several. */
    private void give(ByteBuffer data, ByteBuffer[] several) {
        stream.core.nesting().enter();
        try {
            if (several == null) {
                stream.doWrite(data, this);
            } else {
                stream.doWriteVector(several, this);
            }
        } finally {
            calling = false;
            stream.core.nesting().leave();
        }
    }

    /** The sink is done with the write that it was given. */
    @Override
    public void onComplete(ChagresException error) {
        if (writing < 0) {
            failStream(Lifecycle.calledTwice());
            return;
        }
        Completion callback = writingCallback;
        length -= writing;
        writing = -1;
        writingCallback = null;
        boolean inside = calling || !stream.core.nesting().hasRoom();
        if (error != null) {
            fail(callback, error, inside);
            return;
        }
        if (!calling) {
            writeWaiting();
        }
        if (!inside) {
            stream.core.nesting().enter();
            afterWrite(callback);
            stream.core.nesting().leave();
        } else if (callback != null || needDrain && length == 0) {
            ticksOwed++;
            stream.tick(() -> {
                ticksOwed--;
                afterWrite(callback);
            });
        } else {
            finishWhenDone();
        }
    }

    private void fail(Completion callback, ChagresException error, boolean inside) {
        if (!isPast()) {
            stream.life.failed(error);
        }
        if (!inside) {
            tellFailure(callback, error);
        } else {
            ticksOwed++;
            stream.tick(() -> {
                ticksOwed--;
                tellFailure(callback, error);
            });
        }
    }

    /** The write that failed is told before those that waited behind it, and all of them before the error event. */
    private void tellFailure(Completion callback, ChagresException error) {
        stream.complete(callback, error);
        cancelWaiting();
        failStream(error);
    }

    private void afterWrite(Completion callback) {
        if (needDrain && length == 0 && !isEnded() && !isDestroyed()) {
            needDrain = false;
            WritableListeners.emitDrain(listeners, stream);
        }
        stream.complete(callback, null);
        if (isDestroyed()) {
            cancelWaiting();
        }
        finishWhenDone();
    }

    /** Hands on what waits: all together where the sink takes that, else one by one as long as it is done at once. */
    private void writeWaiting() {
        if (corked > 0 || isDestroyed()) {
            return;
        }
        while (hasWaiting() && writing < 0 && !isHeldBack()) {
            if (!stream.core.nesting().hasRoom()) {
                stream.tick(this::writeWaiting);
                return;
            }
            if (waiting.size() > 1 && stream.isVectored()) {
                writeAllWaiting();
            } else {
                WaitingWrite next = waiting.poll();
                begin(next.data().remaining(), next.callback());
                give(next.data(), null);
            }
        }
    }

    private void writeAllWaiting() {
        List<WaitingWrite> batch = WaitingWrite.takeBatch(waiting);
        ByteBuffer[] data = WaitingWrite.data(batch);
        begin(WaitingWrite.size(data), error -> batch.forEach(write -> stream.complete(write.callback(), error)));
        give(null, data);
    }

    void cork() {
        corked++;
    }

    void uncork() {
        if (corked > 0 && --corked == 0 && writing < 0) {
            writeWaiting();
        }
    }

    // ---- ending

    void end(ByteBuffer last, Completion callback) {
        ChagresException refusal = last == null ? null : whyNotWrite();
        if (refusal != null) {
            refuse(null, refusal);
        } else if (last != null) {
            write(last, null);
        }
        if (corked > 0) {
            corked = 1;
            uncork();
        }
        ChagresException error = refusal != null ? refusal : whyNotEnd();
        if (callback != null) {
            onFinished(callback, error);
        }
        if (error == null && !isEnded()) {
            ending = Ending.ENDED;
            finishWhenDone();
        }
    }

    private void onFinished(Completion callback, ChagresException error) {
        if (error != null) {
            stream.tick(() -> callback.onComplete(error));
            return;
        }
        if (finishCallbacks == null) {
            finishCallbacks = new ArrayList<>(1);
        }
        finishCallbacks.add(callback);
    }

    private ChagresException whyNotEnd() {
        if (isFinished()) {
            return new ChagresException("ERR_STREAM_ALREADY_FINISHED", "Cannot call end after a stream was finished");
        }
        return isDestroyed() ? Lifecycle.destroyedError("end") : stream.errored();
    }

    private boolean mayFinish() {
        return isEnded() && !isFinished() && length == 0 && writing < 0 && !hasWaiting() && !isHeldBack();
    }

    /** Once all is through: first the sink's own end (a socket shuts down), and the finish a tick after that. */
    private void finishWhenDone() {
        if (ending != Ending.ENDED || !mayFinish() || ticksOwed > 0) {
            return;
        }
        if (!stream.core.nesting().hasRoom()) {
            stream.tick(this::finishWhenDone);
            return;
        }
        ending = Ending.FINAL_CALLED;
        callFinal();
    }

    private void callFinal() {
        stream.core.nesting().enter();
        try {
            stream.doFinal(this::finalDone);
        } catch (Throwable thrown) {
            finalDone(ChagresException.of(thrown));
        } finally {
            stream.core.nesting().leave();
        }
    }

    private void finalDone(ChagresException error) {
        if (ending != Ending.FINAL_CALLED) {
            failStream(error != null ? error : Lifecycle.calledTwice());
        } else if (error != null) {
            stream.tick(this::cancelWaiting);
            failStream(error);
        } else if (mayFinish()) {
            ending = Ending.FINAL_DONE;
            WritableListeners.emitPrefinish(listeners, stream);
            stream.tick(this::finish);
        }
    }

    void withoutFinal() {
        withoutFinal = true;
    }

    void constructed() {
        writeWaiting();
        finishWhenDone();
    }

    private void finish() {
        if (isPast() || withoutFinal && !mayFinish()) {
            return;
        }
        ending = Ending.FINISHED;
        completeEnds(null);
        WritableListeners.emitFinish(listeners, stream);
        endFeeds();
        stream.life.writingFinished();
    }

    private void completeEnds(ChagresException error) {
        if (finishCallbacks != null) {
            List<Completion> callbacks = finishCallbacks;
            finishCallbacks = null;
            callbacks.forEach(callback -> stream.complete(callback, error));
        }
    }

    // ---- destroying

    /** The stream is being destroyed: on a tick, those who wait are told, and its sources feed it no longer. */
    void cancelSoon() {
        if (hasWaiting() || finishCallbacks != null) {
            stream.tick(this::cancelWaiting);
        }
        if (firstFeed() != null) {
            stream.tick(this::endFeeds);
        }
    }

    /**
     * What will never be written is told so, in order; then those who wait for the finish. All of them come after the write
     * that is with the sink, and after those that a tick is going to tell: when that is through, this is called again.
     */
    void cancelWaiting() {
        if (writing >= 0 || ticksOwed > 0) {
            return;
        }
        while (hasWaiting()) {
            WaitingWrite write = waiting.poll();
            length -= write.data().remaining();
            stream.complete(write.callback(), stream.life.errorOr("write"));
        }
        completeEnds(stream.life.errorOr("end"));
    }

    /** Ends the pipes that end here. */
    void endFeeds() {
        if (listeners != null) {
            listeners.feeds().end();
        }
    }
}
