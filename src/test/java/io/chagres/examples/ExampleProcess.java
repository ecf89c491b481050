package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.chagres.fixture.OldWays;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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

/** A program of examples/*.java, started as people start it, as a process of its own. */
final class ExampleProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;
    private static final int SIGINT = 2;
    private static final String ALLOW_NATIVE = "--enable-native-access=ALL-UNNAMED";
    private static final Path SOURCES = Path.of("examples");
    private static final String NO_MORE = "(no more)";
    private static final String LISTENING = "listening on ";

    private final Process process;
    private final BlockingQueue<String> output;
    private final BlockingQueue<String> errors;
    private int port;

    private ExampleProcess(Process process) {
        this.process = process;
        output = lines(process.inputReader());
        errors = lines(process.errorReader());
    }

    /** Starts a program from its source, as people do, on a free port of 127.0.0.1. */
    static ExampleProcess fromSource(String name) throws IOException, InterruptedException {
        String source = SOURCES.resolve(name + ".java").toString();
        return run(List.of(ALLOW_NATIVE, "-cp", "target/classes", source), "0").awaitListening();
    }

    /** Starts a program on a free port of 127.0.0.1; the rest of its arguments are {@code more}. */
    static ExampleProcess listening(String name, String... more) throws IOException, InterruptedException {
        return listening(List.of(), name, more);
    }

    /** Starts a program like {@link #listening(String, String...)}, with more options for the JVM. */
    static ExampleProcess listening(List<String> options, String name, String... more)
            throws IOException, InterruptedException {
        String[] arguments = Stream.concat(Stream.of("0"), Stream.of(more)).toArray(String[]::new);
        List<String> all =
                Stream.concat(Stream.of(ALLOW_NATIVE), options.stream()).toList();
        return startWith(all, name, arguments).awaitListening();
    }

    /** Starts a program with {@code arguments}; it may fail. */
    static ExampleProcess start(String name, String... arguments) throws IOException {
        return startWith(List.of(ALLOW_NATIVE), name, arguments);
    }

    /** Starts a program like {@link #start}, with other options for the JVM. */
    static ExampleProcess startWith(List<String> options, String name, String... arguments) throws IOException {
        return run(options(options, name), arguments);
    }

    /** Returns the command that starts a program with {@code arguments}. */
    static List<String> command(String name, String... arguments) {
        return command(options(List.of(ALLOW_NATIVE), name), arguments);
    }

    private static List<String> options(List<String> options, String name) {
        List<String> all = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        all.addAll(options);
        all.addAll(List.of("-cp", "target/classes" + File.pathSeparator + Compiled.folder(), name));
        return all;
    }

    /** The programs, compiled once for all tests but {@link #fromSource}, since compiling takes longer than the rest of a start. */
    private static final class Compiled {
        /** Not shared with a JVM that runs other tests at the same time. */
        private static final String FOLDER = "target/examples" + System.getProperty("chagres.test.jvm", "");

        static {
            List<String> command = new ArrayList<>(List.of("-proc:none", "-cp", "target/classes", "-d", FOLDER));
            try (Stream<Path> files = Files.list(SOURCES)) {
                files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(command::add);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            int status = ToolProvider.findFirst("javac")
                    .orElseThrow()
                    .run(System.out, System.err, command.toArray(String[]::new));
            assertEquals(0, status, "javac");
        }

        static String folder() {
            return FOLDER;
        }
    }

    /** Returns the folder of the compiled programs. */
    static String compiled() {
        return Compiled.folder();
    }

    private static ExampleProcess run(List<String> options, String... arguments) throws IOException {
        return new ExampleProcess(Waits.limit(new ProcessBuilder(command(options, arguments)).start()));
    }

    private static List<String> command(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OldWays.options());
        command.addAll(options);
        command.addAll(List.of(arguments));
        return command;
    }

    private static BlockingQueue<String> lines(BufferedReader reader) {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (reader) {
                reader.lines().forEach(lines::add);
            } catch (IOException | RuntimeException killed) {
                // the output of a killed process is of no interest
            } finally {
                lines.add(NO_MORE);
            }
        });
        return lines;
    }

    private ExampleProcess awaitListening() throws InterruptedException {
        port = portOf(nextLine());
        return this;
    }

    /** Returns the port in a line "listening on ...". */
    static int portOf(String line) {
        assertTrue(line.matches(LISTENING + "127\\.0\\.0\\.1:\\d+.*"), line);
        return Integer.parseInt(line.substring(LISTENING.length()).replaceFirst("[^:]*:(\\d+).*", "$1"));
    }

    int port() {
        return port;
    }

    Socket connect() throws IOException {
        return connect(port);
    }

    /** Returns a client of another port of the program. */
    static Socket connect(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_SECONDS * 1000);
        return socket;
    }

    /** Returns the next line of its standard output. */
    String nextLine() throws InterruptedException {
        return next(output);
    }

    /** Returns the next line of its standard error. */
    String nextError() throws InterruptedException {
        return next(errors);
    }

    private String next(BlockingQueue<String> lines) throws InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(
                line != null && !line.equals(NO_MORE),
                () -> "no line came; the others are " + output + " and " + errors);
        return line;
    }

    /** Returns the rest of its standard error, until it ends. */
    List<String> otherErrors() throws InterruptedException {
        List<String> others = new ArrayList<>();
        for (String line = Waits.take(errors); !line.equals(NO_MORE); line = Waits.take(errors)) {
            others.add(line);
        }
        return others;
    }

    /** Writes {@code text} to its standard input. */
    void type(String text) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write(text.getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    /** Ends its standard input. */
    void typeEnd() throws IOException {
        process.getOutputStream().close();
    }

    void signal(String name) throws IOException, InterruptedException {
        assumeFalse(name.equals("INT") && ignoresInterrupts(), "the tests were started with SIGINT ignored");
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertEquals(0, Waits.exit(kill), "kill");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** A JVM ignores the signals that it was started to ignore: SIGINT, in the background of a shell without job control. */
    private boolean ignoresInterrupts() throws IOException {
        return (Long.parseUnsignedLong(status("SigIgn"), 16) & 1L << SIGINT - 1) != 0;
    }

    /** Ends the program by Ctrl-C, if it does not ignore that; its standard error must be empty. */
    void assertExits() throws IOException, InterruptedException {
        try (this) {
            if (ignoresInterrupts()) {
                return;
            }
            signal("INT");
            assertEquals(0, exitStatus());
            assertEquals(List.of(), otherErrors());
        }
    }

    int exitStatus() throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the program did not exit");
        return process.exitValue();
    }

    /** Returns its open sockets, by the names that the kernel gives them. */
    Set<String> sockets() {
        Set<String> sockets = new TreeSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            descriptors
                    .map(ExampleProcess::target)
                    .filter(name -> name.startsWith("socket:"))
                    .forEach(sockets::add);
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

    /** Returns the bytes of its heap that are in use after a full collection, as jcmd counts them. */
    long liveHeap() throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process counting = Waits.limit(new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start());
        List<String> lines = counting.inputReader().lines().toList();
        assertEquals(0, Waits.exit(counting), () -> "jcmd: " + lines);
        String total = lines.stream()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(total.strip().split(" +")[2]);
    }

    /** Returns the bytes of its memory, VmRSS, or of the maximum so far, VmHWM: proc(5), {@code /proc/[pid]/status}. */
    long memory(String field) throws IOException {
        return Long.parseLong(status(field).replace(" kB", "")) * 1024;
    }

    private String status(String field) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            String line = lines.filter(each -> each.startsWith(field + ":"))
                    .findFirst()
                    .orElseThrow();
            return line.substring(field.length() + 1).strip();
        }
    }

    /** Polls until {@code fact} is true. */
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
        Waits.exit(process);
    }
}
