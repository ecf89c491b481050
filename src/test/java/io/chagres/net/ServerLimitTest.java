package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that are too many are accepted and closed, and reported to the drop listeners only. */
@ConnectionTest
class ServerLimitTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    @ParameterizedTest
    @EnumSource
    @Covers({"S88", "node:test-net-server-max-connections"})
    void ofTwentyTheFirstTenAreServedAndTheOthersClosed(Place place, Loop loop) {
        Server server = Net.createServer(loop, socket -> socket.write("hello")).setMaxConnections(10);
        server.listen(place.in(folder), null);
        server.onDrop(dropped -> journal.add("drop"));
        try (UnixPeer<List<String>> client = Place.client(server, first -> {
            List<SocketChannel> all = new ArrayList<>(List.of(first));
            while (all.size() < 20) {
                all.add(Place.another(first));
            }
            return texts(all, () -> loop.execute(server::close));
        })) {
            loop.run();
            for (int i = 0; i < 20; i++) {
                assertEquals(i < 10 ? "hello" : "", client.result().get(i));
            }
        }
        assertEquals(10, journal.count("drop"));
    }

    private static List<String> texts(List<SocketChannel> channels, Runnable then) throws IOException {
        List<String> texts = new ArrayList<>();
        for (SocketChannel channel : channels) {
            texts.add(UnixPeer.text(channel, 5));
        }
        then.run();
        for (SocketChannel channel : channels) {
            channel.close();
        }
        return texts;
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"S88", "node:test-net-server-max-connections-close-makes-more-available"})
    void aConnectionThatClosesMakesRoomForTheNext(Place place, Loop loop) {
        Server server = Net.createServer(loop, socket -> socket.write("hello")).setMaxConnections(1);
        server.onConnection(socket -> journal.add("connection"));
        server.onConnection(socket -> closeAfterTwo(server));
        server.listen(place.in(folder), null);
        server.onDrop(dropped -> server.connections().getFirst().destroy());
        try (UnixPeer<String> client = Place.client(server, first -> {
            String answers = UnixPeer.text(first, 5);
            try (SocketChannel second = Place.another(first)) {
                answers += ", " + UnixPeer.text(second, 5);
            }
            UnixPeer.all(first);
            try (SocketChannel third = Place.another(first)) {
                return answers + ", " + UnixPeer.text(third, 5);
            }
        })) {
            loop.run();
            assertEquals("hello, , hello", client.result());
        }
    }

    private void closeAfterTwo(Server server) {
        if (journal.count("connection") == 2) {
            server.close();
        }
    }

    @Test
    @Covers({"S88", "node:test-net-server-drop-connections"})
    void aDropEventHasBothAddresses(Loop loop) {
        Server server =
                Net.createServer(loop, socket -> journal.add("connection")).setMaxConnections(0);
        server.onDrop(dropped -> {
            assertEquals(server.address(), dropped.local());
            assertEquals("IPv4", dropped.remote().family());
            journal.add("dropped " + dropped.remote());
            server.close();
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<Integer> client = Peer.client(port, socket -> {
            assertEquals("end", Talk.ending(socket));
            return socket.getLocalPort();
        })) {
            loop.run();
            journal.expect("dropped 127.0.0.1:" + client.result());
        }
        assertEquals(0, server.connectionCount());
    }

    @Test
    @Covers("node:test-net-server-drop-connections")
    void aDropEventOverAUnixSocketHasNoAddresses(Loop loop) {
        Server server = Net.createServer(loop).setMaxConnections(0);
        server.listen(Place.UNIX.in(folder), null);
        server.onDrop(dropped -> {
            assertNull(dropped.local());
            assertNull(dropped.remote());
            server.close();
        });
        try (UnixPeer<String> client = Place.client(server, UnixPeer::allText)) {
            loop.run();
            assertEquals("", client.result());
        }
    }

    @Test
    @Covers("node:test-net-server-drop-connections-in-cluster")
    void connectionsAreDroppedAlsoWithoutADropListener(Loop loop) {
        Server server =
                Net.createServer(loop, socket -> journal.add("connection")).setMaxConnections(0);
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, socket -> {
            String ending = Talk.ending(socket);
            loop.execute(server::close);
            return ending;
        })) {
            loop.run();
            assertEquals("end", client.result());
        }
        journal.expect();
    }

    @Test
    void loweringTheLimitDestroysNoConnection(Loop loop) {
        Server server = Net.createServer(loop);
        assertEquals(Integer.MAX_VALUE, server.maxConnections());
        int port = server.listen(0, Local.HOST).address().port();
        server.onConnection(socket -> {
            assertSame(server, server.setMaxConnections(0));
            assertEquals(1, server.connectionCount());
            server.close();
            socket.end("hello");
        });
        try (Peer<String> client = Peer.client(port, Talk::allText)) {
            loop.run();
            assertEquals("hello", client.result());
        }
    }

    /** The second client is connected for all it knows; who serves it decides when. */
    @ParameterizedTest
    @EnumSource
    void aConnectionInTheBacklogIsServedLater(Place place, Loop loop) {
        Server server = Net.createServer(loop);
        assertSame(server, server.pauseAccepting().resumeAccepting());
        server.onConnection(socket -> {
            journal.add("connection");
            closeAfterTwo(server);
            server.pauseAccepting();
            socket.onData(request -> socket.end("after " + journal.count("connection")));
            socket.onFinish(server::resumeAccepting);
        });
        server.listen(place.in(folder), null);
        try (UnixPeer<String> client = Place.client(server, first -> {
            try (SocketChannel second = Place.another(first)) {
                UnixPeer.send(second, "x");
                UnixPeer.send(first, "x");
                return UnixPeer.allText(first) + ", " + UnixPeer.allText(second);
            }
        })) {
            loop.run();
            assertEquals("after 1, after 2", client.result());
        }
    }

    @Test
    void aLimitBelow0IsRefused(Loop loop) {
        Server server = Net.createServer(loop);
        UsageException refused = assertThrows(UsageException.class, () -> server.setMaxConnections(-1));
        assertEquals("ERR_OUT_OF_RANGE", refused.code());
        assertEquals(
                "The value of \"maxConnections\" is out of range. It must be >= 0. Received -1", refused.getMessage());
    }
}
