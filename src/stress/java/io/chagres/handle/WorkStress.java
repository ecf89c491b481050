package io.chagres.handle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.chagres.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.loop.internal.WorkerPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** The race of {@link Work}: the worker that begins a job against the loop that cancels it. */
public final class WorkStress {

    private WorkStress() {}

    /** A job has either run or been cancelled, never both, and its callback is called once, with the matching result. */
    @JCStressTest
    @Outcome(id = "0, 1, 1, 7", expect = ACCEPTABLE, desc = "The job ran, and its result arrived once.")
    @Outcome(id = "1, 0, 1, -1", expect = ACCEPTABLE, desc = "The job was cancelled, and ECANCELED arrived once.")
    @Outcome(expect = FORBIDDEN, desc = "Both, neither, or two callbacks.")
    @State
    public static class RunAgainstCancel {
        private final Loop loop = new Loop();
        private final Work<Integer> work = new Work<>(loop, WorkerPool.shared(), this::job, false, this::complete);
        private int runs;
        private int callbacks;
        private int outcome;

        private Integer job() {
            runs++;
            return 7;
        }

        private void complete(Integer result, Throwable failure) {
            callbacks++;
            outcome = failure == null
                    ? result
                    : failure instanceof ChagresException known && known.code().equals("ECANCELED") ? -1 : -2;
        }

        @Actor
        public void worker() {
            work.runJob();
        }

        /** Takes the loop over from the thread that made the state, then cancels. */
        @Actor
        public void loop(IIII_Result result) {
            loop.run(RunMode.NOWAIT);
            result.r1 = work.cancel() ? 1 : 0;
        }

        @Arbiter
        public void end(IIII_Result result) {
            loop.run();
            result.r2 = runs;
            result.r3 = callbacks;
            result.r4 = outcome;
            loop.close();
        }
    }
}
