package io.chagres.compare;

import io.chagres.compare.Contestant.Runtime;
import io.chagres.compare.machine.RunningServer;
import io.chagres.compare.report.Metric;
import io.chagres.compare.server.Mode;
import io.chagres.compare.traffic.Connections;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The time from exec to the first echoed byte; for a JVM of version 25 or newer, also with an AOT cache. */
record StartLoad() implements Load {

    private static final int MIN_ROUNDS = 5;
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String says() {
        return "From exec to the first echoed byte";
    }

    @Override
    public Mode mode() {
        return Mode.ECHO;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.START, Metric.START_ON_A_CORE, Metric.START_AOT);
    }

    @Override
    public int rounds(int wanted) {
        return Math.max(wanted, MIN_ROUNDS);
    }

    /** Reads all files once, so that they are in RAM, and makes the AOT cache, which a JVM writes as it ends. */
    @Override
    public Trial prepare(Contestant contestant, Setting setting) throws IOException {
        start(contestant, setting, false, List.of());
        if (contestant.runtime() == Runtime.JVM && java.lang.Runtime.version().feature() >= 25) {
            Files.deleteIfExists(cache(contestant, setting));
            try (RunningServer server = setting.servers()
                    .start(contestant, mode(), false, List.of("-XX:AOTCacheOutput=" + cache(contestant, setting)))) {
                echo(server);
                server.terminate();
            }
        }
        return () -> measure(contestant, setting);
    }

    private static Path cache(Contestant contestant, Setting setting) {
        return setting.workshop().file(contestant.name() + ".aot");
    }

    private Trial.Outcome measure(Contestant contestant, Setting setting) throws IOException {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.START, start(contestant, setting, false, List.of()));
        figures.put(Metric.START_ON_A_CORE, start(contestant, setting, true, List.of()));
        Path cache = cache(contestant, setting);
        if (contestant.runtime() == Runtime.JVM && Files.exists(cache)) {
            figures.put(Metric.START_AOT, start(contestant, setting, false, List.of("-XX:AOTCache=" + cache)));
        }
        return new Trial.Outcome(figures, null);
    }

    private double start(Contestant contestant, Setting setting, boolean pinned, List<String> flags)
            throws IOException {
        long began = System.nanoTime();
        try (RunningServer server = setting.servers().start(contestant, mode(), pinned, flags)) {
            echo(server);
            return (System.nanoTime() - began) / NANOS_PER_MILLI;
        }
    }

    private static void echo(RunningServer server) throws IOException {
        try (SocketChannel client = new Connections(server.address()).open()) {
            Connections.exchangeByte(client);
        }
    }
}
