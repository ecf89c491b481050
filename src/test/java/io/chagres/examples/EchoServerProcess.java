package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** examples/EchoServer.java as people start it, as a process of its own, and what the system shows of it. */
final class EchoServerProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;
    private static final String ALLOW_NATIVE = "--enable-native-access=ALL-UNNAMED";
    private static final String SOURCE = "examples/EchoServer.java";
    private static final String NO_MORE = "(no more)";

    private final Process process;
    private final BlockingQueue<String> output;
    private final BlockingQueue<String> errors;
    private int port;

    private EchoServerProcess(Process process) {
        this.process = process;
        output = lines(process.inputReader());
        errors = lines(process.errorReader());
    }

    /** Starts one from its source, as people do, on a free port of 127.0.0.1. */
    static EchoServerProcess fromSource() throws IOException, InterruptedException {
        return listening(run(List.of(ALLOW_NATIVE, "-cp", "target/classes", SOURCE), "0"));
    }

    /** Starts one on a free port of 127.0.0.1. */
    static EchoServerProcess listening() throws IOException, InterruptedException {
        return listening(start("0"));
    }

    private static EchoServerProcess listening(EchoServerProcess server) throws InterruptedException {
        String line = server.nextLine();
        assertTrue(line.matches("listening on 127\\.0\\.0\\.1:\\d+"), line);
        server.port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
        return server;
    }

    /** Starts one with {@code arguments}, whatever will become of it. */
    static EchoServerProcess start(String... arguments) throws IOException {
        return startWith(ALLOW_NATIVE, arguments);
    }

    /** As {@link #start}, with another option for the JVM. */
    static EchoServerProcess startWith(String option, String... arguments) throws IOException {
        String classPath = "target/classes" + File.pathSeparator + Compiled.folder();
        return run(List.of("-XX:TieredStopAtLevel=1", option, "-cp", classPath, "EchoServer"), arguments);
    }

    /** Compiled once for all tests but those of {@link #fromSource}, since that takes longer than all the rest of a start. */
    private static final class Compiled {
        private static final String FOLDER = "target/examples";

        static {
            int status = ToolProvider.findFirst("javac").orElseThrow()
                .run(System.out, System.err, "-cp", "target/classes", "-d", FOLDER, SOURCE);
            assertEquals(0, status, "javac");
        }

        static String folder() {
            return FOLDER;
        }
    }

    private static EchoServerProcess run(List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(arguments));
        return new EchoServerProcess(new ProcessBuilder(command).start());
    }

    private static BlockingQueue<String> lines(BufferedReader reader) {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (reader) {
                reader.lines().forEach(lines::add);
            } catch (IOException | RuntimeException killed) {
                // what comes from a process that was killed is of no interest
            } finally {
                lines.add(NO_MORE);
            }
        });
        return lines;
    }

    int port() {
        return port;
    }

    Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_SECONDS * 1000);
        return socket;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The next line that it prints. */
    String nextLine() throws InterruptedException {
        return next(output);
    }

    /** The next line that it prints to its standard error. */
    String nextError() throws InterruptedException {
        return next(errors);
    }

    private String next(BlockingQueue<String> lines) throws InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(line != null && !line.equals(NO_MORE), () -> "no line came; the others are " + output + " and " + errors);
        return line;
    }

    /** What else it has printed to its standard error. */
    List<String> otherErrors() {
        return errors.stream().filter(line -> !line.equals(NO_MORE)).toList();
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertEquals(0, kill.waitFor(), "kill");
    }

    int exitStatus() throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it did not exit");
        return process.exitValue();
    }

    /** The sockets that it has open, by the names that the kernel gives them. */
    Set<String> sockets() {
        Set<String> sockets = new TreeSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            descriptors.map(EchoServerProcess::target).filter(name -> name.startsWith("socket:")).forEach(sockets::add);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return sockets;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    /** Looks again and again until {@code fact} is one. */
    static void await(String what, BooleanSupplier fact) throws InterruptedException {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!fact.getAsBoolean()) {
            assertTrue(System.nanoTime() < patience, what);
            Thread.sleep(5);
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }
}
