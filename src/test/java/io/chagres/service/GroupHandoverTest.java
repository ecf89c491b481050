package io.chagres.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.group.GroupServer;
import io.chagres.group.LoopGroup;
import io.chagres.group.Sharing;
import io.chagres.handle.Handle;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.ListeningSocket;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.io.IOException;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The handover of a server with several loops, and a socket for each. */
@ExtendWith(HangGuard.class)
class GroupHandoverTest {

    @TempDir
    private Path folder;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void closeClients() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void theSocketsOfAGroupMoveToAnotherGroup() throws Exception {
        String path = folder.resolve("handover").toString();
        try (LoopGroup old = LoopGroup.start(2);
                LoopGroup next = LoopGroup.start(2)) {
            GroupServer first = old.listen(
                    ListeningSocket.openReusePort(ListenOptions.at(Local.HOST, 0), 2),
                    Sharing.REUSE_PORT,
                    loop -> named(loop, "old"));
            int port = first.address().port();
            CompletableFuture<Void> closed = new CompletableFuture<>();
            Loop oldLoop = old.loops().getFirst();
            oldLoop.execute(() -> Handover.offer(oldLoop, path)
                    .descriptors(
                            "http",
                            first.listeners().stream().map(ListeningSocket::fd).toList())
                    .onTaken(() -> first.close(Duration.ofSeconds(5)).thenRun(() -> closed.complete(null))));
            ask(port, "old");
            Takeover taken = take(path);
            List<ListeningSocket> sockets =
                    taken.descriptors("http").stream().map(ListeningSocket::of).toList();
            assertEquals(2, sockets.size());
            GroupServer second = next.listen(sockets, Sharing.REUSE_PORT, loop -> named(loop, "next"));
            Loop nextLoop = next.loops().getFirst();
            nextLoop.execute(() -> taken.ready(nextLoop));
            Waits.get(closed);
            for (int i = 0; i < 20; i++) {
                ask(port, "next");
            }
            assertEquals(port, second.address().port());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Sharing.class,
            names = {"REUSE_PORT", "SHARED", "DEALER"})
    void idleConnectionsOfAllLoopsMove(Sharing sharing) throws Exception {
        String path = folder.resolve("handover").toString();
        try (LoopGroup old = LoopGroup.start(2);
                LoopGroup next = LoopGroup.start(2)) {
            GroupServer first = old.listen(ListenOptions.at(Local.HOST, 0), sharing, loop -> lines(loop, "old"));
            offer(old, first, path);
            connect(first, 40);
            Socket busy = clients.getFirst();
            Talk.send(busy, "later\n");
            Waits.until("the request is read", () -> bytesRead(first) == 6 + 40 * 2);
            Takeover taken = take(path);
            GroupServer second = next.listen(taken.sockets("http"), sharing, loop -> lines(loop, "next"));
            Loop nextLoop = next.loops().getFirst();
            nextLoop.execute(() -> taken.ready(nextLoop, (name, connection) -> second.adopt(connection)));
            assertEquals("taken", Waits.take(events));
            for (Socket client : clients.subList(1, 40)) {
                ask("next", client, "b");
            }
            assertEquals(1, first.connections());
            assertEquals(39, second.connections());
            assertTrue(Math.abs(second.connections(0) - second.connections(1)) <= 2, second.toString());
            ask("old", busy, "c");
            assertEquals("done", Waits.take(events));
            ask("next", busy, "d");
            connect(second, 1);
            ask("next", clients.getLast(), "e");
            assertEquals(List.of(), old.servers());
        }
    }

    @Test
    void aHandoverThatFailsGivesEachLoopItsConnectionsBack() throws Exception {
        String path = folder.resolve("handover").toString();
        try (LoopGroup old = LoopGroup.start(2);
                LoopGroup next = LoopGroup.start(1)) {
            GroupServer first = old.listen(ListenOptions.at(Local.HOST, 0), Sharing.DEALER, loop -> lines(loop, "old"));
            offer(old, first, path);
            connect(first, 40);
            int before = first.connections(0);
            Takeover taken = take(path);
            Loop nextLoop = next.loops().getFirst();
            nextLoop.execute(() -> taken.ready(nextLoop, (name, connection) -> {
                Handle.walk(nextLoop, Handle::close);
                return false;
            }));
            assertEquals("ERR_HANDOVER_LOST", Waits.take(events));
            for (Socket client : clients) {
                ask("old", client, "b");
            }
            assertEquals(before, first.connections(0));
            assertEquals(40 - before, first.connections(1));
            connect(first, 1);
            ask("old", clients.getLast(), "c");
        }
    }

    @Test
    void theConnectionsOfAGroupThatAreDeclinedEndWhenIdle() throws Exception {
        String path = folder.resolve("handover").toString();
        Path file = folder.resolve("http");
        try (LoopGroup old = LoopGroup.start(2);
                LoopGroup next = LoopGroup.start(2)) {
            GroupServer first =
                    old.listen(ListenOptions.atPath(file.toString()), Sharing.SHARED, loop -> lines(loop, "old"));
            offer(old, first, path);
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
                Waits.until("accepted", () -> first.connections() == 1);
                Takeover taken = take(path);
                GroupServer second = next.listen(taken.sockets("http"), Sharing.SHARED, loop -> lines(loop, "next"));
                Loop nextLoop = next.loops().getFirst();
                nextLoop.execute(() -> taken.ready(nextLoop));
                assertEquals("taken", Waits.take(events));
                assertEquals(-1, client.read(ByteBuffer.allocate(1)));
                client.close();
                assertEquals("done", Waits.take(events));
                assertTrue(Files.exists(file));
                SocketChannel.open(UnixDomainSocketAddress.of(file)).close();
                Waits.until("accepted", () -> second.accepted() == 1);
            }
        }
    }

    private void offer(LoopGroup group, GroupServer server, String path) {
        Loop loop = group.loops().getLast();
        loop.execute(() -> Handover.offer(loop, path)
                .connections("http", server)
                .onTaken(() -> events.add("taken"))
                .onFailed(error -> events.add(error.code()))
                .onDone(() -> events.add("done")));
    }

    private void connect(GroupServer server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket client = new Socket(Local.HOST, server.address().port());
            client.setSoTimeout(20_000);
            clients.add(client);
            if (count > 1) {
                ask("old", client, "a");
            }
        }
    }

    private static long bytesRead(GroupServer server) {
        AtomicLong sum = new AtomicLong();
        Waits.get(server.forEach(own -> sum.addAndGet(own.connections().stream()
                .mapToLong(io.chagres.net.Socket::bytesRead)
                .sum())));
        return sum.get();
    }

    /** A server that answers each line with its name and the line. "later" is answered by the next line. */
    private static Server lines(Loop loop, String name) {
        return Net.createServer(
                loop,
                socket -> socket.onError(error -> {}).onText(StandardCharsets.UTF_8, text -> {
                    if (!text.equals("later\n")) {
                        socket.write(name + " " + text);
                    }
                }));
    }

    private static void ask(String server, Socket client, String line) throws IOException {
        Talk.send(client, line + "\n");
        assertEquals(server + " " + line + "\n", Talk.text(client, server.length() + line.length() + 2));
    }

    private static Takeover take(String path) throws InterruptedException {
        CompletableFuture<Takeover> found = new CompletableFuture<>();
        Waits.until("the offer is there", () -> {
            Optional<Takeover> taken = Handover.take(path);
            taken.ifPresent(found::complete);
            return taken.isPresent();
        });
        return Waits.get(found);
    }

    private static Server named(Loop loop, String name) {
        return Net.createServer(loop, socket -> socket.end(name));
    }

    private static void ask(int port, String name) throws IOException {
        try (Socket client = new Socket(Local.HOST, port)) {
            assertEquals(name, new String(Talk.all(client), StandardCharsets.UTF_8));
        }
    }
}
