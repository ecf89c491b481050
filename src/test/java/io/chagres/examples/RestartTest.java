package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import io.chagres.service.Notifications;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example that restarts itself, under load and with held connections: not one is refused, reset or answered wrongly. {@code make
 * restarts} runs it in full.
 */
@ExtendWith(HangGuard.class)
class RestartTest {

    private static final int RESTARTS = Integer.getInteger("chagres.restarts", 0);
    private static final int HELD = Integer.getInteger("chagres.held", 50);
    private static final int CLIENTS = 4;
    private static final String QUESTION = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String WRK = "wrk";
    private static final String SYSTEMD = "systemd-socket-activate";

    @TempDir
    private Path folder;

    private final List<Socket> held = new ArrayList<>();
    private final List<Long> processes = new ArrayList<>();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong connects = new AtomicLong();
    private final AtomicBoolean stops = new AtomicBoolean();

    @AfterEach
    void end() throws IOException {
        for (Socket socket : held) {
            socket.close();
        }
        processes.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Test
    void restartsLoseNoConnection() throws Exception {
        String path = folder.resolve("handover").toString();
        try (ExampleProcess first = ExampleProcess.listening("Restart", path)) {
            restart(first.port(), RESTARTS > 0 ? RESTARTS : 3, next -> {});
        }
    }

    @Test
    void restartsUnderSystemdLoseNoConnection() throws Exception {
        Program.require(SYSTEMD);
        int port = freePort();
        String notify = "@chagres-restart-" + ProcessHandle.current().pid();
        List<String> command = new ArrayList<>(
                List.of(SYSTEMD, "--listen=127.0.0.1:" + port, "--fdname=http", "--setenv=NOTIFY_SOCKET=" + notify));
        command.addAll(ExampleProcess.command(
                "Restart", Integer.toString(port), folder.resolve("handover").toString()));
        Path errors = folder.resolve("errors");
        try (Notifications manager = new Notifications(notify)) {
            Process systemd = Waits.limit(new ProcessBuilder(command)
                    .redirectOutput(folder.resolve("output").toFile())
                    .redirectError(errors.toFile())
                    .start());
            processes.add(systemd.pid()); // it becomes the first server
            Waits.until("systemd listens", () -> text(errors).contains("Listening on"));
            // read after each restart, as systemd does: ten messages fill the socket, and the next sender waits
            restart(port, RESTARTS > 0 ? RESTARTS : 1, next -> {
                if (next != systemd.pid()) {
                    assertEquals("MAINPID=" + next, manager.await());
                }
                assertEquals("READY=1", manager.await());
            });
            assertEquals("none", manager.next());
        }
    }

    /** A check of each process, once it serves. */
    private interface Serving {
        void by(long pid) throws Exception;
    }

    private void restart(int port, int restarts, Serving serving) throws Exception {
        long pid = ask(hold(port));
        processes.add(pid);
        serving.by(pid);
        for (int i = 1; i < HELD; i++) {
            assertEquals(pid, ask(hold(port)));
        }
        List<Thread> clients = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < CLIENTS; i++) {
            boolean keepsAlive = i % 2 == 0;
            clients.add(Thread.ofPlatform().daemon().start(() -> load(port, keepsAlive, failures)));
        }
        Process wrk = RESTARTS > 0 ? wrk(port) : null;
        for (int i = 0; i < restarts; i++) {
            pid = replace(port, pid);
            serving.by(pid);
        }
        stops.set(true);
        String load = wrk == null ? "" : result(wrk);
        for (Thread client : clients) {
            Waits.join(client);
        }
        assertEquals(List.of(), failures);
        System.out.println("RestartTest: " + restarts + " restarts, " + HELD + " held connections, " + answers
                + " answers, " + connects + " connects" + load + ", none lost");
    }

    /** Lets the process restart itself, and waits until the old one has ended. Returns the new process. */
    private long replace(int port, long old) throws Exception {
        assertEquals(0, Waits.exit(new ProcessBuilder("kill", "-HUP", Long.toString(old)).start()), "kill");
        Waits.until(
                "process " + old + " ends",
                () -> !ProcessHandle.of(old).map(ProcessHandle::isAlive).orElse(false));
        long next = ask(held.getFirst());
        processes.add(next);
        assertTrue(next != old);
        for (Socket socket : held) {
            assertEquals(next, ask(socket));
        }
        return next;
    }

    private Process wrk(int port) throws IOException {
        Program.require(WRK);
        Process wrk = new ProcessBuilder(WRK, "-t1", "-c64", "-d1h", "--timeout=20s", "http://127.0.0.1:" + port + "/")
                .redirectErrorStream(true)
                .start();
        processes.add(wrk.pid());
        return wrk;
    }

    /** Ends wrk, and returns the number of its requests, all of which were answered. */
    private static String result(Process wrk) throws Exception {
        assertEquals(0, Waits.exit(new ProcessBuilder("kill", "-INT", Long.toString(wrk.pid())).start()), "kill");
        String report = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertFalse(report.contains("Socket errors") || report.contains("Non-2xx"), report);
        String requests = report.replaceFirst("(?s).*?(\\d+) requests in.*", "$1");
        assertTrue(requests.matches("[1-9]\\d*"), report);
        return ", " + requests + " requests of wrk";
    }

    private Socket hold(int port) throws IOException {
        Socket socket = ExampleProcess.connect(port);
        held.add(socket);
        return socket;
    }

    private void load(int port, boolean keepsAlive, List<Throwable> failures) {
        try {
            Socket socket = null;
            while (!stops.get()) {
                if (socket == null) {
                    socket = ExampleProcess.connect(port);
                    connects.incrementAndGet();
                }
                ask(socket);
                if (!keepsAlive) {
                    socket.close();
                    socket = null;
                }
                Thread.sleep(1); // leaves the machine to the new process; and a port stays in TIME_WAIT for a minute
            }
            if (socket != null) {
                socket.close();
            }
        } catch (Throwable failed) {
            failures.add(failed);
        }
    }

    /** Returns the process that has answered. */
    private long ask(Socket socket) throws IOException {
        socket.getOutputStream().write(QUESTION.getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertTrue(next >= 0, () -> "the connection has ended after: " + head);
            head.append((char) next);
        }
        assertTrue(head.toString().startsWith("HTTP/1.1 200 OK\r\n"), head.toString());
        int length = Integer.parseInt(head.toString().replaceFirst("(?s).*Content-Length: (\\d+).*", "$1"));
        String body = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
        assertTrue(body.matches("process \\d+"), body);
        answers.incrementAndGet();
        return Long.parseLong(body.substring("process ".length()));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            return "";
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
