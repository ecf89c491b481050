package io.chagres.compare.traffic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;

/** Idle connections to one server, in a process of their own: src/jmh/c/hold.c, or src/jmh/c/secure.c for TLS. */
public final class Holder implements AutoCloseable {

    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    /** @param program the path of the program */
    public Holder(String program, InetSocketAddress server) throws IOException {
        this(List.of(program, Integer.toString(server.getPort())));
    }

    /** Starts the program with its arguments. */
    public Holder(List<String> command) throws IOException {
        process = new ProcessBuilder(command).start();
        commands = new PrintWriter(process.outputWriter(), true);
        answers = process.inputReader();
    }

    /**
     * The number of open connections.
     *
     * @param reason the reason why there are no more; empty if there are as many as wanted
     */
    public record Held(int count, String reason) {}

    /** Opens connections until there are {@code wanted}, and sends a byte on each new one and waits for the echo. */
    public Held open(int wanted) throws IOException {
        commands.println(wanted);
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the clients have ended");
        }
        String[] words = line.split(" ", 3);
        return new Held(Integer.parseInt(words[1]), words[2]);
    }

    /** Resets all connections. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
