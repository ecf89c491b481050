package io.chagres.compare;

import io.chagres.compare.machine.Command;
import io.chagres.compare.report.Metric;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tool wrk, with 64 connections that request /plaintext. */
final class Wrk implements ToolLoad.Tool {

    private static final Map<String, Double> MICROS = Map.of("us", 1.0, "ms", 1e3, "s", 1e6);

    @Override
    public String program() {
        return "wrk";
    }

    @Override
    public ToolLoad.Report run(int port, double seconds) throws IOException {
        String said = Command.output(
                "wrk",
                "--latency",
                "-t",
                "1",
                "-c",
                "64",
                "-d",
                (long) Math.ceil(seconds) + "s",
                "http://127.0.0.1:" + port + "/plaintext");
        if (said.contains("Non-2xx")) {
            throw new IOException("wrk: not every answer was a 200");
        }
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(
                Metric.RATE,
                Double.parseDouble(find(said, "Requests/sec: +([\\d.]+)").group(1)));
        figures.put(Metric.MEDIAN, micros(find(said, "50% +([\\d.]+)(us|ms|s)")));
        figures.put(Metric.PERCENTILE_99, micros(find(said, "99% +([\\d.]+)(us|ms|s)")));
        return new ToolLoad.Report(
                Double.parseDouble(find(said, "(\\d+) requests in").group(1)), figures);
    }

    private static double micros(Matcher latency) {
        return Double.parseDouble(latency.group(1)) * MICROS.get(latency.group(2));
    }

    private static Matcher find(String text, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IOException("wrk: " + Command.lastLine(text));
        }
        return matcher;
    }
}
