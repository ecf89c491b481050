package io.chagres.compare;

import static java.util.stream.Collectors.toMap;

import io.chagres.compare.machine.Cores;
import io.chagres.compare.machine.Machine;
import io.chagres.compare.report.Pictures;
import io.chagres.compare.report.Results;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line of {@code make compare}. */
@Command(
        name = "compare",
        sortOptions = false,
        description = "Compares the cost of an operation between servers under the same load.")
public final class Compare implements Callable<Integer> {

    private static final Path TARGET = Path.of("target");
    private static final Path WORK = TARGET.resolve("compare");
    private static final Path FILE = TARGET.resolve("compare.json");
    private static final Path DOCS = Path.of("docs");

    @Option(
            names = "--server",
            split = ",",
            description = "The servers, by name or the beginning of a name; all by default.")
    private List<String> servers = List.of("");

    @Option(names = "--load", split = ",", description = "The loads, likewise; \"headlines\" are five of them.")
    private List<String> loads = List.of("");

    @Option(
            names = "--loops",
            split = ",",
            description =
                    "The numbers of loops, e.g. 1,2; with 2, servers that have a choice are called chagres-2 (1).")
    private List<Integer> loops = List.of(1);

    @Option(
            names = "--rounds",
            defaultValue = "15",
            description = "The number of turns of each server (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "0.3", description = "The length of a turn (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--fresh", description = "Start new servers for each load.")
    private boolean fresh;

    @Option(names = "--no-calls", description = "Do not count system calls with strace.")
    private boolean noCalls;

    @Option(names = "--publish", description = "Copy the JSON file and the pictures to docs.")
    private boolean publish;

    @Option(names = "--list", description = "List all servers and loads, and measure nothing.")
    private boolean list;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    private String[] arguments;

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        Compare compare = new Compare();
        compare.arguments = arguments;
        System.exit(new CommandLine(compare).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Workshop workshop = new Workshop(WORK);
        List<Contestant> contestants =
                Choice.of(spec, "server", servers, Contestants.all(workshop, loops), Contestant::alone);
        List<Load> chosen = loads.contains("headlines")
                ? Choice.of(spec, "load", Loads.HEADLINES, Loads.all(), Load::name)
                : Choice.of(spec, "load", loads, Loads.all(), Load::name);
        if (list) {
            contestants.forEach(
                    contestant -> System.out.printf(Locale.ROOT, "%-22s %s%n", contestant.name(), contestant.says()));
            chosen.forEach(load -> System.out.printf(Locale.ROOT, "%-22s %s%n", load.name(), load.says()));
        } else {
            measure(workshop, contestants, chosen);
        }
        return 0;
    }

    private void measure(Workshop workshop, List<Contestant> contestants, List<Load> chosen) throws IOException {
        Cores cores = new Cores();
        cores.pinLoad();
        Map<String, String> machine = Machine.description();
        machine.put(
                "pinned",
                cores.says(
                        contestants.stream().mapToInt(Contestant::loops).max().orElse(1)));
        machine.forEach((what, is) -> System.out.printf(Locale.ROOT, "%-13s %s%n", what, is));
        System.out.println();
        try (Servers running = new Servers(cores, workshop)) {
            Contest contest =
                    new Contest(contestants, new Setting(running, workshop, seconds, !noCalls), rounds, fresh);
            Supplier<Results> results = () -> new Results(
                    machine,
                    String.join(" ", arguments),
                    words(contestants),
                    contest.standings(),
                    contest.absences(),
                    contest.rounds());
            contest.run(chosen, () -> write(results.get()));
            List<Path> written = new ArrayList<>(draw(results.get()));
            written.add(FILE);
            for (Path file : publish ? written : List.<Path>of()) {
                Files.copy(file, DOCS.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            System.out.println("written: " + written + (publish ? ", and copied to " + DOCS : ""));
        }
    }

    private static Map<String, String> words(List<Contestant> contestants) {
        return contestants.stream()
                .collect(toMap(Contestant::name, Contestant::says, (one, other) -> one, LinkedHashMap::new));
    }

    private static void write(Results results) {
        try {
            results.write(FILE);
        } catch (IOException noRoom) {
            throw new UncheckedIOException(noRoom);
        }
    }

    /** Draws the pictures, unless the machine has no fonts, without which a JDK draws no text. */
    private static List<Path> draw(Results results) {
        try {
            return new Pictures(results, TARGET).draw();
        } catch (IOException | RuntimeException | Error noFonts) {
            System.out.println("no pictures: " + noFonts);
            return List.of();
        }
    }
}
