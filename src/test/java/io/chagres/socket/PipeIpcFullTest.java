package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.EventFd;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A process that receives descriptors although it has reached its limit. It runs in a separate JVM. */
@ExtendWith(HangGuard.class)
@Tag("host")
class PipeIpcFullTest {

    @Test
    void withoutFreeDescriptorsTheBytesArriveAndTheReceivedDescriptorIsDropped() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, "room: x 1, full: x 0, room: x 1"), ForkedJvm.run(Full.class));
    }

    static final class Full {
        private static final StringBuilder OUTPUT = new StringBuilder();

        public static void main(String[] arguments) {
            try (Loop loop = new Loop()) {
                PipePair pair = PipePair.of(loop, true);
                send(loop, pair, "room");
                Deque<Integer> all = takeAllDescriptors();
                send(loop, pair, ", full");
                all.forEach(Descriptors::close);
                send(loop, pair, ", room");
            }
            System.out.println(OUTPUT);
        }

        private static void send(Loop loop, PipePair pair, String when) {
            pair.other()
                    .readStart(TcpPair.reader(
                            bytes -> {
                                OUTPUT.append(when)
                                        .append(": ")
                                        .append(Talk.text(bytes))
                                        .append(' ')
                                        .append(pair.other().pendingCount());
                                pair.other().readStop();
                            },
                            () -> {}));
            pair.one().write(Talk.buffer("x"), pair.one(), error -> {});
            loop.run();
            if (pair.other().pendingCount() > 0) {
                Descriptors.close(pair.other().acceptDescriptor());
            }
        }

        private static Deque<Integer> takeAllDescriptors() {
            Deque<Integer> all = new ArrayDeque<>();
            int fd = 0;
            while (fd >= 0) {
                fd = EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
                if (fd >= 0) {
                    all.add(fd);
                }
            }
            return all;
        }
    }
}
