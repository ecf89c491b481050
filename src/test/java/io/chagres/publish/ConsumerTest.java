package io.chagres.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm.Outcome;
import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A program of a user, with a jar of the compiled classes. {@code make check-consumer} has the other ways, with the jar that Maven builds. */
@ExtendWith(HangGuard.class)
class ConsumerTest {
    @TempDir
    Path folder;

    private ConsumerProject project;

    @BeforeEach
    void pack() {
        project = new ConsumerProject(
                ConsumerProject.jarOf(Path.of("target/classes"), folder.resolve("chagres.jar")), folder);
    }

    @Test
    void aProgramRunsOnTheClassPath() throws IOException, InterruptedException {
        assertEquals(new Outcome(0, "answer hello\nmodule null\nevents true"), project.onTheClassPath());
    }

    @Test
    void aProgramRunsOnTheModulePath() throws IOException, InterruptedException {
        assertEquals(new Outcome(0, "answer hello\nmodule io.chagres\nevents true"), project.onTheModulePath());
    }
}
