package io.chagres.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.group.GroupServer;
import io.chagres.group.LoopGroup;
import io.chagres.group.Sharing;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.ListeningSocket;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The handover of a server with several loops, and a socket for each. */
@ExtendWith(HangGuard.class)
class GroupHandoverTest {

    @TempDir
    private Path folder;

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
