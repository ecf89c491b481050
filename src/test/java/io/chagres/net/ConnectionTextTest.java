package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.Family;
import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Handle;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortController;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The texts of sockets, servers, their handles and their options. */
@ConnectionTest
class ConnectionTextTest {

    @Test
    void aServerPrintsWhereItListensAndHowManyConnectionsItHas(Loop loop) {
        Server server = Net.createServer(loop);
        assertEquals("Server (not listening, 0 connections)", server.toString());
        server.listen(0, Local.HOST);
        String listening = "listening on 127.0.0.1:" + server.address().port();
        assertEquals("Server (" + listening + ", 0 connections)", server.toString());
        assertEquals("Server (" + listening + ", 0 connections)", elsewhere(server::toString));
        server.onConnection(socket -> {
            assertEquals("Server (" + listening + ", 1 connection)", server.toString());
            server.close();
            assertEquals("Server (not listening, closing, 1 connection)", server.toString());
            socket.destroy();
        });
        try (Peer<String> client = Peer.client(server.address().port(), Talk::ending)) {
            loop.run();
        }
        assertEquals("Server (not listening, 0 connections)", server.toString());
    }

    @Test
    void aSocketPrintsBothItsEndsAndItsState(Loop loop) {
        List<String> texts = new ArrayList<>();
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "x"))) {
            Socket client = new Socket(loop);
            texts.add(client.toString());
            client.connect(server.port(), Local.HOST, () -> {
                String ends = client.localAddress() + " -> " + client.remoteAddress();
                texts.add(client.toString().replace(ends, "ENDS"));
                texts.add(elsewhere(client::toString).replace("127.0.0.1:" + server.port(), "PEER"));
                client.pause();
                client.end();
                texts.add(client.toString().replace(ends, "ENDS"));
                client.resume();
            });
            texts.add(client.toString().replace("" + server.port(), "PORT"));
            client.onClose(hadError -> texts.add(client.toString().replace("" + server.port(), "PORT")));
            loop.run();
        }
        assertEquals(
                List.of(
                        "Socket (open, not connected)",
                        "Socket (open, connecting to 127.0.0.1:PORT)",
                        "Socket (open, ENDS)",
                        "Socket (open, -> PEER)",
                        "Socket (read only, paused, ENDS)",
                        "Socket (closed, -> 127.0.0.1:PORT)"),
                texts);
    }

    @Test
    void aSocketPrintsHowMuchWaitsOnEitherSide(Loop loop) {
        Socket socket = new Socket(loop);
        socket.connect(ConnectOptions.to(9).lookup((host, options, answer) -> {}));
        socket.write(ByteBuffer.allocate(12));
        assertEquals("Socket (open, 12 bytes to write, connecting to localhost:9)", socket.toString());
        socket.destroy();
        loop.run();
    }

    @Test
    void aHandlePrintsItsDescriptorAndItsAddresses(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        assertEquals("Tcp (inactive, fd " + listener.fd() + ", " + listener.localAddress() + ")", listener.toString());
        listener.listen(1, _ -> {});
        String text = "Tcp (active, fd " + listener.fd() + ", listening, " + listener.localAddress() + ")";
        assertEquals(text, listener.toString());
        assertEquals(text, elsewhere(listener::toString));
        listener.close();
        loop.run();
        TcpPair pair = TcpPair.connected(loop);
        assertEquals(
                "Tcp (inactive, fd " + pair.accepted().fd() + ", "
                        + pair.accepted().localAddress() + " -> "
                        + pair.client().localAddress() + ")",
                pair.accepted().toString());
        assertEquals(
                "Tcp (inactive, fd " + pair.client().fd() + ", -> "
                        + pair.client().remoteAddress() + ")",
                elsewhere(pair.client()::toString));
        pair.close();
        loop.run();
        assertEquals("Tcp (inactive)", new Tcp(loop).toString().replace("closing", ""));
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    @Test
    @Tag("no-qemu")
    void aSocketThatWasResetPrintsItsPeer(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        String peer = pair.client().localAddress().toString();
        pair.client().closeReset(() -> {});
        assertTrue(
                pair.accepted().toString().endsWith(" -> " + peer + ")"),
                pair.accepted().toString());
        pair.accepted().close();
        loop.run();
    }

    @Test
    void aUnixSocketPrintsItsPath(Loop loop, @TempDir Path folder) {
        String path = folder.resolve("s").toString();
        Pipe listener = new Pipe(loop);
        listener.bind(path);
        listener.listen(1, _ -> {});
        String text = "Pipe (active, fd " + listener.fd() + ", listening, " + path + ")";
        assertEquals(text, listener.toString());
        assertEquals(text, elsewhere(listener::toString));
        Pipe client = new Pipe(loop);
        client.connect(path, error -> {
            assertEquals("Pipe (inactive, fd " + client.fd() + ", -> " + path + ")", client.toString());
            client.close();
            listener.close();
        });
        loop.run();
    }

    @Test
    void optionsPrintWhatDiffersFromTheirDefaults() {
        assertEquals("SocketOptions (defaults)", SocketOptions.defaults().toString());
        assertEquals(
                "SocketOptions (noDelay, options [SO_RCVBUF=4096])",
                SocketOptions.defaults()
                        .noDelay(true)
                        .set(SocketOption.SO_RCVBUF, 4096)
                        .toString());
        assertEquals(
                "ConnectOptions (to example.org:80, timeoutMillis 5)",
                ConnectOptions.to("example.org", 80).timeoutMillis(5).toString());
        assertEquals(
                "ConnectOptions (to @name)", ConnectOptions.toPath("\0name").toString());
        assertEquals("ListenOptions (port 0)", ListenOptions.at(0).toString());
        assertEquals(
                "ListenOptions (port 80, host ::1, reusePort, signal AbortSignal (not aborted))",
                ListenOptions.at("::1", 80)
                        .reusePort(true)
                        .signal(new AbortController().signal())
                        .toString());
        assertEquals(
                "ServerOptions (allowHalfOpen, highWaterMark 1)",
                ServerOptions.defaults().allowHalfOpen(true).highWaterMark(1).toString());
        assertEquals(
                "LookupOptions (family IPV6)",
                LookupOptions.defaults().family(Family.IPV6).toString());
    }

    @Test
    void aSignalOfAbortPrintsItsReason() {
        AbortController controller = new AbortController();
        controller.abort(new IllegalStateException("x"));
        assertEquals(
                "AbortController of AbortSignal (aborted: java.lang.IllegalStateException)", controller.toString());
    }

    @Test
    void aLookupPrintsItsHost(Loop loop) {
        Lookup lookup = Lookup.address(loop, "127.0.0.1", LookupOptions.defaults(), (found, error) -> {});
        loop.run();
        assertEquals("Lookup of 127.0.0.1 (done)", lookup.toString());
    }

    private static String elsewhere(Supplier<String> text) {
        try {
            return CompletableFuture.supplyAsync(text)
                    .get(Duration.ofSeconds(30).toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }
}
