package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The queue of received descriptors, compared with a plain queue. */
@ExtendWith(HangGuard.class)
class IpcReceivedDescriptorsTest {

    @Test
    void receivedDescriptorsAreTakenInOrderWhileTheQueueGrows() {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("IpcReceivedDescriptorsTest: -Dchagres.seed=" + seed);
        Random random = new Random(seed);
        Queue<Integer> model = new ArrayDeque<>();
        ReceivedDescriptors received = new ReceivedDescriptors();
        for (int turn = 0, next = 0; turn < 10_000; turn++) {
            int room = random.nextInt(20);
            received.reserve(room);
            for (int i = random.nextInt(room + 1); i > 0; i--) {
                received.add(next);
                model.add(next++);
            }
            for (int i = random.nextInt(model.size() + 1) * random.nextInt(2); i > 0; i--) {
                assertEquals(model.peek(), received.peek());
                assertEquals(model.remove(), received.take());
            }
            assertEquals(model.size(), received.count());
        }
    }
}
