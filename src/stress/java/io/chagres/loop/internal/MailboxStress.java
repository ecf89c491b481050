package io.chagres.loop.internal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The races of {@link Mailbox}: a sender against the loop that goes to sleep, senders against each other, and a sender
 * against the close. A result of 1 means true, 0 means false.
 */
public final class MailboxStress {

    private MailboxStress() {}

    private static final class Letter extends Task {
        @Override
        protected void run() {}
    }

    private static int count(Task first) {
        int count = 0;
        for (Task task = first; task != null; task = task.next) {
            count++;
        }
        return count;
    }

    private static int bit(boolean value) {
        return value ? 1 : 0;
    }

    /** A loop that sleeps over a task is woken by the sender of that task. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The loop sleeps, and the sender wakes it.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The loop saw the task, and needs no wake-up.")
    @Outcome(
            id = "1, 0",
            expect = ACCEPTABLE,
            desc = "The loop announced its sleep, saw the task, and is woken for nothing.")
    @Outcome(expect = FORBIDDEN, desc = "The loop sleeps, and no sender wakes it.")
    @State
    public static class PostAgainstSleep {
        private final Mailbox mailbox = new Mailbox();

        @Actor
        public void sender(II_Result result) {
            result.r1 = bit(mailbox.post(new Letter()) == Mailbox.Posted.MUST_WAKE);
        }

        @Actor
        public void loop(II_Result result) {
            result.r2 = bit(mailbox.fallAsleep());
        }
    }

    /** Of two senders that find the loop asleep, exactly one wakes it, and both tasks arrive. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 2", "0, 1, 2"},
            expect = ACCEPTABLE,
            desc = "One wake-up, two tasks.")
    @Outcome(expect = FORBIDDEN, desc = "A wake-up or a task is lost or doubled.")
    @State
    public static class TwoPostsToASleeper {
        private final Mailbox mailbox = new Mailbox();

        public TwoPostsToASleeper() {
            mailbox.fallAsleep();
        }

        @Actor
        public void first(III_Result result) {
            result.r1 = bit(mailbox.post(new Letter()) == Mailbox.Posted.MUST_WAKE);
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = bit(mailbox.post(new Letter()) == Mailbox.Posted.MUST_WAKE);
        }

        @Arbiter
        public void loop(III_Result result) {
            mailbox.wakeUp();
            result.r3 = count(mailbox.takeAll());
        }
    }

    /** The loop that takes a task sees the writes of the sender before the post. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "The loop takes the task with what was written before it, or not yet.")
    @Outcome(expect = FORBIDDEN, desc = "The task arrived before what was written for it.")
    @State
    public static class PostPublishes {
        private final Mailbox mailbox = new Mailbox();
        private int payload;

        @Actor
        public void sender() {
            payload = 1;
            mailbox.post(new Letter());
        }

        @Actor
        public void loop(II_Result result) {
            result.r1 = count(mailbox.takeAll());
            result.r2 = result.r1 == 0 ? 0 : payload;
        }
    }

    /** A task that a closing loop does not take is refused, and the loop waits for the sender's wake-up. */
    @JCStressTest
    @Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "Accepted and taken; the loop has waited for the wake-up.")
    @Outcome(id = "1, 1, 0, 0", expect = ACCEPTABLE, desc = "Accepted while the loop was awake, and taken.")
    @Outcome(id = "0, 0, 0, 0", expect = ACCEPTABLE, desc = "Refused.")
    @Outcome(expect = FORBIDDEN, desc = "Accepted and lost, or a wake-up that the loop does not wait for.")
    @State
    public static class PostAgainstClose {
        private final Mailbox mailbox = new Mailbox();
        private int rung;

        public PostAgainstClose() {
            mailbox.fallAsleep();
        }

        @Actor
        public void sender(IIII_Result result) {
            Mailbox.Posted posted = mailbox.post(new Letter());
            result.r1 = bit(posted != Mailbox.Posted.REFUSED);
            if (posted == Mailbox.Posted.MUST_WAKE) {
                rung = 1;
                mailbox.rang();
            }
        }

        @Actor
        public void loop(IIII_Result result) {
            mailbox.wakeUp();
            result.r2 = count(mailbox.takeLast());
            result.r3 = count(mailbox.takeLast());
            mailbox.awaitRings();
            result.r4 = rung;
        }
    }
}
