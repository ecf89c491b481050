package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.stream.AbortController;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** A server that an abort signal closes. */
@ConnectionTest
class ServerSignalTest {

    private final Journal journal = new Journal();
    private final AbortController controller = new AbortController();

    @Test
    @Covers("node:test-net-server-listen-options-signal")
    void anAbortClosesTheServer(Loop loop) {
        Server server = server(loop);
        server.listen(where(), () -> {
            journal.add("listening");
            controller.abort();
            assertFalse(server.isListening());
        });
        loop.run();
        journal.expect("listening", "close");
    }

    @Test
    @Covers("node:test-net-server-listen-options-signal")
    void aServerWhoseSignalWasAbortedBeforeIsClosedWithoutListening(Loop loop) {
        controller.abort();
        Server server = server(loop);
        server.listen(where(), journal.note("listening"));
        loop.run();
        journal.expect("close");
        assertFalse(server.isListening());
    }

    @Test
    void aServerThatIsAbortedDuringItsLookupNeverListens(Loop loop) {
        server(loop).listen(ListenOptions.at("localhost", 0).signal(controller.signal()), journal.note("listening"));
        controller.abort(new IllegalStateException("why"));
        loop.run();
        journal.expect("close");
    }

    @Test
    void connectionsOutliveTheAbortOfTheirServer(Loop loop) {
        Server server = server(loop);
        server.onConnection(socket -> {
            controller.abort();
            assertTrue(socket.isReadable());
            socket.pipe(socket);
        });
        server.listen(where(), null);
        try (Peer<String> client = Peer.client(server.address().port(), socket -> Talk.ask(socket, "hello"))) {
            loop.run();
            assertEquals("hello", client.result());
        }
        journal.expect("close");
    }

    @Test
    void aServerThatIsClosedOrFailsRemovesItsAbortListener(Loop loop) throws Exception {
        Server server = server(loop);
        server.listen(where(), null);
        assertEquals(1, controller.signal().listeners());
        server.close();
        assertEquals(0, controller.signal().listeners());
        try (ServerSocket other = Peer.listener(Local.HOST, 0)) {
            server.listen(ListenOptions.at(Local.HOST, other.getLocalPort()).signal(controller.signal()), null);
            loop.run();
        }
        assertEquals(0, controller.signal().listeners());
        controller.abort();
        loop.run();
        journal.expect("close", "error EADDRINUSE");
    }

    @Test
    void anAbortOfAnEarlierListenDoesNotCloseALaterOne(Loop loop) {
        controller.abort();
        Server server = server(loop);
        server.listen(where(), journal.note("never"));
        server.close();
        server.listen(0, Local.HOST, journal.note("listening"));
        loop.nextTick(() -> loop.nextTick(server::close));
        loop.run();
        journal.expect("close", "listening", "close");
    }

    @Test
    void aListenThatThrowsHasNotBegun(Loop loop) {
        controller.abort();
        Server server = server(loop);
        ListenOptions where = ListenOptions.atHandle(new Pipe(loop, true)).signal(controller.signal());
        assertThrows(UsageException.class, () -> server.listen(where, null));
        loop.run();
        journal.expect();
        assertEquals(0, controller.signal().listeners());
    }

    private ListenOptions where() {
        return ListenOptions.at(Local.HOST, 0).signal(controller.signal());
    }

    private Server server(Loop loop) {
        return Net.createServer(loop)
                .onClose(journal.note("close"))
                .onError(error -> journal.add("error " + error.code()));
    }
}
