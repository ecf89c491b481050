package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.RawSocket;
import io.chagres.loop.Loop;
import io.chagres.stream.AbortController;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listening socket without a loop: it outlives servers, and its file goes with it. */
@ConnectionTest
class ListeningSocketTest {

    private static final ListenOptions FREE = ListenOptions.at(Local.HOST, 0);

    @Test
    void serversComeAndGoAndTheBacklogStays(Loop loop) {
        try (ListeningSocket socket = ListeningSocket.open(FREE.backlog(10))) {
            Server first = Net.createServer(loop);
            first.listen(socket.place(socket.duplicate()));
            assertEquals(socket.address(), first.address());
            first.close();
            loop.run();

            Socket client = Net.connect(loop, socket.address().port(), Local.HOST);
            client.onConnect(() -> {
                Server second = Net.createServer(loop, accepted -> accepted.end("hello"));
                second.onConnection(accepted -> second.close());
                second.listen(socket.place(socket.duplicate()));
            });
            StringBuilder got = new StringBuilder();
            client.onText(StandardCharsets.UTF_8, got::append);
            loop.run();
            assertEquals("hello", got.toString());
            assertEquals(10, socket.backlog());
        }
    }

    @Test
    void aHostNameIsLookedUp() {
        try (ListeningSocket socket = ListeningSocket.open(ListenOptions.at("localhost", 0))) {
            assertTrue(socket.address().port() > 0);
        }
    }

    @Test
    void severalSocketsHaveOnePort() {
        List<ListeningSocket> sockets = ListeningSocket.openReusePort(FREE, 3);
        assertEquals(3, new HashSet<>(sockets.stream().map(ListeningSocket::fd).toList()).size());
        assertEquals(
                1, new HashSet<>(sockets.stream().map(ListeningSocket::address).toList()).size());
        int port = sockets.getFirst().address().port();
        SystemException refused = assertThrows(
                SystemException.class, () -> ListeningSocket.openReusePort(ListenOptions.at(Local.HOST, port), 2));
        assertEquals("EADDRINUSE", refused.code());
        List<ListeningSocket> joined =
                ListeningSocket.openReusePort(ListenOptions.at(Local.HOST, port).reusePort(true), 1);
        joined.getFirst().close();
        sockets.forEach(ListeningSocket::close);
        sockets.forEach(ListeningSocket::close);
        assertThrows(SystemException.class, sockets.getFirst()::duplicate);
    }

    @Test
    void theFileOfAUnixSocketGoesWithTheSocketUnlessItIsKept(@TempDir Path folder) {
        Path file = folder.resolve("s");
        ListeningSocket socket = ListeningSocket.open(ListenOptions.atPath(file.toString()));
        assertEquals(file.toString(), socket.path());
        assertNull(socket.address());
        assertTrue(Files.exists(file));
        socket.close();
        assertFalse(Files.exists(file));

        ListeningSocket kept = ListeningSocket.open(ListenOptions.atPath(file.toString()));
        kept.keepFile();
        kept.close();
        assertTrue(Files.exists(file));
    }

    @Test
    void aDescriptorThatWasGivenIsTakenOver() {
        RawSocket raw = RawSocket.listening();
        ListeningSocket socket = ListeningSocket.of(raw.fd());
        assertEquals(raw.fd(), socket.fd());
        assertEquals(raw.port(), socket.address().port());
        assertEquals("ListeningSocket (fd " + raw.fd() + ", 127.0.0.1:" + raw.port() + ")", socket.toString());
        socket.close();
    }

    @Test
    void whatIsNoPlaceIsRefused() {
        assertEquals(
                "ERR_INVALID_ARG_VALUE",
                assertThrows(UsageException.class, () -> ListeningSocket.of(-1)).code());
        assertEquals(
                "EBADF",
                assertThrows(SystemException.class, () -> ListeningSocket.of(99_999))
                        .code());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> ListeningSocket.openReusePort(FREE, 0))
                        .code());
        ListenOptions withSignal = FREE.signal(new AbortController().signal());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> ListeningSocket.open(withSignal))
                        .code());
    }
}
