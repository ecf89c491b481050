package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several servers on one port: where they say so, and where they don't. */
@ConnectionTest
class ServerSharedPortTest {

    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final Journal journal = new Journal();

    @ParameterizedTest
    @ValueSource(strings = {Local.HOST, "::1", "::", "localhost"})
    @Covers("node:test-net-reuseport")
    void twoServersListenOnOnePort(String host, Loop loop) {
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Server server = Net.createServer(loop).onError(error -> journal.add(error.getMessage()));
            servers.add(server);
        }
        servers.getFirst().listen(ListenOptions.at(host, 0).reusePort(true), () -> {
            int port = servers.getFirst().address().port();
            servers.getLast().listen(ListenOptions.at(host, port).reusePort(true), () -> {
                assertEquals(servers.getFirst().address(), servers.getLast().address());
                servers.forEach(Server::close);
                journal.add("both");
            });
        });
        loop.run();
        journal.expect("both");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Covers("node:test-net-reuseport")
    void bothServersMustSetReusePort(boolean first, Loop loop) {
        Server one = Net.createServer(loop);
        one.listen(ListenOptions.at(0).reusePort(first), null);
        Server other = Net.createServer(loop).onError(error -> journal.add(error.code()));
        other.listen(ListenOptions.at(one.address().port()).reusePort(!first), null);
        loop.nextTick(one::close);
        loop.run();
        journal.expect("EADDRINUSE");
    }

    /** Which of them gets a connection the kernel decides: so both are visited until both have answered. */
    @Test
    @Covers("node:test-child-process-net-reuseport")
    @Tag("host")
    void twoProcessesShareThePort(Loop loop) throws Exception {
        Server server = Net.createServer(loop, socket -> socket.end("j"));
        server.onConnection(Socket::resume);
        int port = server.listen(ListenOptions.at(Local.HOST, 0).reusePort(true), null)
                .address()
                .port();
        try (Program python = Program.python("""
            import socket, sys
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind(('127.0.0.1', int(sys.argv[1])))
            s.listen(16)
            c, _ = s.accept()
            s.close()
            c.sendall(b'p')
            c.close()
            """, String.valueOf(port));
                Peer<String> visitor = Peer.client(port, socket -> {
                    String heard = Talk.allText(socket);
                    long until = System.nanoTime() + PATIENCE_NANOS;
                    while (!(heard.contains("j") && heard.contains("p")) && System.nanoTime() < until) {
                        try (java.net.Socket again = new java.net.Socket(Local.HOST, port)) {
                            heard += Talk.allText(again);
                        }
                    }
                    loop.execute(server::close);
                    return heard;
                })) {
            loop.run();
            assertTrue(visitor.result().contains("p"), "the other process got nothing");
            assertTrue(visitor.result().contains("j"), "this process got nothing");
            python.result();
        }
    }

    @Test
    @Covers({"node:test-cluster-eaddrinuse", "node:test-cluster-bind-twice"})
    @Tag("host")
    void withoutReusePortThePortBelongsToOneProcess(Loop loop) throws Exception {
        Server server = Net.createServer(loop);
        int port = server.listen(0, Local.HOST).address().port();
        assertEquals("EADDRINUSE", bindElsewhere(port));
        server.close();
        loop.run();
    }

    @Test
    @Covers("node:test-cluster-port-reuse-between-workers")
    @Tag("host")
    void aPortThatOneProcessHasLeftIsFreeForTheNext(Loop loop) throws Exception {
        Server server = Net.createServer(loop);
        int port = server.listen(0, Local.HOST).address().port();
        server.close();
        loop.run();
        assertEquals("bound", bindElsewhere(port));
        server.listen(port, Local.HOST, journal.note("listening"));
        server.onListening(server::close);
        loop.run();
        journal.expect("listening");
    }

    private static String bindElsewhere(int port) throws Exception {
        try (Program python = Program.python("""
            import errno, socket, sys
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(('127.0.0.1', int(sys.argv[1])))
                s.listen(1)
                print('bound')
            except OSError as e:
                print(errno.errorcode[e.errno])
            """, String.valueOf(port))) {
            return python.result();
        }
    }
}
