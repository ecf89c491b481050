package io.chagres.compare.traffic;

import io.chagres.compare.machine.ProcessFigures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Clients with TLS 1.3 in C, on OpenSSL, in a process of their own: src/jmh/c/secure.c. */
public final class TlsTraffic implements Traffic {

    private static final int DIGITS = 3;

    private final String kind;
    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;
    private final Histogram latency = new Histogram(DIGITS);
    private long operations;
    private long nanos;

    /**
     * Starts the clients.
     *
     * @param kind the kind of work
     */
    public TlsTraffic(List<String> command, String kind) throws IOException {
        this.kind = kind;
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        commands = new PrintWriter(process.outputWriter(), true);
        answers = process.inputReader();
    }

    @Override
    public void run(long wanted) throws IOException {
        latency.reset();
        commands.println(wanted);
        String line;
        while (!(line = line()).equals("end")) {
            String[] words = line.split(" ");
            long first = Long.parseLong(words[1]);
            long second = Long.parseLong(words[2]);
            if (words[0].equals("latency")) {
                latency.recordValueWithCount(first, second);
            } else {
                operations = first;
                nanos = second;
            }
        }
    }

    /** @throws IOException with the reason of the clients if they fail */
    private String line() throws IOException {
        String line = answers.readLine();
        if (line == null || !line.matches("end|(operations|latency) \\d+ \\d+")) {
            throw new IOException(line == null ? "the clients have ended" : "the clients " + line);
        }
        return line;
    }

    @Override
    public long operations() {
        return operations;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Histogram latency() {
        return latency;
    }

    @Override
    public Object kind() {
        return kind;
    }

    @Override
    public long cpuNanos() {
        return new ProcessFigures(process.pid()).cpuNanos();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
