package io.chagres.compare;

import io.chagres.compare.latency.OpenLoop;
import io.chagres.compare.latency.Span;
import io.chagres.compare.latency.Spans;
import io.chagres.compare.machine.Cores;
import io.chagres.compare.machine.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line of {@code make latency}. */
@Command(
        name = "latency",
        sortOptions = false,
        description = "Measures the latency of echo servers at a fixed rate, from the start of each server on.")
public final class Latency implements Callable<Integer> {

    private static final Path WORK = Path.of("target/compare");
    private static final Path FILE = Path.of("target/latency.json");

    @Option(
            names = "--server",
            split = ",",
            description = "The servers, by name or the beginning of a name (${DEFAULT-VALUE}).")
    private List<String> servers = List.of("c", "go", "chagres", "nio", "netty-epoll", "vertx");

    @Option(names = "--rate", split = ",", description = "Messages a second on all connections (40000).")
    private List<Double> rates = List.of();

    @Option(
            names = "--fraction",
            split = ",",
            description = "Rates in percent of the least maximum of the servers, which a closed loop measures first.")
    private List<Double> fractions = List.of();

    @Option(names = "--connections", defaultValue = "64", description = "The number of connections (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--size", defaultValue = "64", description = "The bytes of a message (${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--before",
            defaultValue = "0",
            description =
                    "Another rate, at which a server runs before for as long, to measure a change of load (none).")
    private double before;

    @Option(names = "--seconds", defaultValue = "30", description = "The length of a run (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--every", defaultValue = "5", description = "The length of an interval (${DEFAULT-VALUE}).")
    private double every;

    @Option(names = "--intervals", description = "Print each interval, too.")
    private boolean intervals;

    @Option(
            names = "--rounds",
            defaultValue = "1",
            description = "The runs of each server, in turns (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--cores",
            defaultValue = "1",
            description =
                    "The cores of a server and its compilers; the clients are on the last core (${DEFAULT-VALUE}).")
    private int cores;

    @Option(
            names = "--gc",
            split = ",",
            description = "The collectors of a JVM: default, serial, parallel, g1, zgc (${DEFAULT-VALUE}).")
    private List<String> collectors = List.of("default");

    @Option(
            names = "--aot",
            description = "Run each JVM also with an AOT cache, for which it is trained by the same load.")
    private boolean cached;

    @Option(names = "--jvm", split = ",", description = "More flags for all JVMs, e.g. --jvm=-XX:TieredStopAtLevel=1.")
    private List<String> flags = List.of();

    @Option(
            names = "--probe",
            defaultValue = "12",
            description = "The length of the run that measures a maximum; its last third counts (${DEFAULT-VALUE}).")
    private double probe;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    private String[] arguments;

    public static void main(String[] arguments) {
        Latency latency = new Latency();
        latency.arguments = arguments;
        System.exit(new CommandLine(latency).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        requireSense();
        Workshop workshop = new Workshop(WORK);
        List<Contestant> chosen = Choice.of(spec, "server", servers, Contestants.all(workshop), Contestant::name);
        Cores places = new Cores();
        places.pinLoad();
        Map<String, String> machine = Machine.description();
        machine.put("pinned", places.says(cores));
        machine.forEach((what, is) -> System.out.printf(Locale.ROOT, "%-13s %s%n", what, is));
        System.out.println();
        try (Servers running = new Servers(places, workshop)) {
            OpenLoop clients = new OpenLoop(workshop.c("open"), connections, size);
            FixedRate bench = new FixedRate(running, workshop, clients, cores, before, seconds, every);
            Spans spans = new Spans(machine, String.join(" ", arguments), FILE);
            measure(bench, variants(chosen, workshop), spans);
        }
        return 0;
    }

    private void requireSense() {
        for (String collector : collectors) {
            if (!Variant.COLLECTORS.containsKey(collector)) {
                throw new CommandLine.ParameterException(spec.commandLine(), "no collector is called " + collector);
            }
        }
        if (cached && Runtime.version().feature() < 25) {
            throw new CommandLine.ParameterException(spec.commandLine(), "an AOT cache takes a JDK 25 or newer");
        }
        if (every <= 0 || seconds < every) {
            throw new CommandLine.ParameterException(spec.commandLine(), "a run has one interval at least");
        }
    }

    private List<Variant> variants(List<Contestant> chosen, Workshop workshop) {
        List<Variant> variants = new ArrayList<>();
        for (Contestant contestant : chosen) {
            if (contestant.missing() == null) {
                variants.addAll(Variant.of(contestant, collectors, flags, cached, workshop));
            } else {
                System.out.println("not measured: " + contestant.name() + ": " + contestant.missing() + '\n');
            }
        }
        return variants;
    }

    private void measure(FixedRate bench, List<Variant> variants, Spans spans) throws IOException {
        List<Variant> present = new ArrayList<>(variants);
        if (rates.isEmpty() && fractions.isEmpty()) {
            rates = List.of(40_000.0);
        }
        for (double rate : rates) {
            measure(bench, present, spans, rate, String.format(Locale.ROOT, "%,.0f messages/s", rate));
        }
        if (!fractions.isEmpty()) {
            double least = leastMaximum(bench, present);
            for (double fraction : fractions) {
                double rate = least * fraction / 100;
                measure(
                        bench,
                        present,
                        spans,
                        rate,
                        String.format(Locale.ROOT, "%,.0f messages/s, %.0f %% of the least maximum", rate, fraction));
            }
        }
        System.out.println("written: " + FILE);
    }

    /** Measures the maxima with the variants that have no cache, which changes nothing but the start. */
    private double leastMaximum(FixedRate bench, List<Variant> variants) {
        double least = Double.MAX_VALUE;
        System.out.printf(Locale.ROOT, "The maxima, in a closed loop of %,d connections:%n", connections);
        for (Variant variant : List.copyOf(variants)) {
            if (variant.cache() == null) {
                double maximum = bench.tried(variants, variant, () -> bench.maximum(variant, probe));
                System.out.printf(Locale.ROOT, "  %-18s %,10.0f messages/s%n", variant.name(), maximum);
                least = Math.min(least, maximum);
            }
        }
        System.out.println();
        return least;
    }

    private void measure(FixedRate bench, List<Variant> present, Spans spans, double rate, String title)
            throws IOException {
        List<Variant> inTurn = new ArrayList<>(present);
        for (int round = 1; round <= rounds; round++) {
            for (Variant variant : List.copyOf(inTurn)) {
                int number = round;
                bench.tried(inTurn, variant, () -> {
                    FixedRate.Run run = bench.run(variant, rate);
                    for (Span span : Span.of(seconds, every, intervals)) {
                        spans.add(title, variant.name(), span, number, run.course(), run.log(), run.disturbance());
                    }
                    return 0.0;
                });
            }
            Collections.rotate(inTurn, 1);
        }
        System.out.println(
                spans.table(title, String.format(Locale.ROOT, "%s, %,d B, %,d connections", title, size, connections)));
        spans.write();
    }
}
