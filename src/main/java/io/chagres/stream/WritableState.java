package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a {@link Duplex}. One write at a time is with the sink. Later writes wait here, and go together if the sink takes
 * several. The names of the methods and the order of events are those of Node's lib/internal/streams/writable.js.
 *
 * <pre>
 *   writing  calling
 *   -1       false     no write is with the sink
 *   &gt;= 0     true      inside doWrite, which has not completed its write
 *   -1       true      inside doWrite, which has: the callback is called on a tick
 *   &gt;= 0     false     doWrite has returned, its completion is due
 *
 *   NOT_YET  --end--&gt;  ENDED  --everything is written: doFinal--&gt;  FINAL_CALLED
 *            --doFinal completes: prefinish--&gt;  FINAL_DONE  --tick: finish--&gt;  FINISHED
 * </pre>
 *
 * <p>This object is itself the {@link Completion} of the write that is with the sink: an object of its own would be garbage at each write.
 */
final class WritableState implements Completion {

    private enum Ending {
        NOT_YET,
        ENDED,
        FINAL_CALLED,
        FINAL_DONE,
        FINISHED
    }

    final int highWaterMark; // in bytes
    private final Duplex stream;
    private @Nullable WritableListeners listeners; // null until there is one
    private @Nullable Feeds feeds; // null until there is a pipe
    private Ending ending;
    private @Nullable ArrayDeque<WaitingWrite> waiting; // null until a write waits
    private long length; // bytes, those that are with the sink included
    private int corked;
    private long writing = -1; // bytes that are with the sink
    private @Nullable Completion writingCallback;
    private boolean calling;
    private boolean needDrain; // a write has returned false
    private boolean withoutFinal; // no doFinal: a destruction after the prefinish cancels the finish then
    private int ticksOwed; // callbacks that a tick will call; those of later writes and the finish wait for them
    private @Nullable EndCallbacks ends; // null until there is one

    WritableState(Duplex stream) {
        this.stream = stream;
        highWaterMark = stream.options().writableHighWaterMark();
        ending = stream.options().writable() ? Ending.NOT_YET : Ending.FINISHED;
    }

    /** Creates the state of a stream that is opened again: a new one, but for the listeners. */
    WritableState(WritableState earlier) {
        this(earlier.stream);
        listeners = earlier.listeners;
        feeds = earlier.feeds;
    }

    /** Fails the stream, unless it was opened again since: a late completion does not concern the new life. */
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
        return listeners = listeners == null ? new WritableListeners() : listeners;
    }

    /** Returns the pipes that end here. */
    Feeds feeds() {
        return feeds = feeds == null ? new Feeds() : feeds;
    }

    long length() {
        return length;
    }

    /** Returns the bytes that wait behind the write that is with the sink. */
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

    boolean write(ByteBuffer data, @Nullable Completion callback) {
        Buffers.requireAccessible(Chunks.requireChunk(data));
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
            writeWaiting(); // writes that the sink has made inside the call
        } else {
            queue(data, callback);
            stream.tick(this::writeWaiting);
        }
        boolean hasRoom = length < highWaterMark || length == 0;
        if (!hasRoom && !needDrain) {
            needDrain = true;
            WaitingStreams.begin(stream, length);
        }
        return hasRoom && !isOver();
    }

    /** Returns whether no write may begin now. */
    private boolean isHeldBack() {
        return stream.life.isConstructing() || isOver();
    }

    private @Nullable ChagresException whyNotWrite() {
        if (isEnded()) {
            return new ChagresException("ERR_STREAM_WRITE_AFTER_END", "write after end");
        }
        return isDestroyed() ? Lifecycle.destroyedError("write") : null;
    }

    boolean refuse(@Nullable Completion callback, ChagresException error) {
        if (callback != null) {
            stream.tick(() -> callback.onComplete(error));
        }
        stream.life.errorOrDestroy(error);
        return false;
    }

    private void queue(ByteBuffer data, @Nullable Completion callback) {
        waiting = waiting == null ? new ArrayDeque<>() : waiting;
        waiting.add(new WaitingWrite(data, callback));
    }

    private boolean hasWaiting() {
        return waiting != null && !waiting.isEmpty();
    }

    private void begin(long size, @Nullable Completion callback) {
        writing = size;
        writingCallback = callback;
        calling = true;
    }

    /** Gives {@code data} to the sink, or {@code several} chunks. The other one is null. */
    private void give(@Nullable ByteBuffer data, ByteBuffer @Nullable [] several) {
        stream.core.nesting().enter();
        try {
            if (data != null) {
                stream.doWrite(data, this);
            } else if (several != null) {
                stream.doWriteVector(several, this);
            }
        } finally {
            calling = false;
            stream.core.nesting().leave();
        }
    }

    /** Called by the sink when it has completed the write that it was given. */
    @Override
    public void onComplete(@Nullable ChagresException error) {
        if (writing < 0) {
            failStream(Lifecycle.calledTwice());
            return;
        }
        Completion callback = writingCallback;
        length -= writing;
        writing = -1;
        writingCallback = null;
        boolean inside = calling || ticksOwed > 0 || !stream.core.nesting().hasRoom(); // earlier callbacks come first
        if (error != null) {
            fail(callback, error, inside);
            return;
        }
        if (inside) {
            completeOnATick(callback);
            return;
        }
        writeWaiting();
        stream.core.nesting().enter();
        afterWrite(callback);
        stream.core.nesting().leave();
    }

    private void completeOnATick(@Nullable Completion callback) {
        boolean isDeep = !stream.core.nesting().hasRoom();
        if (isDeep && !calling) {
            writeWaiting(); // on a tick, before that of the callback: the next write is with the sink then
        }
        boolean isAwaited = callback != null || needDrain && length == 0;
        if (isAwaited) {
            ticksOwed++;
            stream.tick(() -> {
                ticksOwed--;
                afterWrite(callback);
            });
        }
        if (!isDeep && !calling) {
            writeWaiting(); // behind that tick: callbacks are called in the order of their writes
        }
        if (!isAwaited) {
            finishWhenDone();
        }
    }

    private void fail(@Nullable Completion callback, ChagresException error, boolean inside) {
        if (!isPast()) {
            stream.life.failed(error);
        }
        if (!inside) {
            completeFailed(callback, error);
        } else {
            ticksOwed++;
            stream.tick(() -> {
                ticksOwed--;
                completeFailed(callback, error);
            });
        }
    }

    /** Completes the write that has failed, then those that wait behind it. The error event comes after all of them. */
    private void completeFailed(@Nullable Completion callback, ChagresException error) {
        stream.complete(callback, error);
        cancelWaiting();
        failStream(error);
    }

    private void afterWrite(@Nullable Completion callback) {
        if (needDrain && length == 0 && !isEnded() && !isDestroyed()) {
            needDrain = false;
            WaitingStreams.end(stream, "drain");
            Feeds.drained(feeds); // pipes go on before listeners can write again
            WritableListeners.emitDrain(listeners, stream);
        }
        stream.complete(callback, null);
        if (isDestroyed()) {
            cancelWaiting();
        }
        finishWhenDone();
    }

    /** Gives what waits to the sink: all together if it takes several, otherwise one by one as long as it completes at once. */
    private void writeWaiting() {
        if (corked > 0 || isDestroyed()) {
            return;
        }
        ArrayDeque<WaitingWrite> queue = waiting;
        while (queue != null && !queue.isEmpty() && writing < 0 && !isHeldBack()) {
            if (!stream.core.nesting().hasRoom()) {
                stream.tick(this::writeWaiting);
                return;
            }
            if (queue.size() > 1 && stream.isVectored()) {
                writeAll(queue);
            } else {
                WaitingWrite next = queue.remove();
                begin(next.data().remaining(), next.callback());
                give(next.data(), null);
            }
        }
    }

    private void writeAll(ArrayDeque<WaitingWrite> queue) {
        List<WaitingWrite> batch = WaitingWrite.takeBatch(queue);
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

    void end(@Nullable ByteBuffer last, @Nullable Completion callback) {
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
            ends = EndCallbacks.add(ends, callback, error, stream);
        }
        if (error == null && !isEnded()) {
            ending = Ending.ENDED;
            finishWhenDone();
        }
    }

    private @Nullable ChagresException whyNotEnd() {
        if (isFinished()) {
            return new ChagresException("ERR_STREAM_ALREADY_FINISHED", "Cannot call end after a stream was finished");
        }
        return isDestroyed() ? Lifecycle.destroyedError("end") : stream.errored();
    }

    private boolean mayFinish() {
        return isEnded() && !isFinished() && length == 0 && writing < 0 && !hasWaiting() && !isHeldBack();
    }

    /** Ends the sink if the stream was ended and everything is written: a socket shuts down then. */
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

    private void finalDone(@Nullable ChagresException error) {
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

    private void completeEnds(@Nullable ChagresException error) {
        if (ends != null) {
            ends.complete(error);
        }
    }

    // ---- destroying

    /** Called when the stream is destroyed: on a tick the callbacks that wait are called, and the pipes that end here are ended. */
    void cancelSoon() {
        if (hasWaiting() || ends != null) {
            stream.tick(this::cancelWaiting);
        }
        if (feeds != null) {
            stream.tick(this::endFeeds);
        }
    }

    /** Completes the writes that wait with an error, in their order, and then the ends. */
    void cancelWaiting() {
        if (writing >= 0 || ticksOwed > 0) {
            return; // earlier writes complete first: when they have, this is called again
        }
        ArrayDeque<WaitingWrite> queue = waiting;
        while (queue != null && !queue.isEmpty()) {
            WaitingWrite write = queue.remove();
            length -= write.data().remaining();
            stream.complete(write.callback(), stream.life.errorOr("write"));
        }
        completeEnds(stream.life.errorOr("end"));
    }

    /** Ends the pipes that end here. */
    void endFeeds() {
        WaitingStreams.end(stream, isDestroyed() ? "destroy" : "finish");
        Feeds.end(feeds);
    }
}
