package io.chagres.compare;

import io.chagres.compare.machine.Command;
import io.chagres.compare.report.Metric;
import java.io.IOException;
import java.util.Map;

/** The tool redis-benchmark, with 64 connections that get a key, {@code pipelined} requests at a time. */
record RedisBenchmark(int pipelined) implements ToolLoad.Tool {

    private static final int FEW = 20_000;
    private static final double MICROS_PER_MILLI = 1e3;

    @Override
    public String program() {
        return "redis-benchmark";
    }

    /** Runs the tool, which takes a number of requests instead of a time. A short run first measures the rate. */
    @Override
    public ToolLoad.Report run(int port, double seconds) throws IOException {
        long requests = (long) (requests(port, FEW).get(Metric.RATE) * seconds);
        return new ToolLoad.Report(FEW + requests, requests(port, requests));
    }

    private Map<Metric, Double> requests(int port, long requests) throws IOException {
        String said = Command.output(
                "redis-benchmark",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-c",
                "64",
                "-n",
                Long.toString(requests),
                "-P",
                Integer.toString(pipelined),
                "-t",
                "get",
                "--csv");
        String[] get = Command.lastLine(said).replace("\"", "").split(",");
        if (get.length < 8) {
            throw new IOException("redis-benchmark: " + Command.lastLine(said));
        }
        return Map.of(
                Metric.RATE, Double.parseDouble(get[1]),
                Metric.MEDIAN, Double.parseDouble(get[4]) * MICROS_PER_MILLI,
                Metric.PERCENTILE_99, Double.parseDouble(get[6]) * MICROS_PER_MILLI);
    }
}
