package io.chagres.compare;

import io.chagres.compare.Contestant.Runtime;
import io.chagres.compare.machine.Disturbance;
import io.chagres.compare.machine.ProcessFigures;
import io.chagres.compare.machine.RunningServer;
import io.chagres.compare.machine.SystemCalls;
import io.chagres.compare.report.Metric;
import io.chagres.compare.server.Mode;
import io.chagres.compare.traffic.Traffic;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A load of our own clients. */
record TrafficLoad(String name, String says, Mode mode, Clients clients) implements Load {

    /** The CPU time that a server with a JIT needs before it is measured. After another load of the same kind it needs less. */
    private static final double FIRST_WARM_UP_SECONDS = 4;

    private static final double WARM_UP_SECONDS = 1;
    private static final double WARM_UP_STEP_SECONDS = 0.5;
    /** The limit of the warm-up for a server with little work, for instance with a single connection. */
    private static final int MAX_WARM_UP = 2;
    /** The time after the turns of others until the caches hold this server's data again. */
    private static final double SETTLE_SECONDS = 0.05;

    private static final double CALLS_SECONDS = 0.3;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double KIBIBYTES_PER_MEBIBYTE = 1024;

    /** A function that makes the clients of a server. */
    interface Clients {
        Traffic of(InetSocketAddress server, Workshop workshop) throws IOException;
    }

    @Override
    public String missing() {
        return mode.isTls() ? OpenSsl.missing() : null;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.CPU,
                Metric.RATE,
                Metric.MEDIAN,
                Metric.PERCENTILE_99,
                Metric.PERCENTILE_99_9,
                Metric.RESIDENT,
                Metric.CALLS);
    }

    @Override
    public Trial prepare(Contestant contestant, Setting setting) throws IOException {
        RunningServer server = setting.servers().get(contestant, mode);
        Traffic traffic = clients.of(server.address(), setting.workshop());
        try {
            boolean isNews = contestant.runtime() != Runtime.NATIVE
                    && setting.servers().isFirst(contestant, mode, traffic.kind());
            warmUp(traffic, server.figures(), isNews ? FIRST_WARM_UP_SECONDS : WARM_UP_SECONDS);
            return new UnderTraffic(server, traffic, setting);
        } catch (IOException | RuntimeException failed) {
            traffic.close();
            throw failed;
        }
    }

    private static void warmUp(Traffic traffic, ProcessFigures server, double seconds) throws IOException {
        long warm = server.cpuNanos() + Setting.nanos(seconds);
        long operations = 0;
        for (double run = 0; run < MAX_WARM_UP * seconds && server.cpuNanos() < warm; run += WARM_UP_STEP_SECONDS) {
            traffic.run(Setting.nanos(WARM_UP_STEP_SECONDS));
            operations += traffic.operations();
        }
        requireAnswers(operations);
    }

    /** The connections stay for all rounds, and rest between them. */
    private record UnderTraffic(RunningServer server, Traffic traffic, Setting setting) implements Trial {

        @Override
        public Outcome measure() throws IOException {
            traffic.run(Setting.nanos(SETTLE_SECONDS));
            Disturbance disturbance = new Disturbance();
            ProcessFigures figures = server.figures();
            long clients = traffic.cpuNanos();
            long cpu = figures.cpuNanos();
            run(traffic, setting.seconds());
            cpu = figures.cpuNanos() - cpu;
            clients = traffic.cpuNanos() - clients;
            return new Outcome(figures(traffic, cpu, figures), disturbance.since(cpu + clients));
        }

        @Override
        public Map<Metric, Double> afterwards() throws IOException {
            if (!setting.countCalls() || !SystemCalls.areCountable()) {
                return Map.of();
            }
            try (SystemCalls calls = new SystemCalls(server.pid())) {
                run(traffic, CALLS_SECONDS);
                return Map.of(Metric.CALLS, (double) calls.stop() / traffic.operations());
            }
        }

        @Override
        public void close() throws IOException {
            traffic.close();
        }
    }

    private static Map<Metric, Double> figures(Traffic traffic, long cpu, ProcessFigures server) {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.CPU, (double) cpu / traffic.operations());
        figures.put(Metric.RATE, traffic.operations() * Setting.SECOND / traffic.nanos());
        figures.put(Metric.RESIDENT, server.residentKibibytes() / KIBIBYTES_PER_MEBIBYTE);
        Histogram latency = traffic.latency();
        if (latency.getTotalCount() > 0) {
            figures.put(Metric.MEDIAN, latency.getValueAtPercentile(50) / NANOS_PER_MICRO);
            figures.put(Metric.PERCENTILE_99, latency.getValueAtPercentile(99) / NANOS_PER_MICRO);
            figures.put(Metric.PERCENTILE_99_9, latency.getValueAtPercentile(99.9) / NANOS_PER_MICRO);
        }
        return figures;
    }

    private static void run(Traffic traffic, double seconds) throws IOException {
        traffic.run(Setting.nanos(seconds));
        requireAnswers(traffic.operations());
    }

    private static void requireAnswers(long operations) throws EOFException {
        if (operations == 0) {
            throw new EOFException("no echo arrived");
        }
    }
}
