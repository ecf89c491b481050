package io.chagres.socket;

import static io.chagres.fixture.PipePair.assertCode;
import static io.chagres.fixture.PipePair.failing;
import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Handle;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Descriptors that travel from pipe to pipe. A descriptor that is lost on the way would be found open after the test. */
@ConnectionTest
class PipeIpcTest {

    private final Journal journal = new Journal();
    private Pipe sender;
    private Pipe receiver;

    @BeforeEach
    void connect(Loop loop) {
        PipePair pair = PipePair.of(loop, true);
        sender = pair.one();
        receiver = pair.other();
    }

    @Test
    void aPipeForBytesOnlyRefusesDescriptors(Loop loop) {
        PipePair plain = PipePair.of(loop, false);
        assertFalse(plain.one().isIpc());
        assertTrue(sender.isIpc());
        assertCode("EINVAL", () -> plain.one().write(Talk.buffer("x"), receiver, ok()));
        assertCode("EINVAL", () -> plain.one().tryWrite(Talk.buffer("x"), receiver));
        assertCode("EINVAL", plain.one()::acceptDescriptor);
        assertEquals(0, plain.one().pendingCount());
        assertEquals(DescriptorKind.UNKNOWN, plain.one().pendingType());
        plain.close();
        close(loop);
    }

    @Test
    void aWriteOfAHandleThatCannotBeSentThrows(Loop loop) {
        Tcp fresh = new Tcp(loop);
        assertCode("EBADF", () -> sender.write(Talk.buffer("x"), fresh, ok()));
        assertCode("EBADF", () -> sender.tryWrite(Talk.buffer("x"), fresh));
        assertCode("EINVAL", () -> sender.write(Talk.buffer(""), sender, ok()));
        assertCode("EINVAL", () -> sender.tryWrite(Talk.buffer(""), sender));
        assertCode("EINVAL", () -> sender.write(Talk.buffer("x"), null, ok()));
        assertCode("EINVAL", () -> sender.write((ByteBuffer) null, sender, ok()));
        assertCode("EINVAL", () -> sender.write(Talk.buffer("x"), sender, null));
        try (Loop other = new Loop()) {
            Tcp foreign = TcpPair.listening(other);
            assertCode("EINVAL", () -> sender.write(Talk.buffer("x"), foreign, ok()));
        }
        sender.shutdown(failing("ECANCELED", journal.note("cancelled")));
        assertCode("EPIPE", () -> sender.write(Talk.buffer("x"), receiver, ok()));
        fresh.close();
        close(loop);
        assertCode("EBADF", () -> sender.write(Talk.buffer("x"), receiver, ok()));
    }

    @Test
    void descriptorsThatAreNotAcceptedAreClosedWithThePipe(Loop loop) {
        for (int i = 0; i < 3; i++) {
            sender.write(Talk.buffer("x"), sender, ok());
        }
        readUntil(loop, 3);
        assertEquals(DescriptorKind.PIPE, receiver.pendingType());
        close(loop);
        assertEquals(0, receiver.pendingCount());
    }

    @Test
    void acceptIntoAHandleOfAnotherKindIsRefusedAndTheDescriptorStays(Loop loop) {
        Tcp tcp = TcpPair.listening(loop);
        int port = tcp.localAddress().port();
        sender.write(Talk.buffer("x"), tcp, error -> tcp.close());
        readUntil(loop, 1);
        assertEquals(DescriptorKind.TCP, receiver.pendingType());
        Pipe wrong = new Pipe(loop);
        assertCode("EINVAL", () -> receiver.accept(wrong));
        Tcp busy = TcpPair.listening(loop);
        assertCode("EBUSY", () -> receiver.accept(busy));
        assertEquals(1, receiver.pendingCount());
        Tcp right = new Tcp(loop);
        receiver.accept(right);
        assertEquals(port, right.localAddress().port());
        assertCode("EAGAIN", () -> receiver.accept(new Tcp(loop)));
        assertCode("EAGAIN", receiver::acceptDescriptor);
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    @Test
    void aPipeForIpcRefusesAReceivedFifo(Loop loop) {
        PipePair ends = PipePair.ends(loop);
        sender.write(Talk.buffer("x"), ends.other(), error -> ends.other().close());
        readUntil(loop, 1);
        Pipe forIpc = new Pipe(loop, true);
        assertCode("EINVAL", () -> receiver.accept(forIpc));
        forIpc.close();
        Pipe taken = new Pipe(loop);
        receiver.accept(taken);
        assertFalse(taken.isReadable());
        taken.write(Talk.buffer("through it"), error -> taken.close());
        ByteArrayOutputStream got = PipePair.collect(ends.one());
        close(loop);
        assertEquals("through it", got.toString());
    }

    /** The socket is full, so the writes go out in large messages. A descriptor must not arrive before its byte. */
    @Test
    void aDescriptorArrivesWithTheFirstByteOfItsWrite(Loop loop) {
        int ahead = 1 << 20;
        PipePair sent = PipePair.ends(loop);
        sender.write(ByteBuffer.allocate(ahead), ok());
        sender.write(Talk.buffer("before"), ok());
        sender.write(Talk.buffer("with"), sent.one(), ok());
        sender.write(Talk.buffer("after"), ok());
        sender.write(
                new ByteBuffer[] {Talk.buffer(""), Talk.buffer("wi"), ByteBuffer.allocateDirect(2)},
                sent.other(),
                ok());
        sender.write(ByteBuffer.allocate(ahead), error -> {
            sender.close();
            sent.close();
        });
        int[] total = {0};
        receiver.readStart(TcpPair.reader(
                bytes -> {
                    total[0] += bytes.remaining();
                    int due = total[0] <= ahead + 6 ? 0 : total[0] <= ahead + 15 ? 1 : 2;
                    assertEquals(due, receiver.pendingCount(), () -> "after " + (total[0] - ahead) + " bytes");
                },
                receiver::close));
        loop.run();
        assertEquals(2 * ahead + 19, total[0]);
    }

    @Test
    void theWriteOfAHandleClosedTooEarlyFailsAndTheOtherWritesGoOn(Loop loop) {
        Tcp tcp = TcpPair.listening(loop);
        sender.write(ByteBuffer.allocate(1 << 20), ok());
        sender.write(Talk.buffer("lost"), tcp, failing("EBADF", journal.note("refused")));
        sender.write(Talk.buffer("kept"), error -> sender.close());
        tcp.close();
        ByteArrayOutputStream got = PipePair.collect(receiver);
        loop.run();
        journal.expect("refused");
        assertEquals((1 << 20) + 4, got.size());
    }

    @Test
    void theWriteOfADescriptorIsCancelledWhenThePipeCloses(Loop loop) {
        sender.write(ByteBuffer.allocate(1 << 20), failing("ECANCELED", journal.note("cancelled")));
        sender.write(Talk.buffer("x"), receiver, failing("ECANCELED", journal.note("cancelled")));
        close(loop);
        journal.expect("cancelled", "cancelled");
    }

    @Test
    void tryWriteSendsTheDescriptorAtOnceOrNotAtAll(Loop loop) {
        assertEquals(3, sender.tryWrite(Talk.buffer("now"), receiver));
        readUntil(loop, 1);
        while (sender.tryWrite(ByteBuffer.allocate(1 << 16)) > 0) {
            // until it is full
        }
        assertEquals(0, sender.tryWrite(Talk.buffer("x"), receiver));
        sender.write(Talk.buffer("x"), ok());
        assertEquals(0, sender.tryWrite(Talk.buffer("x"), receiver));
        ByteArrayOutputStream rest = PipePair.collect(receiver);
        sender.shutdown(error -> sender.close());
        loop.run();
        assertTrue(rest.size() > 1 << 16);
    }

    /** The receiver still has the open file description, and epoll goes on reporting its events: the sender's loop must not get them. */
    @Test
    void theLoopSleepsAfterASentHandleIsClosed(Loop loop) {
        PipePair pair = PipePair.of(loop, false);
        pair.one().readStart(TcpPair.reader(bytes -> journal.add("bytes"), journal.note("end")));
        sender.write(Talk.buffer("x"), pair.one(), error -> {
            pair.one().close();
            pair.other().write(Talk.buffer("for the receiver"), ok());
        });
        readUntil(loop, 1);
        int[] turns = {0};
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> turns[0]++);
        Timer.after(loop, 30, prepare::close);
        loop.run();
        assertTrue(turns[0] < 10, () -> turns[0] + " turns");
        Pipe taken = new Pipe(loop);
        receiver.accept(taken);
        pair.other().close();
        ByteArrayOutputStream got = PipePair.collect(taken);
        close(loop);
        assertEquals("for the receiver", got.toString());
        journal.expect();
    }

    /** Runs the loop until {@code count} descriptors wait at the receiver. */
    private void readUntil(Loop loop, int count) {
        receiver.readStart(TcpPair.reader(bytes -> {}, () -> {}));
        while (receiver.pendingCount() < count) {
            loop.run(RunMode.ONCE);
        }
        loop.run(RunMode.NOWAIT);
        receiver.readStop();
    }

    private void close(Loop loop) {
        sender.close();
        receiver.close();
        loop.run();
    }
}
