package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.ServerProcess;
import io.chagres.fixture.SystemCalls;
import io.chagres.fixture.SystemCalls.Call;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an echo server asks of the kernel, as strace(1) sees it. The first connection is for what is done only once. */
@ExtendWith(HangGuard.class)
@Tag("host")
class ServerStraceTest {

    private static final int MESSAGES = 20;
    private static final String MESSAGE = "x".repeat(64);

    @TempDir
    Path folder;

    @BeforeEach
    void requireStrace() throws Exception {
        SystemCalls.require();
    }

    @Test
    void aMessageCostsOneReceiveAndOneSend() throws Exception {
        List<Call> calls = trace(socket -> pingPong(socket, MESSAGES));
        List<Call> loop = calls.stream()
                .filter(call -> call.thread() == calls.get(0).thread())
                .toList();
        int first = words(loop).indexOf("sendto 64");
        List<String> expected = new ArrayList<>(List.of("sendto 64"));
        for (int i = 1; i < MESSAGES; i++) {
            expected.addAll(List.of("epoll_wait", "recvfrom 64", "sendto 64"));
        }
        assertEquals(expected, words(loop.subList(first, first + expected.size())));
    }

    @Test
    void aConnectionCostsAnAcceptAndAnEpollCtlAndNoNeedlessCallAtItsEnd() throws Exception {
        List<Call> calls = trace(socket -> Talk.ask(socket, MESSAGE));
        assertEquals(
                List.of(
                        "accept4",
                        "epoll_ctl ADD",
                        "recvfrom 64",
                        "sendto 64",
                        "recvfrom 0",
                        "shutdown SHUT_WR",
                        "close"),
                words(ofConnection(calls)));
    }

    /** The kernel is asked for the address of the peer while it still knows it: the error names the connection. */
    @Test
    void aConnectionThatIsResetCostsTheReadThatFindsItItsTwoAddressesAndTheClose() throws Exception {
        List<Call> calls = trace(ServerStraceTest::reset);
        assertEquals(
                List.of(
                        "accept4",
                        "epoll_ctl ADD",
                        "recvfrom 64",
                        "sendto 64",
                        "recvfrom ECONNRESET",
                        "getsockopt",
                        "close"),
                words(ofConnection(calls)));
    }

    private interface Conversation {
        void with(Socket socket) throws IOException;
    }

    /** What the server does from the second of two connections on, which talk the same. */
    private List<Call> trace(Conversation conversation) throws Exception {
        Path file = folder.resolve("trace");
        try (ServerProcess server = ServerProcess.start(SystemCalls.tracedInto(file))) {
            for (int i = 0; i < 2; i++) {
                try (Socket socket = server.connect()) {
                    socket.setTcpNoDelay(true);
                    conversation.with(socket);
                }
                awaitNoConnection(server);
            }
        }
        List<Call> calls = SystemCalls.in(file);
        List<Call> accepts = calls.stream()
                .filter(call -> call.name().equals("accept4") && call.result() >= 0)
                .toList();
        return calls.subList(calls.lastIndexOf(accepts.get(1)), calls.size());
    }

    private static void awaitNoConnection(ServerProcess server) throws IOException, InterruptedException {
        for (int looks = 0; server.connections() > 0 && looks < 1000; looks++) {
            Thread.sleep(5);
        }
    }

    private static void pingPong(Socket socket, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Talk.send(socket, MESSAGE);
            assertEquals(MESSAGE, Talk.text(socket, MESSAGE.length()));
        }
    }

    private static void reset(Socket socket) throws IOException {
        pingPong(socket, 1);
        Talk.reset(socket);
    }

    /** The first of {@code calls} accepts a connection: it, and all that is about its descriptor until that is closed. */
    private static List<Call> ofConnection(List<Call> calls) {
        long fd = calls.get(0).result();
        List<Call> about = new ArrayList<>(List.of(calls.get(0)));
        for (Call call : calls.subList(1, calls.size())) {
            if (call.isOf(fd)) {
                about.add(call);
            }
            if (call.isOf(fd) && call.name().equals("close")) {
                break;
            }
        }
        return about;
    }

    private static List<String> words(List<Call> calls) {
        return calls.stream().map(Call::toString).toList();
    }
}
