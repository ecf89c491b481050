package io.chagres.labs;

import static io.chagres.SystemException.check;

import io.chagres.loop.Loop;
import io.chagres.loop.LoopMetrics;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import io.chagres.sys.Sockets;
import io.chagres.trace.SystemCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The checks of labs 5 to 7: programs with a defect that a trace, the metrics of the loop, or the kernel shows. */
final class DefectChecks {

    private static final int MESSAGES = 3;
    private static final int MAX_TURNS = 10;
    private static final long PAUSE_MILLIS = 30;
    private static final int ATTEMPTS = 200;

    private DefectChecks() {}

    /** Both lines of the answer arrive, and the server calls shutdown(2) once, after the last byte. */
    static void halfClose(Lab lab, Report report) throws Exception {
        String expected = "your question: how far is it?\nthe answer: 14 letters\n";
        try (Calls calls = new Calls()) {
            Object answer = lab.start("ask", "how far is it?").end();
            report.expect("the client has received", expected, answer);
            List<String> ofServer = calls.list().stream()
                    .filter(call -> call.owner().startsWith("client "))
                    .filter(call -> call.result() >= 0)
                    .map(SystemCall::name)
                    .filter(Set.of("sendto", "sendmsg", "write", "writev", "shutdown")::contains)
                    .toList();
            report.expect("shutdown calls of the server", 1L, calls(ofServer, "shutdown"));
            report.expect("the last call of the server that sends or ends", "shutdown", ofServer.getLast());
            report.expect("sockets that are still open", Set.of(), calls.openSockets());
        }
    }

    private static long calls(List<String> names, String name) {
        return names.stream().filter(name::equals).count();
    }

    /** Three messages with a pause before each: the loop needs two turns for a message, one for the end, and one to close. */
    static void burningLoop(Lab lab, Report report) throws Exception {
        MemorySegment pair = Memory.allocate(2 * Integer.BYTES);
        check(Sockets.socketpair(Sockets.AF_UNIX, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0, pair), "socketpair");
        int client = pair.get(ValueLayout.JAVA_INT, 0);
        int server = pair.get(ValueLayout.JAVA_INT, Integer.BYTES);
        Lab.Call call = lab.start("serve", server);
        try {
            for (int message = 0; message < MESSAGES; message++) {
                Thread.sleep(PAUSE_MILLIS); // an idle loop makes no turn, however long it is
                check((int) Descriptors.write(client, Memory.string("hello"), 5), "write");
            }
            check(Sockets.shutdown(client, Sockets.SHUT_WR), "shutdown");
            LoopMetrics metrics = (LoopMetrics) call.end();
            report.expect("bytes that came back", 5L * MESSAGES, Descriptors.read(client, Memory.allocate(100), 100));
            report.expectCount(
                    "turns of the loop for " + MESSAGES + " messages",
                    "at most " + MAX_TURNS,
                    metrics.iterations(),
                    turns -> turns <= MAX_TURNS);
        } finally {
            Descriptors.close(client);
            if (call.hasEnded()) {
                Descriptors.close(server);
            }
        }
    }

    /** First the limit of the kernel in another process, then the count of sockets that are open at the same time. */
    static void leak(Lab lab, Report report) throws Exception {
        int port = portWithoutServer();
        List<String> program = Processes.java(
                LimitedProgram.class, lab.classes().toString(), Integer.toString(port), Integer.toString(ATTEMPTS));
        String command = "ulimit -n " + LimitedProgram.MAX_DESCRIPTORS + "; exec \"$@\"";
        List<String> limited = new ArrayList<>(List.of("sh", "-c", command, "sh"));
        limited.addAll(program);
        report.expect(
                ATTEMPTS + " attempts under ulimit -n " + LimitedProgram.MAX_DESCRIPTORS,
                ATTEMPTS + " refused",
                Processes.run(limited).output());
        try (Calls calls = new Calls()) {
            Object refused = lab.start("probe", port, ATTEMPTS).end();
            report.expect("attempts that were refused", ATTEMPTS, refused);
            report.expectCount(
                    "sockets that were open at the same time", "1 or 2", calls.maxOpenSockets(), open -> open <= 2);
        }
    }

    /** Returns a port on which no server listens. */
    private static int portWithoutServer() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return server.getLocalPort();
        }
    }

    /** Opens a loop once, so that the check of the system is not a part of a lab. */
    static void warmUp() {
        new Loop().close();
    }
}
