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

/** A load that a well-known tool makes. */
record ToolLoad(String name, String says, Mode mode, Tool tool) implements Load {

    private static final double WARM_UP_SECONDS = 4;
    private static final double KIBIBYTES_PER_MEBIBYTE = 1024;

    /** A program that drives the server on a port of this machine. */
    interface Tool {
        String program();

        /** Runs for about {@code seconds}. */
        Report run(int port, double seconds) throws IOException;
    }

    /** What a tool says of its run: how many operations there were, how many a second, and the latencies that it knows. */
    record Report(double operations, Map<Metric, Double> figures) { }

    @Override
    public String missing() {
        return Command.exists(tool.program()) ? null : tool.program() + " is not installed";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.CPU, Metric.RATE, Metric.MEDIAN, Metric.PERCENTILE_99, Metric.RESIDENT);
    }

    @Override
    public void warmUp(Contestant contestant, Setting setting) throws IOException {
        tool.run(setting.servers().get(contestant, mode).address().getPort(), WARM_UP_SECONDS);
    }

    @Override
    public Outcome measure(Contestant contestant, Setting setting) throws IOException {
        RunningServer server = setting.servers().get(contestant, mode);
        ProcessFigures process = server.figures();
        Disturbance disturbance = new Disturbance();
        long cpu = process.cpuNanos();
        Report report = tool.run(server.address().getPort(), setting.seconds());
        cpu = process.cpuNanos() - cpu;
        if (report.operations == 0) {
            throw new EOFException(tool.program() + " got no answer");
        }
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.putAll(report.figures);
        figures.put(Metric.CPU, cpu / report.operations);
        figures.put(Metric.RESIDENT, process.residentKibibytes() / KIBIBYTES_PER_MEBIBYTE);
        return new Outcome(figures, disturbance.since(cpu));
    }
}
