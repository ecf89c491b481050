package io.chagres.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.OpenDescriptors;
import io.chagres.fixture.Waits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class SelfCheckTest {

    private static final String GRANT = "--enable-native-access=";
    private static final String NO_ACCESS = "Native access is not enabled: start java with " + GRANT;

    /** The program of the forked JVMs: prints the cause. */
    static final class Main {
        public static void main(String[] args) {
            System.out.println(SelfCheck.isAvailable() + " " + SelfCheck.unavailabilityCause());
        }
    }

    /** Without a free descriptor there is no verdict, and the next call checks again. Other failures are a verdict. */
    static final class Starved {
        public static void main(String[] args) {
            Faults.install();
            for (int errno : new int[] {Errno.EMFILE, Errno.ENOMEM, Errno.ENOSYS}) {
                Faults.arm(new Faults.Plan("epoll_create1", 0, any -> true, 1, -1, errno, false));
                System.out.println(SelfCheck.isAvailable());
            }
        }
    }

    @Test
    @Tag("host")
    void aLackOfDescriptorsOrMemoryLeavesTheVerdictOpen() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(Starved.class);
        assertEquals("true\ntrue\nfalse", outcome.output());
    }

    @Test
    void thisMachinePassesTheSelfCheck() {
        assertTrue(SelfCheck.isAvailable());
        assertNull(SelfCheck.unavailabilityCause());
    }

    @Test
    void theThreeArchitecturesAreAccepted() {
        assertNull(SelfCheck.cause("Linux", "aarch64"));
        assertNull(SelfCheck.cause("Linux", "riscv64"));
        assertNull(SelfCheck.cause("Linux", "x86_64"));
    }

    @Test
    void theSelfCheckLeavesNoDescriptorOpen() {
        OpenDescriptors before = OpenDescriptors.now();
        assertNull(SelfCheck.cause("Linux", System.getProperty("os.arch")));
        assertEquals(Map.of(), OpenDescriptors.now().since(before));
    }

    @Test
    void aStructOfAnotherShapeIsNoticed() {
        String sentence = "The kernel's struct epoll_event is not the " + EpollEvent.BYTES + " bytes of our layout.";
        assertEquals(sentence, SelfCheck.verdict(1, Epoll.EPOLLIN, 0x0123_4567L));
        assertEquals(sentence, SelfCheck.verdict(0, 0, 0));
        assertEquals(sentence, SelfCheck.verdict(1, 0, 0x0123_4567_89ab_cdefL));
        assertNull(SelfCheck.verdict(1, Epoll.EPOLLIN, 0x0123_4567_89ab_cdefL));
    }

    @Test
    void aRefusalOfTheKernelIsNamed() {
        assertEquals("The kernel refuses epoll: EMFILE, too many open files.", SelfCheck.refused(-Errno.EMFILE));
    }

    @Test
    void aMissingFunctionIsNamed() {
        assertEquals("The C library has no function accept4.", SelfCheck.missing("accept4"));
    }

    @Test
    void anyOtherFailureIsQuoted() {
        String sentence = SelfCheck.explain(SelfCheck.class.getModule(), new UnsatisfiedLinkError("no foo"));
        assertEquals("The C library cannot be called: java.lang.UnsatisfiedLinkError: no foo.", sentence);
    }

    @Test
    @Tag("host")
    void anotherSystemIsNamed() throws Exception {
        assertEquals("false Chagres speaks to the Linux kernel, and this is Mac OS X.", run("-Dos.name=Mac OS X"));
    }

    @Test
    @Tag("host")
    void anotherArchitectureIsNamed() throws Exception {
        assertEquals(
                "false Chagres knows the kernel's structs on amd64, aarch64 and riscv64, and this is s390x.",
                run("-Dos.arch=s390x"));
    }

    @Test
    @Tag("host")
    void aFreshJvmWithAccessIsAvailable() throws Exception {
        assertEquals("true null", run(GRANT + "ALL-UNNAMED"));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_24)
    @Tag("host")
    void withoutNativeAccessTheFlagIsNamed() throws Exception {
        assertEquals("false " + NO_ACCESS + "ALL-UNNAMED.", run("--illegal-native-access=deny"));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_24)
    @Tag("host")
    void inAModuleTheFlagNamesTheModule() throws Exception {
        assumeTrue(Files.exists(location(SelfCheck.class).resolve("module-info.class")));
        assertEquals("false " + NO_ACCESS + "io.chagres.", runAsModule("--illegal-native-access=deny"));
        assertEquals("true null", runAsModule("--illegal-native-access=deny", GRANT + "io.chagres"));
    }

    private static String run(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(options));
        command.addAll(List.of("-cp", location(SelfCheck.class) + ":" + location(Main.class), Main.class.getName()));
        return java(command);
    }

    private static String runAsModule(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(options));
        command.addAll(List.of(
                "--module-path",
                location(SelfCheck.class).toString(),
                "--patch-module",
                "io.chagres=" + location(Main.class),
                "-m",
                "io.chagres/" + Main.class.getName()));
        return java(command);
    }

    private static Path location(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".class";
        Path path = Path.of(URI.create(type.getResource("/" + file).toString()));
        return path.resolve("../".repeat(file.split("/").length)).normalize();
    }

    private static String java(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(arguments);
        command.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Process process = Waits.limit(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        try (InputStream printed = process.getInputStream()) {
            String output = new String(printed.readAllBytes());
            Waits.exit(process);
            return output.strip();
        }
    }
}
