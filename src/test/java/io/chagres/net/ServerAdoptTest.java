package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketHandle;
import org.junit.jupiter.api.Test;

/** Connections that other code has accepted and a server takes over. */
@ConnectionTest
class ServerAdoptTest {

    private final Journal journal = new Journal();

    @Test
    @Covers({"S89", "node:test-child-process-fork-getconnections"})
    void anAdoptedConnectionBehavesLikeAnAcceptedOne(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        Server server = echo(loop).onClose(journal.note("close"));
        server.listen(0, Local.HOST);
        assertTrue(server.adopt(pair.accepted()));
        journal.expect("connection");
        assertEquals(1, server.connectionCount());
        assertEquals(server, server.connections().getFirst().server());
        server.close();
        talk(pair.client());
        loop.run();
        journal.expect("hello", "close");
    }

    @Test
    void anEndOfASocketPairCanBeAdopted(Loop loop) {
        PipePair pair = PipePair.of(loop, false);
        assertTrue(echo(loop).adopt(pair.one()));
        talk(pair.other());
        loop.run();
        journal.expect("connection", "hello");
    }

    @Test
    void aConnectionThatIsNotAdoptedStaysWithTheCaller(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        Server full = echo(loop).setMaxConnections(0).onDrop(dropped -> journal.add("drop"));
        Server blocking =
                Net.createServer(loop, ServerOptions.defaults().blockList(new BlockList().addAddress(Local.HOST)));
        assertFalse(full.adopt(pair.accepted()));
        assertFalse(blocking.adopt(pair.accepted()));
        assertTrue(echo(loop).adopt(pair.accepted()));
        talk(pair.client());
        loop.run();
        journal.expect("connection", "hello");
    }

    @Test
    void adoptingADescriptorThatIsNoConnectionIsRefused(Loop loop) {
        Server server = echo(loop);
        TcpPair pair = TcpPair.connected(loop);
        pair.accepted().readStart(TcpPair.reader(bytes -> {}, () -> {}));
        assertRefused(() -> server.adopt(pair.accepted()));
        pair.close();
        assertRefused(() -> server.adopt(pair.client()));
        SocketHandle listening = TcpPair.listening(loop);
        assertRefused(() -> server.adopt(listening));
        listening.close();
        assertRefused(() -> server.adopt((SocketHandle) null));
        try (Loop other = new Loop()) {
            TcpPair elsewhere = TcpPair.connected(other);
            assertRefused(() -> server.adopt(elsewhere.client()));
        }
        loop.run();
        journal.expect();
    }

    private static void assertRefused(Runnable wrong) {
        assertEquals("EINVAL", assertThrows(UsageException.class, wrong::run).code());
    }

    private Server echo(Loop loop) {
        return Net.createServer(loop, socket -> {
            journal.add("connection");
            socket.pipe(socket);
        });
    }

    private void talk(SocketHandle client) {
        client.write(Talk.buffer("hello"), PipePair.ok());
        client.shutdown(PipePair.ok());
        client.readStart(TcpPair.reader(bytes -> journal.add(Talk.text(bytes)), client::close));
    }
}
