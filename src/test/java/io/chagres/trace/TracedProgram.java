package io.chagres.trace;

import io.chagres.fixture.OldWays;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java program under strace(1) with the property {@code chagres.trace}: two traces of the same run. */
final class TracedProgram implements AutoCloseable {

    private static final String CALLS =
            "trace=network,epoll_create1,epoll_ctl,epoll_wait,epoll_pwait,epoll_pwait2,eventfd2,read,write,"
                    + "writev,close,fcntl,pipe2,openat,unlink,unlinkat,chmod,fchmodat,fchmod,statx,prlimit64,ioctl,"
                    + "sched_setaffinity";

    private final Path folder;
    private final String name;
    private final Process process;
    private final BufferedReader output;

    private TracedProgram(Path folder, String name, List<String> arguments, String classes) throws IOException {
        this.folder = folder;
        this.name = name;
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-Y", "-q", "--seccomp-bpf", "-e", CALLS, "-o"));
        command.add(file(".strace").toString());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-Dchagres.trace=" + file(".trace"), "-Dchagres.trace.categories=net,epoll,data"));
        command.addAll(OldWays.options());
        command.addAll(List.of("-cp", classes, name));
        command.addAll(arguments);
        process = Waits.limit(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        output = process.inputReader();
    }

    static TracedProgram start(Path folder, String classes, String name, String... arguments) throws IOException {
        return new TracedProgram(folder, name, List.of(arguments), classes);
    }

    private Path file(String suffix) {
        return folder.resolve(name + suffix);
    }

    /** Returns the port in the next line, which begins with "listening on". */
    int nextPort() throws IOException {
        String line = output.readLine();
        if (line == null || !line.startsWith("listening on ")) {
            throw new AssertionError("no port: " + line);
        }
        return Integer.parseInt(line.replaceFirst("listening on [^:]*:(\\d+).*", "$1"));
    }

    String nextLine() throws IOException {
        return output.readLine();
    }

    /** Writes to standard input, and ends it. */
    void type(String text) throws IOException {
        try (var input = process.outputWriter()) {
            input.write(text);
        }
    }

    /** Sends SIGTERM to the program. strace(1) itself ends when the program has ended. */
    void terminate() {
        process.children().forEach(ProcessHandle::destroy);
    }

    /** Waits until the program has ended. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " has not ended");
        }
    }

    /** Returns the calls that strace has seen. */
    List<TracedLine> strace() throws IOException {
        return StraceLog.read(Files.readAllLines(file(".strace")));
    }

    /** Returns the calls that the trace has seen. */
    List<TracedLine> trace() throws IOException {
        return TracedLine.ours(Files.readAllLines(file(".trace")));
    }

    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Waits.exit(process);
    }
}
