package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.address.SocketAddress;
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
import org.junit.jupiter.api.Test;

/** Streams whose peer is watched: {@link StreamHandle#watchPeer}. */
@ConnectionTest
class PeerWatchTest {

    private final Journal journal = new Journal();
    private Tcp client;
    private Tcp accepted;

    @Test
    void theEndOfThePeerIsReportedWithoutReadingAndEarlierBytesCanStillBeRead(Loop loop) {
        connect(loop);
        client.watchPeer(this::gone);
        accepted.write(Talk.buffer("last words"), error -> accepted.close());
        loop.run();
        journal.expect("gone");
        client.readStart(TcpPair.reader(bytes -> journal.add(Talk.text(bytes)), () -> {
            journal.add("end");
            client.close();
        }));
        loop.run();
        journal.expect("last words", "end");
    }

    @Test
    void aResetIsReportedWithoutReadingAndTheNextReadFails(Loop loop) {
        connect(loop);
        client.watchPeer(this::gone);
        accepted.closeReset(() -> {});
        loop.run();
        journal.expect("gone, failed");
        client.readStart(TcpPair.reader(bytes -> {}, journal.note("end"), error -> {
            journal.add(error.getMessage());
            client.close();
        }));
        loop.run();
        journal.expect("read ECONNRESET");
    }

    @Test
    void theEndOfThePeerOfAPipeIsReportedWithoutReading(Loop loop) {
        PipePair pair = PipePair.of(loop, false);
        pair.one().watchPeer(this::gone);
        pair.other().close();
        loop.run();
        journal.expect("gone");
        pair.one().close();
        loop.run();
    }

    @Test
    void aReadingStreamGetsBytesAndEndBeforeThePeerListenerIsCalled(Loop loop) {
        connect(loop);
        client.watchPeer(this::gone);
        client.readStart(TcpPair.reader(bytes -> journal.add(Talk.text(bytes)), journal.note("end")));
        accepted.write(Talk.buffer("bytes"), error -> accepted.close());
        loop.run();
        journal.expect("bytes", "end", "gone");
        client.close();
        loop.run();
    }

    @Test
    void thePeerListenerIsCalledOnceAndTheLoopSleepsThen(Loop loop) {
        connect(loop);
        client.watchPeer(this::gone);
        accepted.close();
        int[] turns = {0};
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> turns[0]++);
        Timer.after(loop, 50, () -> {
            prepare.close();
            client.close();
        });
        loop.run();
        journal.expect("gone");
        assertTrue(turns[0] <= 20, () -> turns[0] + " turns");
    }

    @Test
    void aWatchedStreamIsActiveUntilItIsUnwatched(Loop loop) {
        connect(loop);
        assertFalse(client.isActive());
        client.watchPeer(this::gone);
        assertTrue(client.isActive());
        client.readStart(TcpPair.reader(bytes -> {}, () -> {}));
        client.readStop();
        assertTrue(client.isActive());
        client.unwatchPeer();
        client.unwatchPeer();
        assertFalse(client.isActive());
        accepted.close();
        loop.run();
        journal.expect();
        client.close();
        loop.run();
    }

    @Test
    void aReadingStreamStaysActiveWhenItIsUnwatched(Loop loop) {
        connect(loop);
        client.readStart(TcpPair.reader(bytes -> {}, journal.note("end")));
        client.watchPeer(this::gone);
        client.unwatchPeer();
        assertTrue(client.isActive());
        accepted.close();
        loop.run();
        journal.expect("end");
        client.close();
        loop.run();
    }

    @Test
    void aSecondPeerListenerReplacesTheFirst(Loop loop) {
        connect(loop);
        client.watchPeer(failed -> journal.add("first"));
        client.watchPeer(failed -> journal.add("second"));
        accepted.close();
        loop.run();
        journal.expect("second");
        client.close();
        loop.run();
    }

    @Test
    void aClosedStreamDoesNotCallItsPeerListener(Loop loop) {
        connect(loop);
        client.watchPeer(this::gone);
        accepted.close();
        loop.run(RunMode.NOWAIT);
        client.close();
        loop.run();
        assertTrue(journal.count("gone") <= 1);
        assertCode("EINVAL", client, "watchPeer on a closed handle");
    }

    @Test
    void aConnectingStreamCanBeWatchedAndAFailedConnectIsReported(Loop loop) {
        Tcp closed = TcpPair.listening(loop);
        SocketAddress address = closed.localAddress();
        closed.close();
        client = new Tcp(loop);
        client.connect(address, error -> journal.add(error.code()));
        client.watchPeer(this::gone);
        loop.run();
        journal.expect("ECONNREFUSED", "gone, failed");
        client.close();
        loop.run();
    }

    @Test
    void aStreamWithoutAPeerCannotBeWatched(Loop loop) {
        assertCode("ENOTCONN", new Tcp(loop), "it has no peer");
        Tcp listener = TcpPair.listening(loop);
        listener.listen(1, _ -> {});
        assertCode("ENOTCONN", listener, "it has no peer");
        assertEquals(
                "EINVAL",
                assertThrows(ChagresException.class, () -> listener.watchPeer(null))
                        .code());
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    private void gone(boolean failed) {
        journal.add(failed ? "gone, failed" : "gone");
    }

    private void connect(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        client = pair.client();
        accepted = pair.accepted();
    }

    private static void assertCode(String code, SocketHandle stream, String text) {
        ChagresException refused = assertThrows(ChagresException.class, () -> stream.watchPeer(failed -> {}));
        assertEquals(code, refused.code());
        assertTrue(refused.getMessage().startsWith(text), refused::getMessage);
    }
}
