package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Idle, prepare and check handles that start, stop and close each other over 21 iterations, as in libuv's test. */
@ExtendWith(LoopFixture.class)
class WatcherIterationsTest {

    private static final int ITERATIONS = 21;
    private static final int IDLES = 7;

    private Loop loop;
    private int iteration;

    private Prepare everyIteration;
    private Prepare startedByPrepare;
    private Check check;
    private final Idle[] idles = new Idle[IDLES];
    private Idle passing;

    private int startedByPrepareCalls;
    private int checkCalls;
    private int idleCalls;
    private int passingStarted;
    private int closed;
    private int passingClosed;

    @BeforeEach
    void open(Loop fixtureLoop, ManualClock clock) {
        loop = fixtureLoop;
        everyIteration = new Prepare(loop);
        startedByPrepare = new Prepare(loop);
        check = new Check(loop);
        for (int i = 0; i < IDLES; i++) {
            idles[i] = new Idle(loop);
        }
    }

    @Test
    @Covers("libuv:loop_handles")
    void aPhaseHandleRunsOncePerIterationFromTheOneAfterItsStart(Loop fixtureLoop, ManualClock clock) {
        Timer unreferenced = Timer.every(loop, 100, () -> {});
        unreferenced.unref();
        everyIteration.start(this::prepare);
        check.start(this::check);
        loop.run();
        assertEquals(ITERATIONS, iteration);
        assertEquals(ITERATIONS, checkCalls);
        assertEquals(ITERATIONS / 2, startedByPrepareCalls);
        assertTrue(idleCalls > 0);
        assertEquals(3 + IDLES, closed);
        assertEquals(passingStarted, passingClosed);
        unreferenced.close();
        loop.run();
    }

    private void prepare() {
        if (iteration % 2 == 0) {
            startedByPrepare.start(this::prepareStartedByPrepare);
        }
        iteration++;
    }

    private void prepareStartedByPrepare() {
        assertNotEquals(0, iteration % 2, "it ran in the iteration that started it");
        startedByPrepareCalls++;
        startedByPrepare.stop();
    }

    private void check() {
        checkCalls++;
        if (iteration < ITERATIONS) {
            for (int i = 0; i <= iteration % IDLES; i++) {
                Idle idle = idles[i];
                idle.start(() -> idle(idle));
            }
        } else {
            closeAll();
        }
    }

    private void idle(Idle self) {
        if (passing == null) {
            passing = new Idle(loop);
            passing.start(() -> passing.close(this::passingClosed));
            passingStarted++;
        }
        if (++idleCalls % 5 == 0) {
            self.stop();
        }
    }

    private void passingClosed() {
        passing = null;
        passingClosed++;
    }

    private void closeAll() {
        for (Handle handle : new Handle[] {everyIteration, startedByPrepare, check}) {
            handle.close(() -> closed++);
        }
        for (Idle idle : idles) {
            idle.close(() -> closed++);
        }
        if (passing != null && !passing.isClosing()) {
            passing.close(this::passingClosed);
        }
    }
}
