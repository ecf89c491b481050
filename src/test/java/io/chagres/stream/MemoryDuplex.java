package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A duplex as a user would make one: what is written goes into the journal, and what is read comes from the test. Writes, the
 * end and the destruction are done at once, or when the test says so.
 */
class MemoryDuplex extends Duplex {

    final Journal journal = new Journal();
    /** The writes and ends that the test has to complete, where {@link #holds} says so. */
    final ArrayDeque<Completion> held = new ArrayDeque<>();

    boolean holds;
    boolean vectored;
    int reads;
    /** Where the bytes come from when it is asked for some; else from the test at any time. */
    Runnable source = () -> {};
    /** What the sink does besides with what it is given. */
    Consumer<ByteBuffer> taking = data -> {};

    MemoryDuplex(Loop loop) {
        this(loop, DuplexOptions.defaults());
    }

    MemoryDuplex(Loop loop, DuplexOptions options) {
        super(loop, options);
    }

    static MemoryDuplex withMark(Loop loop, int bytes) {
        return new MemoryDuplex(loop, DuplexOptions.defaults().highWaterMark(bytes));
    }

    static MemoryDuplex readable(Loop loop, int bytes) {
        return new MemoryDuplex(
                loop, DuplexOptions.defaults().highWaterMark(bytes).writable(false));
    }

    static MemoryDuplex writable(Loop loop, int bytes) {
        return new MemoryDuplex(
                loop, DuplexOptions.defaults().highWaterMark(bytes).readable(false));
    }

    /** Writes every event into the journal. */
    MemoryDuplex watched() {
        onEnd(journal.note("end"));
        onDrain(journal.note("drain"));
        onFinish(journal.note("finish"));
        onError(error -> journal.add("error " + error.getMessage()));
        onClose(hadError -> journal.add("close " + hadError));
        return this;
    }

    MemoryDuplex flowing() {
        onData(chunk -> journal.add("data " + Talk.text(chunk)));
        return this;
    }

    boolean push(String text) {
        return push(Talk.buffer(text));
    }

    boolean unshift(String text) {
        return unshift(Talk.buffer(text));
    }

    long waitingBytes() {
        return waitingLength();
    }

    void pushNoMore() {
        pushEnd();
    }

    boolean write(String text, Completion callback) {
        return write(Talk.buffer(text), callback);
    }

    /** A write callback that goes into the journal. */
    Completion told(String name) {
        return error -> journal.add(name + (error == null ? "" : " " + error.code()));
    }

    /** Completes what is held until nothing is. */
    void completeAll() {
        while (!held.isEmpty()) {
            complete();
        }
    }

    void complete() {
        held.remove().onComplete(null);
    }

    void fail(String code) {
        held.remove().onComplete(new ChagresException(code, code));
    }

    @Override
    protected void doRead() {
        reads++;
        source.run();
    }

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        journal.add("[" + Talk.text(data) + "]");
        holdOrDo(done);
        taking.accept(data);
    }

    @Override
    protected boolean isVectored() {
        return vectored;
    }

    @Override
    protected void doWriteVector(ByteBuffer[] data, Completion done) {
        journal.add(Arrays.stream(data).map(Talk::text).collect(Collectors.joining("|", "[", "]")));
        holdOrDo(done);
    }

    @Override
    protected void doFinal(Completion done) {
        journal.add("final");
        holdOrDo(done);
    }

    private void holdOrDo(Completion done) {
        if (holds) {
            held.add(done);
        } else {
            done.onComplete(null);
        }
    }
}
