package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import io.chagres.stream.AbortController;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A socket with a signal, which is aborted. */
@ConnectionTest
@Covers("node:test-net-connect-abort-controller")
class SocketAbortTest {

    private static final String[] ABORTED = {"error ABORT_ERR The operation was aborted", "close true"};

    private final Journal journal = new Journal();
    private final AbortController controller = new AbortController();
    private Server server;

    @BeforeEach
    void listen(Loop loop) {
        server = Net.createServer(loop, socket -> socket.resume().onError(reset -> {}));
        server.listen(0, Local.HOST);
        server.unref();
    }

    private Socket connect(Loop loop) {
        return journal(Net.connect(
                loop, options(), ConnectOptions.to(Local.HOST, server.address().port())));
    }

    private SocketOptions options() {
        return SocketOptions.defaults().signal(controller.signal());
    }

    private Socket journal(Socket client) {
        return client.onConnect(journal.note("connect"))
                .onError(error -> journal.add("error " + error.code() + " " + error.getMessage()))
                .onClose(hadError -> journal.add("close " + hadError));
    }

    private void run(Loop loop) {
        loop.run();
        server.close();
        loop.run();
    }

    @Test
    void anAbortAfterTheConnectDestroysTheSocket(Loop loop) {
        connect(loop);
        assertEquals(1, controller.signal().listeners());
        controller.abort();
        run(loop);
        journal.expect(ABORTED);
        assertEquals(0, controller.signal().listeners());
    }

    @Test
    void anAbortBeforeTheConnectDestroysTheSocket(Loop loop) {
        controller.abort();
        Socket client = connect(loop);
        assertEquals(0, controller.signal().listeners());
        assertTrue(client.isDestroyed());
        assertFalse(client.isConnecting());
        run(loop);
        journal.expect(ABORTED);
    }

    @Test
    void anAbortOnALaterTickDestroysTheSocket(Loop loop) {
        connect(loop);
        loop.nextTick(controller::abort);
        run(loop);
        journal.expect(ABORTED);
    }

    @Test
    void anAbortDestroysAConnectedSocket(Loop loop) {
        connect(loop)
                .onConnect(() -> controller.abort(new IllegalStateException("enough")))
                .onError(error -> assertSame(controller.signal().reason(), error.getCause()));
        run(loop);
        journal.expect("connect", ABORTED[0], ABORTED[1]);
    }

    @Test
    void anAbortBeforeTheSocketIsMadeDestroysIt(Loop loop) {
        controller.abort();
        journal(new Socket(loop, options()));
        run(loop);
        journal.expect(ABORTED);
    }

    @Test
    void anAbortDestroysASocketThatIsNeverConnected(Loop loop) {
        journal(new Socket(loop, options()));
        assertEquals(1, controller.signal().listeners());
        controller.abort();
        run(loop);
        journal.expect(ABORTED);
    }

    @Test
    void aSocketThatIsDestroyedHasNothingToDoWithItAnyMore(Loop loop) {
        Socket client = connect(loop);
        client.destroy();
        assertEquals(0, controller.signal().listeners());
        controller.abort();
        run(loop);
        journal.expect("close false");
    }
}
