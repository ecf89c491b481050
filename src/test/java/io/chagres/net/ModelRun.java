package io.chagres.net;

import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One run: two connected streams and what their users do with them, until both are closed. The seed decides every step; when
 * the kernel moves the bytes it does not, and what is checked must hold however it does.
 */
final class ModelRun {

    /** What is laid on the two ends of a connection. */
    interface Floor {
        ModelSide side(ModelRun run, String name, SocketHandle handle, Random random);
    }

    private static final long PATIENCE_MILLIS = 20_000;
    private static final int MAX_STEPS = 60;

    final boolean mayForce;
    private final long seed;
    private final Random random;
    private final List<String> journal = new ArrayList<>();
    private final Idle driver;
    private final Timer watchdog;
    private final ModelSide one;
    private final ModelSide other;
    private int stepsLeft;

    ModelRun(Loop loop, long seed, Floor floor, SocketHandle[] pair) {
        this.seed = seed;
        random = new Random(seed);
        mayForce = random.nextBoolean();
        stepsLeft = random.nextInt(MAX_STEPS);
        one = floor.side(this, "one", pair[0], new Random(random.nextLong()));
        other = floor.side(this, "other", pair[1], new Random(random.nextLong()));
        one.faces(other);
        other.faces(one);
        watchdog = Timer.after(loop, PATIENCE_MILLIS, () -> fail("it hangs"));
        driver = new Idle(loop);
        driver.start(this::step);
    }

    /** Some steps per iteration: often none, so that the streams get on. */
    private void step() {
        for (int steps = random.nextInt(4); steps > 0 && stepsLeft > 0; steps--, stepsLeft--) {
            boolean first = random.nextBoolean();
            ModelStep step = ModelStep.next(random, mayForce);
            (first ? one : other).act(step, "");
        }
        if (stepsLeft == 0 && !driver.isClosing()) {
            driver.close();
            one.finish();
            other.finish();
        }
    }

    /** One side has closed. */
    void closed() {
        if (one.isClosed() && other.isClosed()) {
            watchdog.close();
            driver.close();
        }
    }

    void note(String what) {
        journal.add(what);
    }

    /** What must hold when all is over. */
    void check() {
        one.check();
        other.check();
    }

    AssertionError fail(String what) {
        throw new AssertionError(what + "\nagain with: -Dchagres.runs=1 -Dchagres.seed=" + seed + "\n" + one + "\n"
                + other + "\nsteps:\n  " + String.join("\n  ", journal));
    }
}
