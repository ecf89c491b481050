package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.EventFd;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that sends descriptors without limit. */
@ConnectionTest
@Timeout(60)
class PipeIpcBoundTest {

    private final Journal journal = new Journal();

    @Test
    void readingFailsWhenTooManyDescriptorsWaitAndTheWaitingOnesCanBeTaken(Loop loop) {
        PipePair pair = PipePair.of(loop, true);
        pair.other().readStart(TcpPair.reader(bytes -> {}, () -> journal.add("end"), error -> {
            journal.add(error.getMessage() + ", " + pair.other().pendingCount() + " wait");
            Descriptors.close(pair.other().acceptDescriptor());
            pair.close();
        }));
        for (int i = 0; i < 2 * Pipe.MAX_PENDING; i++) {
            pair.one().write(Talk.buffer("x"), pair.one(), error -> {});
        }
        loop.run();
        journal.expect("read ETOOMANYREFS, 253 wait");
    }

    @Test
    void anyNumberOfDescriptorsMayArriveIfTheyAreTaken(Loop loop) {
        PipePair pair = PipePair.of(loop, true);
        int[] taken = {0};
        pair.other()
                .readStart(TcpPair.reader(
                        bytes -> {
                            while (pair.other().pendingCount() > 0) {
                                Descriptors.close(pair.other().acceptDescriptor());
                                taken[0]++;
                            }
                            if (taken[0] == 1000) {
                                pair.close();
                            }
                        },
                        () -> {}));
        for (int i = 0; i < 1000; i++) {
            pair.one().write(Talk.buffer("x"), pair.one(), error -> {});
        }
        loop.run();
        assertEquals(1000, taken[0]);
    }

    /** The process has room for 20 more descriptors, of which 16 are reserved. */
    @Test
    @Tag("host")
    void receivedDescriptorsNeverGetTheReservedNumbersOfTheProcess() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh"));
        command.addAll(ForkedJvm.command(NearLimit.class));
        assertEquals(new ForkedJvm.Outcome(0, "30 bytes, 4 descriptors, 16 free"), ForkedJvm.run(command));
    }

    static final class NearLimit {

        private static int bytes;

        public static void main(String[] arguments) {
            try (Loop loop = new Loop()) {
                PipePair pair = PipePair.of(loop, true);
                Deque<Integer> all = new ArrayDeque<>();
                hoard(all);
                for (int i = 0; i < 20; i++) {
                    Descriptors.close(all.removeLast());
                }
                pair.other()
                        .readStart(TcpPair.reader(
                                chunk -> {
                                    bytes += chunk.remaining();
                                    if (bytes == 30) {
                                        pair.other().readStop();
                                    }
                                },
                                () -> {}));
                for (int i = 0; i < 30; i++) {
                    pair.one().write(Talk.buffer("x"), pair.one(), error -> {});
                }
                loop.run();
                int free = hoard(all);
                all.forEach(Descriptors::close);
                System.out.println(
                        bytes + " bytes, " + pair.other().pendingCount() + " descriptors, " + free + " free");
            }
        }

        private static int hoard(Deque<Integer> all) {
            int before = all.size();
            for (int fd = open(); fd >= 0; fd = open()) {
                all.add(fd);
            }
            return all.size() - before;
        }

        private static int open() {
            return EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
        }
    }
}
