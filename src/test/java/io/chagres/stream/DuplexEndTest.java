package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Both sides together: the time when a duplex destroys itself, and the events that follow. */
@ExtendWith(LoopFixture.class)
class DuplexEndTest {

    private MemoryDuplex stream;
    private Journal journal;

    @BeforeEach
    void create(Loop loop) {
        use(new MemoryDuplex(loop));
    }

    private void use(MemoryDuplex duplex) {
        stream = duplex.watched();
        journal = duplex.journal;
    }

    @Test
    @Covers({"node:test-stream-auto-destroy", "node:test-stream-duplex-end"})
    void aHalfOpenStreamIsDestroyedOnceItHasEndedAndThenFinished(Loop loop) {
        stream.pushNoMore();
        stream.resume();
        loop.run();
        journal.expect("end");
        assertFalse(stream.isDestroyed());
        stream.end();
        loop.run();
        journal.expect("final", "finish", "close false");
        assertTrue(stream.isDestroyed());
        assertTrue(stream.isClosed());
        assertNull(stream.errored());
    }

    @Test
    @Covers("node:test-stream-auto-destroy")
    void aHalfOpenStreamIsDestroyedOnceItHasFinishedAndThenEnded(Loop loop) {
        stream.end();
        loop.run();
        journal.expect("final", "finish");
        stream.pushNoMore();
        stream.resume();
        loop.run();
        journal.expect("end", "close false");
    }

    @Test
    @Covers({"node:test-stream-duplex-destroy", "node:test-stream-duplex-end"})
    void aStreamThatMayNotBeHalfOpenEndsItselfATickAfterItsEnd(Loop loop) {
        use(new MemoryDuplex(loop, DuplexOptions.defaults().allowHalfOpen(false).highWaterMark(10)));
        stream.onEnd(() -> loop.nextTick(journal.note("tick")));
        stream.pushNoMore();
        stream.resume();
        loop.run();
        journal.expect("end", "tick", "final", "finish", "close false");
    }

    @Test
    @Covers({"node:test-stream-destroy-event-order", "node:test-stream-duplex-destroy"})
    void theErrorOfADestructionIsEmittedOnceAndBeforeTheClose(Loop loop) {
        ChagresException error = new ChagresException("EX", "mine");
        assertSame(stream, stream.destroy(error));
        stream.destroy(new ChagresException("EY", "other"));
        journal.expect();
        loop.run();
        journal.expect("error mine", "close true");
        assertSame(error, stream.errored());
    }

    @Test
    @Covers("node:test-stream-duplex-destroy")
    void doDestroyMayReplaceTheError(Loop loop) {
        Duplex replacing = new DestroyingDuplex(loop, done -> done.onComplete(new ChagresException("EY", "instead")));
        replacing.onError(error -> journal.add(error.getMessage()));
        replacing.onClose(hadError -> journal.add("close " + hadError));
        replacing.destroy();
        loop.run();
        journal.expect("instead", "close true");
    }

    @Test
    @Covers("node:test-stream-duplex-destroy")
    void doDestroyMaySwallowTheError(Loop loop) {
        Duplex swallowing = new DestroyingDuplex(loop, done -> done.onComplete(null));
        swallowing.onError(error -> journal.add(error.getMessage()));
        swallowing.onClose(hadError -> journal.add("close " + hadError));
        swallowing.destroy(new ChagresException("EX", "swallowed"));
        loop.run();
        journal.expect("close false");
    }

    @Test
    void theCloseWaitsForDoDestroyAndIsEmittedOnce(Loop loop) {
        Completion[] held = new Completion[1];
        Duplex slow = new DestroyingDuplex(loop, done -> held[0] = done);
        slow.onClose(hadError -> journal.add("close " + hadError));
        slow.destroy();
        loop.run();
        journal.expect();
        held[0].onComplete(null);
        held[0].onComplete(null);
        loop.run();
        journal.expect("close false");
    }

    @Test
    void anErrorListenerThatThrowsDoesNotPreventTheClose(Loop loop) {
        Duplex plain = new DestroyingDuplex(loop, done -> done.onComplete(new ChagresException("EX", "mine")));
        plain.onError(error -> {
            throw new IllegalStateException("listener");
        });
        plain.onClose(hadError -> journal.add("close " + hadError));
        plain.destroy();
        assertEquals(
                "listener", assertThrows(IllegalStateException.class, loop::run).getMessage());
        journal.expect("close true");
    }

    @Test
    void listenersAddedAfterTheCloseAreNotCalled(Loop loop) {
        stream.destroy();
        loop.run();
        journal.expect("close false");
        stream.watched();
        stream.flowing();
        stream.resume();
        stream.end();
        loop.run();
        journal.expect();
    }

    @Test
    @Covers("node:test-stream-duplex-props")
    void eachSideHasAHighWaterMarkOfItsOwn(Loop loop) {
        MemoryDuplex split = new MemoryDuplex(
                loop, DuplexOptions.defaults().readableHighWaterMark(3).writableHighWaterMark(5));
        assertEquals(3, split.readableHighWaterMark());
        assertEquals(5, split.writableHighWaterMark());
        split.holds = true;
        assertTrue(split.push("12"));
        assertFalse(split.push("3"));
        assertTrue(split.write("1234"));
        assertFalse(split.write("5"));
        split.destroy();
        loop.run();
    }

    /** A duplex whose destruction the test decides. */
    private static final class DestroyingDuplex extends Duplex {

        private final Consumer<Completion> how;

        DestroyingDuplex(Loop loop, Consumer<Completion> how) {
            super(loop, DuplexOptions.defaults());
            this.how = how;
        }

        @Override
        protected void doRead() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            done.onComplete(null);
        }

        @Override
        protected void doDestroy(ChagresException error, Completion done) {
            how.accept(done);
        }
    }
}
