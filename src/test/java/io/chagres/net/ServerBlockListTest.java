package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.address.BlockList;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections from a blocked address are not reported, and their peers read an end. */
@ConnectionTest
class ServerBlockListTest {

    private final Journal journal = new Journal();
    private final BlockList blocked = new BlockList();

    /** Both servers may be asked from 127.0.0.2; the one on all addresses sees IPv4 mapped into IPv6. */
    @ParameterizedTest
    @ValueSource(strings = {Local.HOST, "::"})
    @Covers("node:test-net-server-blocklist")
    void clientsOnTheBlockListAreNotServed(String host, Loop loop) {
        blocked.addAddress("127.0.0.1");
        Server server = server(loop).onDrop(dropped -> journal.add("drop"));
        int port = server.listen(0, host).address().port();
        try (Peer<String> client =
                Peer.client(port, socket -> Talk.ending(socket) + " " + textFrom("127.0.0.2", port))) {
            loop.run();
            assertEquals("end hello", client.result());
        }
        journal.expect();
    }

    @Test
    void aClientThatIsRemovedFromTheBlockListIsServed(Loop loop) {
        blocked.addAddress("127.0.0.1");
        int port = server(loop).listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, socket -> {
            String ending = Talk.ending(socket);
            blocked.removeAddress("127.0.0.1");
            return ending + " " + textFrom("127.0.0.1", port);
        })) {
            loop.run();
            assertEquals("end hello", client.result());
        }
    }

    private static String textFrom(String local, int port) throws IOException {
        try (java.net.Socket socket =
                new java.net.Socket(InetAddress.getByName(Local.HOST), port, InetAddress.getByName(local), 0)) {
            return Talk.allText(socket);
        }
    }

    @Test
    void noClientIsBlockedOverAUnixSocket(Loop loop, @TempDir Path folder) {
        blocked.addSubnet("::", 0);
        Server server = server(loop);
        server.listen(Place.UNIX.in(folder), null);
        try (UnixPeer<String> client = Place.client(server, UnixPeer::allText)) {
            loop.run();
            assertEquals("hello", client.result());
        }
    }

    private Server server(Loop loop) {
        Server server = Net.createServer(loop, ServerOptions.defaults().blockList(blocked));
        return server.onConnection(socket -> {
            server.close();
            socket.end("hello");
        });
    }
}
