package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A program that forgets to run its loop gets a message. */
@ExtendWith(HangGuard.class)
class ForgottenRunTest {

    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void collect() {
        ForgottenRun.reporter = warnings::add;
    }

    @AfterEach
    void stop() {
        ForgottenRun.reporter = null;
    }

    @Test
    void theCloseOfALoopWithWorkThatWasNeverRunIsReported() {
        try (Loop loop = new Loop()) {
            Timer.after(loop, 1000, () -> {});
        }
        String thread = Thread.currentThread().getName();
        assertEquals(1, warnings.size());
        assertTrue(
                warnings.getFirst()
                        .startsWith("the loop of thread \"" + thread + "\" has work and was never run, and now it is"
                                + " closed: Loop.run() is missing. The work is Timer"),
                warnings.getFirst());
    }

    @Test
    void aLoopWithoutWorkAndALoopThatWasRunInAnyModeAreNotReported() {
        try (Loop loop = new Loop()) {
            Timer.after(loop, 1000, () -> {}).unref();
        }
        try (Loop loop = new Loop()) {
            Timer.after(loop, 1000, () -> {});
            loop.run(RunMode.NOWAIT);
        }
        try (Loop loop = new Loop()) {
            Timer.after(loop, 1000, () -> {}).close();
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void aSetupOfALoopThreadThatFailsIsNotReported() {
        assertThrows(
                IllegalStateException.class,
                () -> Loop.start("io", loop -> {
                    Timer.after(loop, 1000, () -> {});
                    throw new IllegalStateException("no setup");
                }));
        assertEquals(List.of(), warnings);
    }

    /** A program that forgets both run and close. */
    static final class Forgetful {
        public static void main(String[] args) {
            Timer.after(new Loop(), 1000, () -> {});
        }
    }

    @Test
    @Tag("host")
    void theEndOfAProgramThatForgetsRunAndCloseIsReported() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(Forgetful.class);
        assertEquals(0, outcome.status());
        assertTrue(
                outcome.output()
                        .startsWith("the loop of thread \"main\" has work and was never run, and now the JVM ends:"
                                + " Loop.run() is missing. The work is Timer"),
                outcome.output());
    }
}
