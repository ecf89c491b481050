package io.chagres.labs;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Checks labs: {@code make lab N=3}. The first argument is the number of a lab, or {@code all}. The second one is {@code hole}, {@code
 * solution} or {@code both}. The third one is a folder for the compiled labs. The exit status is 0 if the labs passed or were skipped.
 */
public final class Labs {

    static final String PASSED = "passed";
    static final String SKIPPED = "skipped: ";
    static final String NOT_YET = "not yet: ";

    private interface Check {
        void run(Lab lab, Report report) throws Exception;
    }

    private static final List<Check> CHECKS = List.of(
            EchoChecks::systemCalls,
            EchoChecks::poll,
            EchoChecks::tcp,
            EchoChecks::gracefulExit,
            DefectChecks::halfClose,
            DefectChecks::burningLoop,
            DefectChecks::leak,
            HandOverCheck::run,
            BackPressureCheck::run,
            VanishedPeerCheck::run);

    private final boolean isSolution;
    private final Path output;
    private CompletableFuture<String> last;

    private Labs(boolean isSolution, Path output) {
        this.isSolution = isSolution;
        this.output = output;
    }

    public static void main(String[] args) throws Exception {
        Path output = Path.of(args[2]);
        List<Labs> kinds = switch (args[1]) {
            case "hole" -> List.of(new Labs(false, output));
            case "solution" -> List.of(new Labs(true, output));
            default -> List.of(new Labs(false, output.resolve("hole")), new Labs(true, output.resolve("solution")));
        };
        boolean areRight = true;
        if (args[0].equals("all")) {
            kinds.forEach(Labs::startLast);
        }
        for (Labs labs : kinds) {
            areRight &= args[0].equals("all") ? labs.all() : labs.one(args[0]);
        }
        System.out.flush();
        Runtime.getRuntime().halt(areRight ? 0 : 1); // a lab that has not ended must not keep the process
    }

    private boolean one(String number) {
        if (!number.matches("[1-9]|10")) {
            System.out.println("make lab N=1 to N=" + CHECKS.size() + ", or N=all, and not N=" + number);
            return false;
        }
        int lab = Integer.parseInt(number);
        try {
            Lab.compile(List.of(Lab.source(lab, isSolution)), output);
        } catch (NotYet e) {
            return print(lab, NOT_YET + e.getMessage());
        }
        return print(lab, check(lab));
    }

    /** The last lab waits for the kernel. So it runs beside the others. */
    private void startLast() {
        List<Path> sources = IntStream.rangeClosed(1, CHECKS.size())
                .mapToObj(number -> Lab.source(number, isSolution))
                .toList();
        Lab.compile(sources, output);
        last = CompletableFuture.supplyAsync(() -> check(CHECKS.size()), task -> new Thread(task).start());
    }

    private boolean all() throws Exception {
        boolean areRight = true;
        for (int number = 1; number < CHECKS.size(); number++) {
            areRight &= print(number, check(number));
        }
        return areRight & print(CHECKS.size(), last.get(10L * Lab.MAX_SECONDS, TimeUnit.SECONDS));
    }

    private boolean print(int number, String result) {
        System.out.println((isSolution ? "Solution " : "Lab ") + number + ": " + result);
        return !result.startsWith(NOT_YET);
    }

    private String check(int number) {
        Path source = Lab.source(number, isSolution);
        Report report = new Report();
        try {
            DefectChecks.warmUp();
            try (Lab lab = Lab.open(number, output)) {
                run(lab, CHECKS.get(number - 1), report);
            }
            return PASSED + facts(report);
        } catch (NotYet e) {
            return NOT_YET + e.getMessage() + facts(report) + "\n  " + source + ", and the hint in docs/course/labs.md";
        } catch (Skipped e) {
            return SKIPPED + e.getMessage();
        } catch (Exception e) {
            return NOT_YET + "the check has failed: " + e + facts(report);
        }
    }

    private static void run(Lab lab, Check check, Report report) throws Exception {
        try {
            check.run(lab, report);
        } catch (NotYet e) {
            throw e.getMessage().contains("has failed") ? e : new NotYet(e.getMessage() + lab.failure(), e);
        }
    }

    private static String facts(Report report) {
        return String.join(
                "", report.lines().stream().map(line -> "\n  right: " + line).toList());
    }
}
