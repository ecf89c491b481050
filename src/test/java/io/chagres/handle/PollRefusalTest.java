package io.chagres.handle;

import static io.chagres.handle.PollEvents.DISCONNECT;
import static io.chagres.handle.PollEvents.READABLE;
import static io.chagres.handle.PollEvents.WRITABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.RawSocket;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.sys.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors that cannot be watched, cannot be watched any more, or whose other end is closed. */
@ExtendWith(LoopFixture.class)
class PollRefusalTest {

    private final List<String> seen = new ArrayList<>();

    @Test
    @Covers("libuv:poll_bad_fdtype")
    void aDirectoryCannotBeWatched(Loop loop) {
        try (Descriptor directory = Descriptor.file(".")) {
            SystemException refused = assertThrows(SystemException.class, () -> new Poll(loop, directory.fd()));
            assertEquals(
                    "epoll_ctl EPERM: operation not permitted (descriptor " + directory.fd()
                            + " is a file or directory, which is always ready and can't be watched)",
                    refused.getMessage());
        }
        loop.run();
    }

    @Test
    void aFileCannotBeWatched(Loop loop, @TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        try (Descriptor descriptor = Descriptor.file(file.toString())) {
            assertEquals(
                    "EPERM",
                    assertThrows(SystemException.class, () -> new Poll(loop, descriptor.fd()))
                            .code());
        }
        loop.run();
    }

    @Test
    void aNegativeDescriptorIsRefused(Loop loop) {
        UsageException refused = assertThrows(UsageException.class, () -> new Poll(loop, -1));
        assertEquals("EINVAL", refused.code());
        assertEquals("fd must not be negative: -1", refused.getMessage());
        loop.run();
    }

    @Test
    void aDescriptorThatIsNotOpenIsRefusedWithEbadf(Loop loop) {
        SystemException refused = assertThrows(SystemException.class, () -> new Poll(loop, 1_000_000));
        assertEquals("EBADF", refused.code());
        assertEquals(Errno.EBADF, refused.errno());
        assertEquals("epoll_ctl", refused.syscall());
        loop.run();
    }

    @Test
    void aRefusedPollLeavesNothingOnTheLoop(Loop loop) {
        assertThrows(SystemException.class, () -> new Poll(loop, 1_000_000));
        assertFalse(loop.run());
        Handle.walk(loop, handle -> seen.add(handle.toString()));
        assertEquals(List.of(), seen);
    }

    @Test
    void aDescriptorThatIsClosedBeforeTheLoopRunsIsReportedOnce(Loop loop) {
        Descriptor event = Descriptor.event(1);
        Poll poll = watch(loop, event.fd(), READABLE);
        event.close();
        assertFalse(loop.run());
        assertEquals(List.of("none EBADF"), seen);
        assertFalse(poll.isActive());
        end(loop, poll);
    }

    @Test
    void aDescriptorThatIsClosedMeanwhileIsReportedAtTheNextChange(Loop loop) {
        Descriptor event = Descriptor.event(0);
        Poll poll = watch(loop, event.fd(), READABLE);
        loop.run(RunMode.NOWAIT);
        event.close();
        assertTrue(loop.run(RunMode.NOWAIT));
        poll.start(READABLE.add(WRITABLE), this::record);
        assertFalse(loop.run());
        assertEquals(List.of("none EBADF"), seen);
        assertFalse(poll.isActive());
        end(loop, poll);
    }

    @Test
    void aDescriptorThatIsClosedMeanwhileCanBeStopped(Loop loop) {
        Descriptor event = Descriptor.event(0);
        Poll poll = watch(loop, event.fd(), READABLE);
        loop.run(RunMode.NOWAIT);
        event.close();
        end(loop, poll);
        assertEquals(List.of(), seen);
    }

    @Test
    void aPipeWithoutReaderIsInAnErrorState(Loop loop) {
        Descriptor[] pipe = Descriptor.pipe();
        pipe[0].close();
        Poll poll = watch(loop, pipe[1].fd(), WRITABLE);
        assertFalse(loop.run());
        assertEquals(List.of("none EBADF"), seen);
        assertFalse(poll.isActive());
        end(loop, poll);
        pipe[1].close();
    }

    @Test
    void aRefusedConnectionIsAnErrorState(Loop loop) {
        RawSocket listener = RawSocket.listening();
        int port = listener.port();
        listener.close();
        try (RawSocket socket = RawSocket.tcp()) {
            Poll poll = watch(loop, socket.fd(), READABLE.add(WRITABLE));
            socket.connect(port);
            assertFalse(loop.run());
            assertEquals(List.of("none EBADF"), seen);
            end(loop, poll);
        }
    }

    @Test
    void anErrorStateCanBeStartedAgainAndIsReportedAgain(Loop loop) {
        Descriptor[] pipe = Descriptor.pipe();
        pipe[0].close();
        Poll poll = watch(loop, pipe[1].fd(), WRITABLE);
        loop.run();
        poll.start(WRITABLE, this::record);
        loop.run();
        assertEquals(List.of("none EBADF", "none EBADF"), seen);
        end(loop, poll);
        pipe[1].close();
    }

    @Test
    void aPipeWithoutWriterIsReadable(Loop loop) {
        assertHangUpIsReportedAs("readable", READABLE, loop);
    }

    @Test
    void aHangUpIsReportedAsAllWantedEvents(Loop loop) {
        assertHangUpIsReportedAs("disconnect", DISCONNECT, loop);
    }

    private void assertHangUpIsReportedAs(String expected, PollEvents asked, Loop loop) {
        Descriptor[] pipe = Descriptor.pipe();
        pipe[1].close();
        Poll poll = watch(loop, pipe[0].fd(), asked);
        loop.run(RunMode.ONCE);
        assertEquals(List.of(expected + " null"), seen);
        assertTrue(poll.isActive());
        end(loop, poll);
        pipe[0].close();
    }

    @Test
    void theEndOfThePeerIsReportedAsDisconnectIfWanted(Loop loop) {
        Descriptor[] pair = Descriptor.socketPair();
        pair[1].close();
        Poll poll = watch(loop, pair[0].fd(), DISCONNECT);
        loop.run(RunMode.ONCE);
        poll.start(READABLE, this::record);
        loop.run(RunMode.ONCE);
        poll.start(READABLE.add(DISCONNECT), this::record);
        loop.run(RunMode.ONCE);
        assertEquals(List.of("disconnect null", "readable null", "readable+disconnect null"), seen);
        end(loop, poll);
        pair[0].close();
    }

    private Poll watch(Loop loop, int fd, PollEvents events) {
        Poll poll = new Poll(loop, fd);
        poll.start(events, this::record);
        return poll;
    }

    private void record(PollEvents events, SystemException error) {
        seen.add(events + " " + (error == null ? null : error.code()));
    }

    private static void end(Loop loop, Poll poll) {
        poll.close();
        loop.run();
    }
}
