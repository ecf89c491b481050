package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams that are ended through a signal. */
@ExtendWith(LoopFixture.class)
class AbortedStreamTest {

    private final AbortController controller = new AbortController();
    private MemoryDuplex stream;

    @BeforeEach
    void create(Loop loop) {
        stream = new MemoryDuplex(loop).watched();
    }

    @Test
    @Covers({"node:test-stream-duplex-destroy", "node:test-stream-readable-destroy", "node:test-stream-writable-destroy"
    })
    void anAbortDestroysTheStreamWithAbortErr(Loop loop) {
        RuntimeException reason = new RuntimeException("reason");
        assertSame(stream, Streams.addAbortSignal(controller.signal(), stream));
        loop.run();
        controller.abort(reason);
        assertTrue(stream.isDestroyed());
        loop.run();
        stream.journal.expect("error The operation was aborted", "close true");
        assertEquals("ABORT_ERR", stream.errored().code());
        assertSame(reason, stream.errored().getCause());
    }

    @Test
    @Covers("node:test-stream-finished")
    void aStreamAddedToAnAbortedSignalIsDestroyedAtOnce(Loop loop) {
        controller.abort();
        Streams.addAbortSignal(controller.signal(), stream);
        Streams.finished(stream, stream.noted("finished"));
        loop.run();
        stream.journal.expect("error The operation was aborted", "finished ABORT_ERR", "close true");
    }

    @Test
    @Covers("node:test-stream-finished")
    void anAbortLeavesAStreamThatHasClosedAlone(Loop loop) {
        Streams.addAbortSignal(controller.signal(), stream);
        stream.destroy();
        loop.run();
        assertEquals(0, controller.signal().listeners());
        Streams.addAbortSignal(controller.signal(), stream);
        assertEquals(0, controller.signal().listeners());
        controller.abort();
        loop.run();
        stream.journal.expect("close false");
    }

    @Test
    @Covers("node:test-stream-pipeline")
    void anAbortOfOnePipelineMemberEndsAll(Loop loop) {
        MemoryDuplex source = MemoryDuplex.readable(loop, 10);
        source.push("x");
        Streams.addAbortSignal(
                controller.signal(), Streams.pipeline(List.of(source, stream), stream.noted("pipeline")));
        loop.run();
        controller.abort();
        loop.run();
        stream.journal.expect("[x]", "error The operation was aborted", "close true", "pipeline ABORT_ERR");
        assertTrue(source.isClosed());
    }

    @Test
    void addAbortSignalRequiresASignalAndAStream(Loop loop) {
        assertThrows(UsageException.class, () -> Streams.addAbortSignal(null, stream));
        assertThrows(UsageException.class, () -> Streams.addAbortSignal(controller.signal(), null));
    }
}
