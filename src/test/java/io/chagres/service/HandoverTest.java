package io.chagres.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Local;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.fixture.Waits;
import io.chagres.handle.Handle;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Handovers between two loops of one process, which are strangers to each other: all goes through the kernel. */
@ExtendWith(HangGuard.class)
class HandoverTest {

    @TempDir
    private Path folder;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final List<Socket> clients = new ArrayList<>();
    private LoopThread old;
    private LoopThread next;
    private Server oldServer;
    private Server nextServer;
    private HandoverOffer offer;
    private String path;
    private int port;

    @BeforeEach
    void startTheOldSide() {
        path = folder.resolve("handover").toString();
        old = Loop.startDaemon("old", loop -> {
            oldServer = named(loop, "old");
            port = oldServer.listen(0, Local.HOST).address().port();
            offer = Handover.offer(loop, path)
                    .connections("http", oldServer)
                    .grace(Duration.ofSeconds(30))
                    .onTaken(() -> events.add("taken"))
                    .onFailed(error -> events.add(error.code()))
                    .onDone(() -> events.add("done"));
        });
        next = Loop.startDaemon("next", loop -> nextServer = named(loop, "next"));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        old.close();
        next.close();
    }

    /** A server that answers each line with its name and the line. "later" is answered by the next line. */
    private static Server named(Loop loop, String name) {
        return Net.createServer(
                loop,
                socket -> socket.onError(error -> {}).onText(StandardCharsets.UTF_8, text -> {
                    if (!text.equals("later\n")) {
                        socket.write(name + " " + text);
                    }
                }));
    }

    @Test
    void listenerAndIdleConnectionsMove() throws Exception {
        Socket idle = connect();
        Socket untouched = connect();
        Socket busy = connect();
        ask("old", idle, "a");
        ask("old", busy, "b");
        Talk.send(busy, "later\n");
        on(old, () -> oldServer.connectionCount()); // the three are accepted
        Waits.until(
                "the request is read",
                () -> on(old, () -> oldServer.connections().get(2).bytesRead() == 8));
        takeOver();
        assertEquals("taken", Waits.take(events));
        ask("next", idle, "c");
        ask("next", untouched, "d");
        ask("next", connect(), "e");
        assertEquals(1, on(old, () -> oldServer.connectionCount()));
        assertFalse(on(old, () -> oldServer.isListening()));
        ask("old", busy, "f");
        assertEquals("done", Waits.take(events));
        ask("next", busy, "g");
    }

    @Test
    void severalHundredConnectionsMoveInBatches() throws Exception {
        for (int i = 0; i < 600; i++) {
            connect();
        }
        ask("old", clients.getLast(), "x");
        takeOver();
        assertEquals("taken", Waits.take(events));
        assertEquals("done", Waits.take(events));
        for (Socket client : clients) {
            ask("next", client, "y");
        }
        assertEquals(600, on(next, () -> nextServer.connectionCount()));
    }

    @Test
    void connectionsThatAreDeclinedStayAndEndWhenIdle() throws Exception {
        Socket client = connect();
        ask("old", client, "a");
        Takeover taken = Handover.take(path).orElseThrow();
        on(next, () -> {
            nextServer.listen(taken.listener("http").orElseThrow());
            taken.ready(next.loop());
            return null;
        });
        assertEquals("taken", Waits.take(events));
        assertEquals("end", Talk.ending(client));
        client.close();
        assertEquals("done", Waits.take(events));
        ask("next", connect(), "b");
    }

    @Test
    void aNewProcessThatGivesUpLeavesTheOldOneServing() throws Exception {
        Socket held = connect();
        ask("old", held, "a");
        for (int step = 0; step < 3; step++) {
            giveUpAfter(step);
            assertEquals("ERR_HANDOVER_LOST", Waits.take(events), "step " + step);
            ask("old", connect(), "b");
            ask("old", held, "c");
            assertTrue(on(old, () -> offer.isOffering()));
        }
        takeOver();
        assertEquals("taken", Waits.take(events));
        ask("next", held, "d");
    }

    /** Ends the takeover once it has the sockets, once it listens on them, or in the middle of the first connection. */
    private void giveUpAfter(int step) throws Exception {
        Takeover taken = Handover.take(path).orElseThrow();
        if (step == 0) {
            taken.close();
            return;
        }
        LoopThread dying = Loop.startDaemon("dying", loop -> {
            Server server = named(loop, "dying").listen(taken.listener("http").orElseThrow());
            server.pauseAccepting(); // what it had accepted would end with it
            if (step == 2) {
                taken.ready(loop, (name, connection) -> {
                    Handle.walk(loop, Handle::close);
                    return false;
                });
            }
        });
        if (step == 1) {
            taken.close();
        }
        dying.close();
    }

    @Test
    void aNewProcessThatIsKilledAtAnyStepLeavesTheOldOneServing() throws Exception {
        Socket held = connect();
        ask("old", held, "a");
        for (String step : List.of("taken", "listening", "moving")) {
            List<String> command = new ArrayList<>(ForkedJvm.command(DyingTaker.class, "-XX:TieredStopAtLevel=1"));
            command.addAll(List.of(path, step));
            Process dying = Waits.limit(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            assertEquals(step, dying.inputReader().readLine());
            Socket during = connect(); // in the backlog that both processes have
            dying.destroyForcibly();
            assertEquals(128 + 9, Waits.exit(dying));
            assertEquals("ERR_HANDOVER_LOST", Waits.take(events), step);
            ask("old", held, "b");
            ask("old", during, "c");
            ask("old", connect(), "d");
        }
    }

    @Test
    void theSecondOfTwoNewProcessesIsRefused() throws Exception {
        Takeover first = Handover.take(path).orElseThrow();
        assertEquals(
                "ERR_HANDOVER_BUSY",
                assertThrows(ChagresException.class, () -> Handover.take(path)).code());
        first.close();
        assertEquals("ERR_HANDOVER_LOST", Waits.take(events));
        takeOver();
        assertEquals("taken", Waits.take(events));
    }

    @Test
    void aNewProcessThatIsNotReadyInTimeIsGivenUp() throws Exception {
        on(old, () -> offer.readyTimeout(Duration.ofMillis(20)));
        Takeover slow = Handover.take(path).orElseThrow();
        assertEquals("ERR_HANDOVER_TIMEOUT", Waits.take(events));
        slow.close();
        ask("old", connect(), "a");
    }

    @Test
    void anotherVersionAndNonsenseAreRefused() throws Exception {
        try (SocketChannel silent = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.connect(UnixDomainSocketAddress.of(path));
            silent.write(Frame.hello(Frame.VERSION).encode().limit(6));
        }
        assertEquals("VERSION", refusalOf(Frame.hello(7).encode()));
        assertEquals("ERR_HANDOVER_VERSION", Waits.take(events));
        assertEquals("", refusalOf(Frame.of(Frame.Type.READY).encode()));
        assertEquals("", refusalOf(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8))));
        assertEquals("", refusalOf(ByteBuffer.wrap(new byte[] {0, 0, 0, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8})));
        takeOver();
        assertEquals("taken", Waits.take(events));
    }

    private String refusalOf(ByteBuffer bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            channel.write(bytes);
            ByteBuffer answer = ByteBuffer.allocate(1000);
            while (channel.read(answer) >= 0) {}
            answer.flip();
            return answer.hasRemaining()
                    ? new Frame(Frame.Type.REFUSED, answer.slice(Frame.HEAD, answer.remaining() - Frame.HEAD)).text()
                    : "";
        } catch (IOException reset) {
            return "";
        }
    }

    @Test
    void onlyTheOwnerCanConnectAndTheFileOfAKilledProcessIsReplaced() throws Exception {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(path))));
        String stale = folder.resolve("stale").toString();
        UnixPeer.listener(Path.of(stale), 1).close();
        HandoverOffer second = on(old, () -> Handover.offer(old.loop(), stale));
        Waits.until("the file is replaced", () -> on(old, second::isOffering));
        on(old, () -> {
            second.close();
            return null;
        });
        assertFalse(Files.exists(Path.of(stale)));
        assertTrue(Handover.take(stale).isEmpty());
        assertTrue(Handover.take(folder.resolve("none").toString()).isEmpty());
    }

    @Test
    void aProcessOfAnotherUserIsDenied() throws Exception {
        Program.require("setpriv");
        Program.require("nc");
        assumeTrue(Files.isWritable(Path.of("/root")), "only root can start a process of another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(Path.of(path), PosixFilePermissions.fromString("rw-rw-rw-"));
        String answer = Program.run("setpriv", "--reuid=65534", "--clear-groups", "nc", "-U", path);
        assertTrue(answer.contains("DENIED"), answer);
        assertTrue(answer.contains("another user: PeerCredentials"), answer);
        assertEquals("ERR_HANDOVER_DENIED", Waits.take(events));
        takeOver();
        assertEquals("taken", Waits.take(events));
    }

    @Test
    void anOfferWaitsUntilThePathIsFree() throws Exception {
        HandoverOffer waiting = on(next, () -> Handover.offer(next.loop(), path).connections("http", nextServer));
        assertFalse(on(next, waiting::isOffering));
        takeOver();
        assertEquals("taken", Waits.take(events));
        Waits.until("the path is free", () -> on(next, waiting::isOffering));
        assertFalse(on(old, offer::isOffering));
    }

    @Test
    void unixListenersAndGroupsOfDescriptorsMove() throws Exception {
        String unix = folder.resolve("unix").toString();
        Server[] members = new Server[2];
        on(old, () -> {
            Server server = named(old.loop(), "old").listen(ListenOptions.atPath(unix));
            members[0] = named(old.loop(), "old")
                    .listen(ListenOptions.at(Local.HOST, 0).reusePort(true));
            int shared = members[0].address().port();
            members[1] = named(old.loop(), "old")
                    .listen(ListenOptions.at(Local.HOST, shared).reusePort(true));
            offer.listener("unix", server)
                    .descriptors("group", List.of(members[0].fd(), members[1].fd()))
                    .onTaken(() -> {
                        members[0].close();
                        members[1].close();
                        events.add("taken");
                    });
            port = shared;
            return null;
        });
        Takeover taken = Handover.take(path).orElseThrow();
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> taken.listener("group"))
                        .code());
        on(next, () -> {
            named(next.loop(), "next").listen(taken.listener("unix").orElseThrow());
            for (int fd : taken.descriptors("group")) {
                named(next.loop(), "next").listen(ListenOptions.atFd(fd));
            }
            assertEquals(Set.of("http"), taken.names());
            taken.ready(next.loop());
            return null;
        });
        assertEquals("taken", Waits.take(events));
        for (int i = 0; i < 10; i++) {
            ask("next", connect(), "x");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(unix));
            channel.write(ByteBuffer.wrap("hi\n".getBytes(StandardCharsets.UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(8);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {}
            assertEquals("next hi\n", new String(answer.array(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void wrongArgumentsAreRefused() {
        assertThrows(UsageException.class, () -> Handover.take(""));
        assertThrows(UsageException.class, () -> Handover.take("\0abstract"));
        assertThrows(UsageException.class, () -> Handover.take(path, Duration.ZERO));
        on(old, () -> {
            assertThrows(UsageException.class, () -> offer.listener("http", oldServer));
            assertThrows(UsageException.class, () -> offer.listener("other", nextServer));
            assertThrows(UsageException.class, () -> offer.grace(Duration.ofSeconds(-1)));
            return null;
        });
        assertThrows(WrongThreadException.class, () -> offer.isOffering());
        on(old, () -> {
            offer.close();
            return null;
        });
        assertEquals(Optional.empty(), Handover.take(path));
    }

    // ---- both sides

    private void takeOver() throws Exception {
        Takeover taken = Handover.take(path).orElseThrow();
        assertEquals("Takeover (http)", taken.toString());
        on(next, () -> {
            nextServer.listen(taken.listener("http").orElseThrow());
            taken.ready(next.loop(), (name, connection) -> nextServer.adopt(connection));
            return null;
        });
    }

    private static <T> T on(LoopThread thread, Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                answer.complete(question.call());
            } catch (Throwable thrown) {
                answer.completeExceptionally(thrown);
            }
        });
        return Waits.get(answer);
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(Local.HOST, port);
        client.setSoTimeout(20_000);
        clients.add(client);
        return client;
    }

    private static void ask(String server, Socket client, String line) throws IOException {
        Talk.send(client, line + "\n");
        assertEquals(server + " " + line + "\n", Talk.text(client, server.length() + line.length() + 2));
    }
}
