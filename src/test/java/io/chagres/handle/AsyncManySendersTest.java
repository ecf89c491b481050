package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class AsyncManySendersTest {

    private static final int SENDERS = 8;
    private static final int SENDS = 100_000;
    private static final int ROUNDS = 20_000;
    private static final long MAX_NANOS = 1_000_000_000;
    private static final int APART = 16;

    /** Plain on purpose: nothing but the send publishes what the senders write here. */
    private final int[] written = new int[SENDERS * APART];

    private volatile int seenByAll;
    private volatile boolean enough;
    private Async async;

    @Test
    void aCallbackRunsAfterTheLastSendOfEachSender(Loop loop) throws InterruptedException {
        async = new Async(loop, () -> {
            if (leastOf(SENDERS) == SENDS) {
                async.close();
            }
        });
        List<Thread> senders = start(SENDERS, sender -> {
            for (int i = 1; i <= SENDS; i++) {
                written[sender * APART] = i;
                async.send();
            }
        });
        loop.run();
        join(senders);
        assertEquals(SENDS, leastOf(SENDERS));
    }

    @Test
    void theCallbackSeesWhatASenderWroteBeforeItsSend(Loop loop) throws InterruptedException {
        long until = System.nanoTime() + MAX_NANOS;
        async = new Async(loop, () -> {
            int seen = leastOf(2);
            if (seen > seenByAll && (seen == ROUNDS || System.nanoTime() > until)) {
                enough = true;
                async.close();
            }
            seenByAll = seen;
        });
        List<Thread> senders = start(2, this::sendRoundByRound);
        loop.run();
        join(senders);
        assertEquals(leastOf(2), seenByAll);
    }

    /** A round ends when the loop has seen the values of both senders. After a lost send, it would never end. */
    private void sendRoundByRound(int sender) {
        for (int round = 1; !enough; round++) {
            written[sender * APART] = round;
            async.send();
            while (seenByAll < round) {
                Thread.yield();
            }
        }
    }

    @Test
    void aThreadThatKeepsSendingCannotPreventTheCloseOfTheLoop() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            enough = false;
            Loop loop = new Loop();
            async = new Async(loop, () -> {});
            List<Thread> senders = start(1, sender -> {
                while (!enough) {
                    async.send();
                }
            });
            loop.close();
            enough = true;
            join(senders);
        }
    }

    private int leastOf(int senders) {
        int least = Integer.MAX_VALUE;
        for (int sender = 0; sender < senders; sender++) {
            least = Math.min(least, written[sender * APART]);
        }
        return least;
    }

    private static List<Thread> start(int count, IntConsumer body) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().daemon().start(() -> body.accept(number)));
        }
        return threads;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            Waits.join(thread);
        }
    }
}
