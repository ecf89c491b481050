package io.chagres.handle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The races of {@link Async}: a send against the callback of an earlier send, and against the close. */
public final class AsyncStress {

    private AsyncStress() {}

    /** After the last send there is a callback that sees what was written before it, however the sends are merged. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "What was written before each send is seen.")
    @Outcome(
            expect = FORBIDDEN,
            desc = "A send was merged into a callback that did not see what was written before it.")
    @State
    public static class SendAgainstCallback {
        private final Loop loop = new Loop();
        private final Async async = new Async(loop, this::look);
        private int first;
        private int second;
        private int seenFirst;
        private int seenSecond;

        private void look() {
            seenFirst = first;
            seenSecond = second;
        }

        @Actor
        public void sender() {
            first = 1;
            async.send();
            second = 1;
            async.send();
        }

        @Actor
        public void loop() {
            loop.run(RunMode.NOWAIT);
        }

        @Arbiter
        public void lastLook(II_Result result) {
            loop.run(RunMode.NOWAIT);
            result.r1 = seenFirst;
            result.r2 = seenSecond;
            loop.close();
        }
    }

    /** A send that races with the close leaves nothing that keeps the loop alive. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "The loop has ended.")
    @Outcome(expect = FORBIDDEN, desc = "The loop is still alive.")
    @State
    public static class SendAgainstClose {
        private final Loop loop = new Loop();
        private final Async async = new Async(loop, null);

        @Actor
        public void sender() {
            async.send();
        }

        @Actor
        public void loop() {
            loop.run(RunMode.NOWAIT);
            async.close();
            loop.run();
        }

        @Arbiter
        public void look(I_Result result) {
            loop.run();
            result.r1 = loop.isAlive() ? 1 : 0;
            loop.closeStrictly();
        }
    }
}
