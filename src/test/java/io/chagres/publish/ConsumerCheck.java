package io.chagres.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.ForkedJvm.Outcome;
import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program of a user, with the jar that Maven has built, in each way that docs/packaging.md shows. {@code make check-consumer} runs it; it
 * is no part of {@code make test}. The property {@code chagres.jar} names the jar.
 */
@ExtendWith(HangGuard.class)
@Timeout(300)
class ConsumerCheck {
    private static final Path JAR =
            Path.of(System.getProperty("chagres.jar", "")).toAbsolutePath();

    @TempDir
    Path folder;

    private ConsumerProject project;

    @BeforeEach
    void begin() {
        project = new ConsumerProject(JAR, folder);
    }

    @Test
    void theClassPath() throws IOException, InterruptedException {
        assertEquals(new Outcome(0, "answer hello\nmodule null\nevents true"), project.onTheClassPath());
    }

    @Test
    void theModulePath() throws IOException, InterruptedException {
        assertEquals(new Outcome(0, "answer hello\nmodule io.chagres\nevents true"), project.onTheModulePath());
    }

    @Test
    void anImageOfJlinkHasThreeModulesBesideTheProgram() throws IOException, InterruptedException {
        assertEquals(new Outcome(0, "answer hello\nmodule io.chagres\nevents false"), project.inAnImage());
        assertEquals(List.of("consumer", "io.chagres", "java.base", "jdk.unsupported"), project.modulesOfTheImage());
    }

    @Test
    void anAotCache() throws IOException, InterruptedException {
        assumeTrue(Runtime.version().feature() >= 25, "a JDK before 25 cannot write the cache in one run");
        assertEquals(new Outcome(0, "answer hello\nmodule null\nevents true"), project.withAnAotCache());
    }

    @Test
    void theJarHasItsLicenceAndTheMetadata() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            for (String name :
                    List.of("LICENSE", "NOTICE", "native-image/io.chagres/chagres/reachability-metadata.json")) {
                assertTrue(jar.getEntry("META-INF/" + name) != null, name);
            }
            assertEquals("ALL-UNNAMED", jar.getManifest().getMainAttributes().getValue("Enable-Native-Access"));
        }
    }

    /** The pom, the program and the commands are those of README.md. */
    @Test
    void theProjectOfTheReadmeRunsOnTheClassPath() throws IOException, InterruptedException {
        ReadmeProject project = ReadmeProject.read(folder);
        assertListens(project.run(project.commandsFor("ALL-UNNAMED")));
    }

    @Test
    void theProjectOfTheReadmeRunsOnTheModulePath() throws IOException, InterruptedException {
        ReadmeProject project = ReadmeProject.read(folder);
        project.makeModule();
        assertListens(project.run(project.commandsFor("io.chagres")));
    }

    private static void assertListens(String printed) {
        assertTrue(printed.startsWith("listening on "), printed);
    }
}
