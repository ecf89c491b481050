package io.chagres.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Waits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The processor of a thread, and the program that chooses a socket by it: the kernel's answers. */
@ExtendWith(HangGuard.class)
class AffinityTest {

    @Test
    void aThreadThatWasPinnedMayUseThatProcessorOnly() {
        FutureTask<String> task = new FutureTask<>(() -> {
            assertEquals(0, Affinity.sched_setaffinity(0, Affinity.mask(0)));
            return Files.readString(Path.of("/proc/thread-self/status"));
        });
        Thread.ofPlatform().start(task);
        assertTrue(Waits.get(task).contains("Cpus_allowed_list:\t0\n"));
    }

    @Test
    void aProcessorThatDoesNotExistIsRefused() {
        assertEquals(-Errno.EINVAL, Affinity.sched_setaffinity(0, Affinity.mask(1000)));
        assertEquals(-Errno.ESRCH, Affinity.sched_setaffinity(Integer.MAX_VALUE, Affinity.mask(0)));
    }

    @Test
    @Tag("no-qemu")
    void theProgramIsAcceptedForASocketWithReusePortAndForNoOther() {
        int socket = Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0);
        try {
            assertEquals(-Errno.EINVAL, SocketFilter.attachByProcessor(socket, 0, 1));
            Sockets.setsockopt(socket, Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT, 1);
            assertEquals(0, SocketFilter.attachByProcessor(socket, 0, 1));
            assertEquals(0, SocketFilter.attachByProcessor(socket, 7, 3, 11));
            int[] tooMany = new int[3000];
            Arrays.fill(tooMany, 5);
            assertEquals(-Errno.EINVAL, SocketFilter.attachByProcessor(socket, tooMany));
        } finally {
            Descriptors.close(socket);
        }
    }
}
