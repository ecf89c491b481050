package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.SystemCalls;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The trace of a run agrees with strace(1) of the same run: the same calls with the same arguments and results, for each thread in the same
 * order. {@link StraceLog} says which calls of strace count.
 */
@ExtendWith(HangGuard.class)
class StraceAgreementTest {

    @TempDir
    static Path folder;

    private static String classes;

    @BeforeAll
    static void compile() throws Exception {
        SystemCalls.require();
        String main = placeOf(Trace.class);
        classes = String.join(File.pathSeparator, main, placeOf(StraceAgreementTest.class), folder.toString());
        List<String> command = new ArrayList<>(List.of("-proc:none", "-cp", main, "-d", folder.toString()));
        for (String example : List.of("EchoServer", "EchoClient", "HalfOpen", "GracefulExit")) {
            command.add("examples/" + example + ".java");
        }
        ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
        assertEquals(0, javac.run(System.out, System.err, command.toArray(String[]::new)), "javac");
    }

    private static String placeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private static TracedProgram start(String name, String... arguments) throws IOException {
        return TracedProgram.start(folder, classes, name, arguments);
    }

    private static void assertAgreement(TracedProgram program, int minCalls) throws Exception {
        List<TracedLine> strace = program.strace();
        assertEquals(List.of(), TraceComparison.differences(strace, program.trace()));
        assertTrue(strace.size() >= minCalls, () -> "only " + strace.size() + " calls");
    }

    @Test
    void anEchoServerAndItsClient() throws Exception {
        try (TracedProgram server = start("EchoServer", "0");
                TracedProgram client = start("EchoClient", String.valueOf(server.nextPort()))) {
            client.type("hello\n\"quoted\"\n" + "long".repeat(20) + "\n");
            client.awaitEnd();
            server.terminate();
            server.awaitEnd();
            assertAgreement(client, 25);
            assertAgreement(server, 30);
        }
    }

    @Test
    void aHalfOpenConnection() throws Exception {
        try (TracedProgram server = start("HalfOpen", "0", "0")) {
            ask(server.nextPort());
            ask(server.nextPort());
            for (int closed = 0; closed < 2; ) {
                closed += "closed".equals(server.nextLine()) ? 1 : 0;
            }
            server.terminate();
            server.awaitEnd();
            assertAgreement(server, 40);
        }
    }

    /** A client that ends its side, and reads the answer. */
    private static void ask(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("how long?".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }

    @Test
    void aGracefulExit() throws Exception {
        try (TracedProgram server = start("GracefulExit", "0");
                Socket client = new Socket("127.0.0.1", server.nextPort())) {
            client.setSoTimeout(20_000);
            client.getOutputStream().write("before".getBytes(StandardCharsets.UTF_8));
            assertEquals(6, client.getInputStream().readNBytes(6).length);
            server.terminate();
            assertEquals("closing: 1 clients are still here", server.nextLine());
            client.getOutputStream().write("after".getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            assertEquals(5, client.getInputStream().readAllBytes().length);
            server.awaitEnd();
            assertAgreement(server, 30);
        }
    }

    @Test
    void eachCallOfTheFloorSys() throws Exception {
        try (TracedProgram program = start(
                EveryCallProgram.class.getName(),
                Files.createDirectory(folder.resolve(EveryCallProgram.MARK)).toString())) {
            program.awaitEnd();
            assertEquals(null, program.nextLine());
            assertAgreement(program, 300);
        }
    }
}
