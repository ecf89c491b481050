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
 * A duplex as a user would make one. Its sink notes each write in the journal, and the test pushes the bytes to read. Writes and the end
 * complete at once, or when the test completes them.
 */
class MemoryDuplex extends Duplex {

    final Journal journal = new Journal();
    /** The writes and ends that the test must complete; used if {@link #holds} is true. */
    final ArrayDeque<Completion> held = new ArrayDeque<>();

    boolean holds;
    boolean vectored;
    int reads;
    /** Called by doRead. The test may also push at any other time. */
    Runnable source = () -> {};
    /** Called with each buffer that the sink is given. */
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

    /** Returns a write callback that adds {@code name} and the code of its error to the journal. */
    Completion noted(String name) {
        return error -> journal.add(name + (error == null ? "" : " " + error.code()));
    }

    /** Completes the held writes and ends until none is left. */
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
