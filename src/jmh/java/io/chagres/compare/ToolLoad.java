package io.chagres.compare;

import io.chagres.compare.machine.Command;
import io.chagres.compare.machine.Disturbance;
import io.chagres.compare.machine.ProcessFigures;
import io.chagres.compare.machine.RunningServer;
import io.chagres.compare.report.Metric;
import io.chagres.compare.server.Mode;
import java.io.EOFException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A load of a well-known tool. */
record ToolLoad(String name, String says, Mode mode, Tool tool) implements Load {

    private static final double WARM_UP_SECONDS = 4;
    private static final int ROUNDS_PER_RUN = 3;
    private static final int MIN_ROUNDS = 3;
    private static final double KIBIBYTES_PER_MEBIBYTE = 1024;

    /** A program that drives a server on a port of this machine. */
    interface Tool {
        String program();

        /** Runs the tool for about {@code seconds}. */
        Report run(int port, double seconds) throws IOException;
    }

    /** The output of a tool: the number of operations, the operations a second, and the latencies that it measures. */
    record Report(double operations, Map<Metric, Double> figures) {}

    @Override
    public String missing() {
        return Command.exists(tool.program()) ? null : tool.program() + " is not installed";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.CPU, Metric.RATE, Metric.MEDIAN, Metric.PERCENTILE_99, Metric.RESIDENT);
    }

    /** Returns fewer rounds than {@code wanted}: each run of the tool opens new connections, and takes a second at least. */
    @Override
    public int rounds(int wanted) {
        return Math.max(MIN_ROUNDS, wanted / ROUNDS_PER_RUN);
    }

    @Override
    public Trial prepare(Contestant contestant, Setting setting) throws IOException {
        RunningServer server = setting.servers().get(contestant, mode);
        int port = server.address().getPort();
        tool.run(port, WARM_UP_SECONDS);
        return () -> measure(server.figures(), port, ROUNDS_PER_RUN * setting.seconds());
    }

    private Trial.Outcome measure(ProcessFigures process, int port, double seconds) throws IOException {
        Disturbance disturbance = new Disturbance();
        long cpu = process.cpuNanos();
        Report report = tool.run(port, seconds);
        cpu = process.cpuNanos() - cpu;
        if (report.operations == 0) {
            throw new EOFException(tool.program() + " got no answer");
        }
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.putAll(report.figures);
        figures.put(Metric.CPU, cpu / report.operations);
        figures.put(Metric.RESIDENT, process.residentKibibytes() / KIBIBYTES_PER_MEBIBYTE);
        return new Trial.Outcome(figures, disturbance.since(cpu));
    }
}
