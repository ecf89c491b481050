package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class FifoTest {

    @Test
    void aFifoBehavesLikeAnArrayDeque() {
        Random random = new Random(9297);
        Fifo<Integer> fifo = new Fifo<>();
        ArrayDeque<Integer> model = new ArrayDeque<>();
        for (int i = 0; i < 100_000; i++) {
            if (random.nextInt(100) < (i / 5000 % 2 == 0 ? 55 : 45)) {
                fifo.add(i);
                model.add(i);
            } else {
                assertEquals(model.poll(), fifo.poll());
            }
            assertEquals(model.size(), fifo.size());
        }
    }

    @Test
    void anEmptyFifoReturnsNull() {
        Fifo<String> fifo = new Fifo<>();
        assertTrue(fifo.isEmpty());
        assertNull(fifo.poll());
    }
}
