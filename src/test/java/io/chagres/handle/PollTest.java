package io.chagres.handle;

import static io.chagres.handle.PollEvents.NONE;
import static io.chagres.handle.PollEvents.READABLE;
import static io.chagres.handle.PollEvents.WRITABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.RawSocket;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class PollTest {

    private final List<String> seen = new ArrayList<>();
    private final Descriptor event = Descriptor.event(0);

    @AfterEach
    void closeTheDescriptor() {
        event.close();
    }

    @Test
    void anEventFdIsReadableUntilItIsRead(Loop loop) {
        Poll poll = watch(loop, READABLE);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of(), seen);
        event.write();
        loop.run(RunMode.NOWAIT);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("readable", "readable"), seen);
        event.read();
        loop.run(RunMode.NOWAIT);
        assertEquals(2, seen.size());
        end(loop, poll);
    }

    @Test
    void aDescriptorThatAnotherThreadMakesReadyEndsTheWait(Loop loop) throws InterruptedException {
        Poll poll = new Poll(loop, event.fd());
        poll.start(READABLE, (events, error) -> {
            record(events, error);
            poll.close();
        });
        Thread other = Thread.ofPlatform().start(event::write);
        assertFalse(loop.run());
        Waits.join(other);
        assertEquals(List.of("readable"), seen);
    }

    @Test
    void onlyWantedPollEventsAreReported(Loop loop) {
        event.write();
        Poll poll = watch(loop, WRITABLE);
        loop.run(RunMode.NOWAIT);
        poll.start(READABLE.add(WRITABLE), this::record);
        loop.run(RunMode.NOWAIT);
        poll.start(READABLE, this::record);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("writable", "readable+writable", "readable"), seen);
        end(loop, poll);
    }

    @Test
    void aSecondStartReplacesTheListener(Loop loop) {
        event.write();
        Poll poll = watch(loop, READABLE);
        poll.start(READABLE, (events, error) -> seen.add("new"));
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("new"), seen);
        end(loop, poll);
    }

    @Test
    void startingForNoEventsStopsThePoll(Loop loop) {
        event.write();
        Poll poll = watch(loop, READABLE);
        poll.start(NONE, this::record);
        assertFalse(poll.isActive());
        assertFalse(loop.run());
        assertEquals(List.of(), seen);
        end(loop, poll);
    }

    @Test
    void aPollIsActiveBetweenStartAndStop(Loop loop) {
        Poll poll = new Poll(loop, event.fd());
        assertEquals(event.fd(), poll.fd());
        assertFalse(poll.isActive());
        poll.start(READABLE, this::record);
        assertTrue(poll.isActive());
        poll.stop();
        poll.stop();
        assertFalse(poll.isActive());
        end(loop, poll);
        poll.stop();
    }

    @Test
    void aPollThatIsStoppedAndStartedAgainContinues(Loop loop) {
        event.write();
        Poll poll = watch(loop, READABLE);
        loop.run(RunMode.NOWAIT);
        poll.stop();
        poll.start(READABLE, this::record);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("readable", "readable"), seen);
        end(loop, poll);
    }

    @Test
    @Covers("libuv:poll_close")
    void closeCallbacksRunForPollsThatAreClosedBeforeTheLoopRuns(Loop loop) {
        int[] closed = {0};
        List<RawSocket> sockets = new ArrayList<>();
        List<Poll> polls = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            sockets.add(RawSocket.tcp());
            polls.add(new Poll(loop, sockets.getLast().fd()));
            polls.getLast().start(READABLE.add(WRITABLE), this::record);
        }
        polls.forEach(poll -> poll.close(() -> closed[0]++));
        loop.run();
        assertEquals(64, closed[0]);
        assertEquals(List.of(), seen);
        sockets.forEach(RawSocket::close);
    }

    @Test
    @Covers("libuv:poll_nested_epoll")
    void anIdleEpollSetCanBeWatchedAndReportsNothing(Loop loop) {
        int epoll = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        Poll poll = new Poll(loop, epoll);
        poll.start(READABLE, this::record);
        assertTrue(loop.run(RunMode.NOWAIT));
        assertEquals(List.of(), seen);
        end(loop, poll);
        assertEquals(0, Descriptors.close(epoll));
    }

    @Test
    @Covers("libuv:poll_multiple_handles")
    void ofTwoHandlesOnADescriptorOneCanBeStarted(Loop loop) {
        try (RawSocket socket = RawSocket.tcp()) {
            Poll first = new Poll(loop, socket.fd());
            Poll second = new Poll(loop, socket.fd());
            first.start(READABLE, this::record);
            UsageException refused = assertThrows(UsageException.class, () -> second.start(READABLE, this::record));
            assertEquals("EEXIST", refused.code());

            first.stop();
            second.start(READABLE, this::record);
            first.close(() -> seen.add("first closed"));
            second.unref();
            assertFalse(loop.run());
            assertEquals(List.of("readable", "first closed"), seen);

            assertTrue(second.isActive());
            second.ref();
            second.close(() -> seen.add("second closed"));
            assertFalse(loop.run());
            assertEquals(List.of("readable", "first closed", "second closed"), seen);
        }
    }

    @Test
    void aHandleForADescriptorThatIsWatchedIsRefused(Loop loop) {
        Poll poll = watch(loop, READABLE);
        UsageException refused = assertThrows(UsageException.class, () -> new Poll(loop, event.fd()));
        assertEquals("EEXIST", refused.code());
        assertEquals("descriptor " + event.fd() + " is watched by another handle of this loop", refused.getMessage());
        end(loop, poll);
    }

    @Test
    void twoLoopsMayWatchOneDescriptor(Loop loop) {
        event.write();
        Poll poll = watch(loop, READABLE);
        try (Loop other = new Loop()) {
            watch(other, READABLE);
            other.run(RunMode.NOWAIT);
        }
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("readable", "readable"), seen);
        end(loop, poll);
    }

    @Test
    void theDescriptorBecomesNonBlocking(Loop loop) {
        Descriptor[] pipe = Descriptor.pipe();
        assertEquals(0, Descriptors.fcntl(pipe[0].fd(), Descriptors.F_SETFL, 0));
        Poll poll = new Poll(loop, pipe[0].fd());
        assertNotEquals(0, Descriptors.fcntl(pipe[0].fd(), Descriptors.F_GETFL, 0) & Descriptors.O_NONBLOCK);
        end(loop, poll);
        pipe[0].close();
        pipe[1].close();
    }

    @Test
    void startOfAPollWithoutArgumentsIsRefused(Loop loop) {
        Poll poll = new Poll(loop, event.fd());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> poll.start(null, this::record))
                        .code());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> poll.start(READABLE, null))
                        .code());
        assertFalse(poll.isActive());
        end(loop, poll);
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> poll.start(READABLE, this::record))
                        .code());
    }

    @Test
    void anotherThreadMayNotUseAPoll(Loop loop) throws InterruptedException {
        Poll poll = watch(loop, READABLE);
        Thread other = Thread.ofPlatform().start(() -> {
            assertThrows(WrongThreadException.class, poll::stop);
            assertThrows(WrongThreadException.class, () -> poll.start(READABLE, this::record));
            assertThrows(WrongThreadException.class, () -> new Poll(loop, event.fd()));
            seen.add("refused");
        });
        Waits.join(other);
        assertEquals(List.of("refused"), seen);
        end(loop, poll);
    }

    private Poll watch(Loop loop, PollEvents events) {
        Poll poll = new Poll(loop, event.fd());
        poll.start(events, this::record);
        return poll;
    }

    private void record(PollEvents events, Exception error) {
        assertNull(error);
        seen.add(events.toString());
    }

    private static void end(Loop loop, Poll poll) {
        poll.close();
        loop.run();
    }

    /** Other processes may share the open file description, so its mode must be restored. */
    @Test
    void aDescriptorIsNonBlockingUntilTheHandleIsClosed(Loop loop) {
        try (RawSocket blocking = RawSocket.tcp()) {
            Descriptors.fcntl(blocking.fd(), Descriptors.F_SETFL, Descriptors.O_RDWR);
            Poll poll = new Poll(loop, blocking.fd());
            poll.stop();
            assertTrue(isNonBlocking(blocking.fd()));
            poll.close();
            assertFalse(isNonBlocking(blocking.fd()));
        }
        loop.run();
    }

    @Test
    void aDescriptorThatWasNonBlockingStaysSo(Loop loop) {
        try (Descriptor event = Descriptor.event(0)) {
            new Poll(loop, event.fd()).close();
            assertTrue(isNonBlocking(event.fd()));
        }
        loop.run();
    }

    private static boolean isNonBlocking(int fd) {
        return (Descriptors.fcntl(fd, Descriptors.F_GETFL, 0) & Descriptors.O_NONBLOCK) != 0;
    }
}
