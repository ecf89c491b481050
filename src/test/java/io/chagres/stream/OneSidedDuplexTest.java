package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams of one direction, and the effect of their options and methods. */
@ExtendWith(LoopFixture.class)
class OneSidedDuplexTest {

    @Test
    @Covers("node:test-stream-duplex-readable-writable")
    void aStreamThatIsNotReadableTakesNoChunk(Loop loop) {
        MemoryDuplex stream = MemoryDuplex.writable(loop, 10).watched().flowing();
        assertFalse(stream.isReadable());
        assertFalse(stream.push("asd"));
        loop.run();
        stream.journal.expect("error stream.push() after EOF", "close true");
        assertEquals("ERR_STREAM_PUSH_AFTER_EOF", stream.errored().code());
    }

    @Test
    @Covers("node:test-stream-duplex-readable-writable")
    void aStreamThatIsNotWritableTakesNoWrite(Loop loop) {
        MemoryDuplex stream = MemoryDuplex.readable(loop, 10).watched();
        assertFalse(stream.isWritable());
        assertFalse(stream.write("asd"));
        loop.run();
        stream.journal.expect("error write after end", "close true");
        assertEquals("ERR_STREAM_WRITE_AFTER_END", stream.errored().code());
    }

    @Test
    @Covers("node:test-stream-auto-destroy")
    void aReadOnlyStreamIsDestroyedAtItsEnd(Loop loop) {
        MemoryDuplex stream = MemoryDuplex.readable(loop, 10).watched().flowing();
        stream.push("hello");
        stream.pushNoMore();
        loop.run();
        stream.journal.expect("data hello", "end", "close false");
        assertTrue(stream.isDestroyed());
    }

    @Test
    @Covers("node:test-stream-auto-destroy")
    void aWriteOnlyStreamIsDestroyedAtItsFinish(Loop loop) {
        MemoryDuplex stream = MemoryDuplex.writable(loop, 10).watched();
        stream.write("hello");
        stream.end();
        loop.run();
        stream.journal.expect("[hello]", "final", "finish", "close false");
    }

    @Test
    void aStreamWithoutAutoDestroyStaysOnceItHasEndedAndFinished(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(
                        loop, DuplexOptions.defaults().highWaterMark(10).autoDestroy(false))
                .watched();
        stream.pushNoMore();
        stream.resume();
        stream.end();
        loop.run();
        stream.journal.expect("final", "finish", "end");
        assertFalse(stream.isDestroyed());
        stream.destroy();
        loop.run();
        stream.journal.expect("close false");
    }

    @Test
    @Covers("node:test-stream-readable-with-unimplemented-_read")
    void aMethodThatASubclassLeavesOutIsNamedWhenItIsNeeded(Loop loop) {
        Journal journal = new Journal();
        Duplex empty = new Duplex(loop, DuplexOptions.defaults()) {};
        empty.onError(error -> journal.add(error.getMessage()));
        empty.onClose(hadError -> journal.add("close " + hadError));
        empty.read();
        loop.run();
        journal.expect("The doRead() method is not implemented", "close true");
        assertEquals("ERR_METHOD_NOT_IMPLEMENTED", empty.errored().code());
    }

    @Test
    void anExceptionOfDoReadIsAnErrorOfTheStream(Loop loop) {
        MemoryDuplex stream = MemoryDuplex.readable(loop, 10).watched();
        stream.source = () -> {
            throw new IllegalStateException("dry");
        };
        stream.flowing();
        loop.run();
        stream.journal.expect("error Unhandled error. (java.lang.IllegalStateException: dry)", "close true");
    }

    @Test
    void anExceptionOfDoDestroyIsAnErrorOfTheStream(Loop loop) {
        Journal journal = new Journal();
        Duplex stubborn = new Duplex(loop, DuplexOptions.defaults().writable(false)) {
            @Override
            protected void doDestroy(ChagresException error, Completion done) {
                throw new IllegalStateException("no");
            }
        };
        stubborn.onError(error -> journal.add(error.getMessage()));
        stubborn.onClose(hadError -> journal.add("close " + hadError));
        stubborn.destroy();
        loop.run();
        journal.expect("Unhandled error. (java.lang.IllegalStateException: no)", "close true");
    }

    /** 17 writes of 64 MiB wait together, 1,088 MiB. */
    @Test
    void aVectorIsAGibibyteAtMost(Loop loop) {
        ByteBuffer chunk = ByteBuffer.allocate(64 << 20);
        Journal journal = new Journal();
        Duplex sink = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                journal.add("one");
                done.onComplete(null);
            }

            @Override
            protected boolean isVectored() {
                return true;
            }

            @Override
            protected void doWriteVector(ByteBuffer[] data, Completion done) {
                journal.add(data.length + " together");
                done.onComplete(null);
            }
        };
        sink.cork();
        for (int i = 0; i < 17; i++) {
            sink.write(chunk.duplicate(), error -> journal.add("done"));
        }
        sink.end();
        journal.expect("16 together", "one");
        loop.run();
        assertEquals(17, journal.count("done"));
        assertTrue(sink.isWritableFinished());
    }
}
