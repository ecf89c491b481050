package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.PipeReader;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Idle;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Pipes that close while another descriptor has the same open file description: as in a child process, or after dup(2). */
@ConnectionTest
class PipeSharedDescriptionTest {

    private final Journal journal = new Journal();
    private int turns;
    private int idles;

    @Test
    @Covers("libuv:closed_fd_events")
    void aClosedPipeWhoseDescriptionLivesOnDelaysNoTimer(Loop loop) {
        int[] ends = Pipe.pipe2();
        int copy = duplicate(ends[0]);
        Pipe pipe = PipePair.opened(new Pipe(loop), ends[0]);
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> turns++);
        pipe.readStart(TcpPair.reader(
                bytes -> {
                    journal.add("bytes");
                    pipe.close();
                    PipePair.writeRaw(ends[1], "yy");
                    Timer.after(loop, 10, () -> {
                        journal.add("timer");
                        prepare.close();
                    });
                },
                journal.note("end")));
        PipePair.writeRaw(ends[1], "x");
        loop.run();
        journal.expect("bytes", "timer");
        assertTrue(turns < 10, () -> turns + " turns");
        assertEquals("yy", PipePair.readRaw(copy));
        Descriptors.close(copy);
        Descriptors.close(ends[1]);
    }

    @Test
    @Covers("libuv:iouring_pollhup")
    void theHangUpOfAClosedPipeReachesNoOtherPipeOfTheSameNumber(Loop loop) {
        int[] ends = Pipe.pipe2();
        int[] next = Pipe.pipe2();
        int copy = duplicate(ends[0]);
        Pipe second = new Pipe(loop);
        Idle idle = new Idle(loop);
        Pipe first = PipePair.opened(new Pipe(loop), ends[0]);
        first.readStart(TcpPair.reader(bytes -> journal.add("bytes"), () -> {
            journal.add("first end");
            first.close();
            idle.start(() -> onIdle(idle, second, next));
        }));
        Descriptors.close(ends[1]);
        loop.run();
        Descriptors.close(copy);
        journal.expect("first end", "end of the next");
    }

    private void onIdle(Idle idle, Pipe second, int[] next) {
        if (++idles == 1) {
            second.open(next[0]);
            second.readStart(new PipeReader(ByteBuffer.allocate(32), count -> journal.add("count " + count), () -> {
                journal.add("end of the next");
                second.close();
            }));
        } else {
            idle.close();
            Descriptors.close(next[1]);
        }
    }

    private static int duplicate(int fd) {
        return Descriptors.fcntl(fd, Descriptors.F_DUPFD_CLOEXEC, 0);
    }
}
