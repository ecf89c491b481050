package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Journal;
import io.chagres.fixture.KernelView;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import java.io.Closeable;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopCoreTest {

    private final Journal journal = new Journal();

    private static final class Local {}

    @Test
    void loopsAreAvailableHere() {
        assertTrue(Loop.isAvailable());
        assertNull(Loop.unavailabilityCause());
    }

    @Test
    void aClockIsRequired() {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> new Loop(null)).code());
    }

    @Test
    void localsAreMadeOncePerLoop(Loop loop) {
        Local local = LoopCore.of(loop).local(Local.class, Local::new);
        assertSame(local, LoopCore.of(loop).local(Local.class, Local::new));
        try (Loop other = new Loop()) {
            assertNotSame(local, LoopCore.of(other).local(Local.class, Local::new));
        }
    }

    @Test
    void localsThatCanBeClosedAreClosedWithTheLoop() {
        Loop loop = new Loop();
        AutoCloseable first = LoopCore.of(loop).local(AutoCloseable.class, () -> () -> {
            throw new IOException("first");
        });
        LoopCore.of(loop).local(Closeable.class, () -> () -> journal.add("second"));
        assertSame(first, LoopCore.of(loop).local(AutoCloseable.class, () -> null));
        assertThrows(IOException.class, loop::close);
        journal.expect("second");
    }

    @Test
    void callbacksOfAClosingLoopSeeThatResidentsAreRefused() {
        Loop loop = new Loop();
        loop.execute(
                () -> journal.add("closing " + LoopCore.of(loop).residents().areRefused()));
        loop.run();
        loop.execute(
                () -> journal.add("closing " + LoopCore.of(loop).residents().areRefused()));
        loop.close();
        journal.expect("closing false", "closing true");
    }

    @Test
    void aProbeReportsWhetherEpollCanWatchADescriptorAndLeavesNoTrace(Loop loop) {
        LoopCore core = LoopCore.of(loop);
        int closed;
        try (Descriptor event = Descriptor.event(0);
                Descriptor directory = Descriptor.file("/")) {
            closed = event.fd();
            assertEquals(0, core.phases().poller.probe(event.fd()));
            assertEquals(-Errno.EPERM, core.phases().poller.probe(directory.fd()));
        }
        assertEquals(-Errno.EBADF, core.phases().poller.probe(closed));
        assertEquals(1, KernelView.interests(((Loop) core.loop()).backendFd()).size());
    }

    @Test
    void aProbeDoesNotDisturbAWatch(Loop loop) {
        try (Descriptor event = Descriptor.event(1)) {
            Watch watch = new Watch(loop, event.fd(), Epoll.EPOLLIN);
            LoopCore.of(loop).keepAlive();
            loop.run(RunMode.NOWAIT);
            assertEquals(0, LoopCore.of(loop).phases().poller.probe(event.fd()));
            loop.run(RunMode.NOWAIT);
            LoopCore.of(loop).letGo();
            assertEquals(2, watch.events.size());
            watch.detach(true);
        }
    }

    @Test
    void aVisitorMayCloseTheResidentsThatItSees(Loop loop) {
        new Timer(loop);
        new Timer(loop);
        LoopCore.of(loop).residents().visit(resident -> {
            journal.add(resident.toString());
            resident.close();
            new Timer(loop).close();
        });
        journal.expect("Timer (inactive)", "Timer (inactive)");
        loop.run();
        LoopCore.of(loop).residents().visit(resident -> journal.add("left"));
        journal.expect();
    }
}
