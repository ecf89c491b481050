package io.chagres.compare;

import io.chagres.compare.machine.Cores;
import io.chagres.compare.machine.Limits;
import io.chagres.compare.machine.Machine;
import io.chagres.compare.report.Columns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code make many}. */
@Command(
        name = "many",
        sortOptions = false,
        description = "Measures the memory and the CPU time of idle connections, as many as the machine holds.")
public final class Many implements Callable<Integer> {

    private static final Path WORK = Path.of("target/compare");

    @Parameters(defaultValue = "200000", description = "The number of connections (${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--server",
            split = ",",
            description = "The servers, by name or the beginning of a name (${DEFAULT-VALUE}).")
    private List<String> servers = List.of("chagres");

    @Option(
            names = "--pairs",
            defaultValue = "1",
            description = "The number of servers, each with a client, that share the connections if a process may not"
                    + " have so many descriptors (${DEFAULT-VALUE}).")
    private int pairs;

    @Option(names = "--seconds", defaultValue = "10", description = "The time of rest (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Many()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Workshop workshop = new Workshop(WORK);
        List<Contestant> chosen = Choice.of(spec, "server", servers, Contestants.all(workshop), Contestant::name);
        Map<String, String> machine = Machine.description();
        machine.putAll(Limits.description());
        machine.forEach((what, is) -> System.out.printf(Locale.ROOT, "%-13s %s%n", what, is));
        int each = Math.min((connections + pairs - 1) / pairs, Limits.connections());
        System.out.printf(
                Locale.ROOT,
                "%n%,d connections to each of %d servers%s%n%n",
                each,
                pairs,
                each * pairs < connections ? ", as many as the limit of descriptors allows" : "");
        try (Servers running = new Servers(new Cores(), workshop)) {
            measure(new Idleness(running, workshop.c("hold"), each, pairs, seconds), chosen);
        }
        return 0;
    }

    private static void measure(Idleness idleness, List<Contestant> chosen) {
        Columns columns = new Columns(1);
        columns.add(List.of(
                "",
                "open",
                "heap B",
                "native B",
                "RSS B",
                "kernel B",
                "idle ms/s",
                "million: heap",
                "RSS",
                "kernel MiB",
                ""));
        List<String> remarks = new ArrayList<>();
        for (Contestant contestant : chosen) {
            try {
                Idleness.Figures figures = idleness.measure(contestant);
                columns.add(cells(contestant.name(), figures));
                remarks.add(String.format(
                        Locale.ROOT,
                        "%s: the kernel's objects, bytes a connection, both ends: %s",
                        contestant.name(),
                        figures.kinds()));
            } catch (IOException | RuntimeException failure) {
                System.out.println("not measured: " + contestant.name() + ": " + failure);
            }
        }
        System.out.println(
                "Bytes of a connection, and the memory of a million of them in MiB; the kernel's for both ends.");
        System.out.println(columns);
        remarks.forEach(System.out::println);
    }

    private static List<String> cells(String name, Idleness.Figures figures) {
        return List.of(
                name,
                whole(figures.open()),
                whole(figures.heap()),
                whole(figures.outside()),
                whole(figures.resident()),
                whole(figures.kernel()),
                String.format(Locale.ROOT, "%.2f", figures.idleMillisPerSecond()),
                whole(figures.million(figures.heap())),
                whole(figures.million(figures.resident())),
                whole(figures.million(figures.kernel())),
                figures.reason());
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }
}
