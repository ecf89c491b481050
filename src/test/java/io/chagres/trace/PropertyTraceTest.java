package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.loop.Loop;
import io.chagres.sys.Errno;
import io.chagres.sys.Faults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The property {@code chagres.trace}, in a JVM of its own. */
@ExtendWith(HangGuard.class)
class PropertyTraceTest {

    @TempDir
    Path folder;

    /** Runs a task on a loop. */
    public static final class OneTask {
        public static void main(String[] args) {
            try (Loop loop = new Loop()) {
                loop.execute(() -> Trace.note("in the task"));
                loop.run();
            }
        }
    }

    /** Runs a loop without a use of the package trace. */
    public static final class Untraced {
        public static void main(String[] args) {
            try (Loop loop = new Loop()) {
                loop.execute(() -> {});
                loop.run();
            }
        }
    }

    /** The second eventfd fails, which is that of the loop. */
    public static final class Failing {
        public static void main(String[] args) {
            Faults.install();
            Faults.arm(new Faults.Plan("eventfd", 0, any -> true, 2, -1, Errno.EMFILE, false));
            try (Loop loop = new Loop()) {
                throw new AssertionError("no failure");
            } catch (SystemException expected) {
                return;
            }
        }
    }

    private static List<String> run(Class<?> main, String... options) throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(main, options);
        assertEquals(0, outcome.status(), outcome::output);
        return outcome.output().lines().toList();
    }

    @Test
    void eachCallIsALineOfStandardError() throws Exception {
        List<String> lines = run(OneTask.class, "-Dchagres.trace=stderr");
        assertTrue(
                lines.get(0)
                        .matches(
                                "\\d\\d:\\d\\d:\\d\\d\\.\\d{6} \\[main loop] epoll_create1\\(EPOLL_CLOEXEC\\) = \\d+ <\\d\\.\\d{6}>"),
                lines::toString);
        assertTrue(
                lines.stream().anyMatch(line -> line.contains("[main 1 poll] --- note: in the task ---")),
                lines::toString);
    }

    @Test
    void categoriesSelectTheLinesOfAFile() throws Exception {
        Path file = folder.resolve("trace");
        assertEquals(
                List.of(), run(OneTask.class, "-Dchagres.trace=" + file, "-Dchagres.trace.categories=epoll, data"));
        List<String> lines = Files.readAllLines(file);
        assertTrue(lines.get(0).matches("\\[main loop] epoll_create1\\(EPOLL_CLOEXEC\\) = \\d+"), lines::toString);
        assertFalse(lines.stream().anyMatch(line -> line.contains("close(")), lines::toString);
    }

    @Test
    void aFailureThatATestMakesIsALine() throws Exception {
        List<String> lines = run(Failing.class, "-Dchagres.trace=stdout", "-Dchagres.trace.categories=epoll");
        assertTrue(
                lines.contains("[main loop] eventfd2(0, EFD_CLOEXEC|EFD_NONBLOCK) = -1 EMFILE (Too many open files)"),
                lines::toString);
    }

    @Test
    void aWrongCategoryIsReportedAndTheProgramRuns() throws Exception {
        assertEquals(
                List.of(
                        "chagres.trace: chagres.trace.categories may have net, epoll, data and time, separated by commas, and not "
                                + "\"sockets\"; there is no trace"),
                run(Untraced.class, "-Dchagres.trace=stderr", "-Dchagres.trace.categories=net,sockets"));
    }

    @Test
    void aFileThatCannotBeWrittenIsReportedAndTheProgramRuns() throws Exception {
        List<String> lines = run(Untraced.class, "-Dchagres.trace=/none/trace");
        assertEquals(List.of("chagres.trace: /none/trace (No such file or directory); there is no trace"), lines);
    }

    @Test
    void anEmptyValueIsReportedAndTheProgramRuns() throws Exception {
        assertEquals(
                List.of("chagres.trace: the value must be stderr, stdout or the name of a file; there is no trace"),
                run(Untraced.class, "-Dchagres.trace="));
    }

    @Test
    void withoutThePropertyNoClassOfTheTraceIsLoaded() throws Exception {
        List<String> loaded = run(Untraced.class, "-Xlog:class+load");
        assertTrue(loaded.stream().anyMatch(line -> line.contains(" io.chagres.loop.internal.Callbacks ")));
        List<String> ofTrace = loaded.stream()
                .filter(line -> !line.contains(PropertyTraceTest.class.getName()))
                .filter(line -> line.contains(" io.chagres.trace.")
                        || line.contains("TracedCallbacks")
                        || line.contains("StartupTrace")
                        || line.contains("ObservedCalls"))
                .toList();
        assertEquals(List.of(), ofTrace);
    }
}
