package io.chagres.compare.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Counts the system calls of a process and of its descendants, by strace -c, from its construction to {@link #stop()}. */
public final class SystemCalls implements AutoCloseable {

    private static final int END_SECONDS = 10;

    private final Path table = Files.createTempFile("system-calls", ".txt");
    private final Process strace;

    /** @throws IOException if strace cannot attach */
    public SystemCalls(long pid) throws IOException {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-c", "-o", table.toString()));
        new ProcessFigures(pid).pids().forEach(one -> command.addAll(List.of("-p", one.toString())));
        strace = new ProcessBuilder(command).start();
        awaitAttached(strace.errorReader());
    }

    public static boolean areCountable() {
        return Command.exists("strace");
    }

    private void awaitAttached(BufferedReader said) throws IOException {
        String line = said.readLine();
        if (line == null || !line.contains("attached")) {
            close();
            throw new IOException("strace: " + line);
        }
    }

    /** Returns the number of calls of all kinds. */
    public long stop() throws IOException {
        interrupt();
        Optional<String> total = Files.readAllLines(table).stream()
                .filter(line -> line.endsWith(" total"))
                .findFirst();
        return Long.parseLong(total.orElseThrow(() -> new IOException("strace counted nothing"))
                .strip()
                .split(" +")[3]);
    }

    /** Ends strace by SIGINT, at which it detaches and writes its table. */
    private void interrupt() throws IOException {
        Command.output("kill", "-INT", Long.toString(strace.pid()));
        try {
            strace.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        strace.destroyForcibly();
        Files.deleteIfExists(table);
    }
}
