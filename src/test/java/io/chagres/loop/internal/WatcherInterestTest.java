package io.chagres.loop.internal;

import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.sys.Epoll.EPOLLERR;
import static io.chagres.sys.Epoll.EPOLLHUP;
import static io.chagres.sys.Epoll.EPOLLIN;
import static io.chagres.sys.Epoll.EPOLLOUT;
import static io.chagres.sys.Epoll.EPOLLRDHUP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Descriptor;
import io.chagres.fixture.KernelView;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class WatcherInterestTest {

    private static final int ALWAYS = EPOLLERR | EPOLLHUP;

    private Loop loop;
    private Descriptor event;

    @BeforeEach
    void open(Loop fixtureLoop) {
        loop = fixtureLoop;
        LoopCore.of(loop).keepAlive();
        event = Descriptor.event(1);
    }

    @AfterEach
    void close() {
        event.close();
        LoopCore.of(loop).letGo();
    }

    /** Returns the events that the kernel watches {@code descriptor} for, or null. */
    private Integer watchedEvents(Descriptor descriptor) {
        return KernelView.interests(loop.backendFd()).get(descriptor.fd());
    }

    private void turn() {
        loop.run(NOWAIT);
    }

    @Test
    void interestReachesTheKernelRightBeforeTheLoopPolls() {
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        assertNull(watchedEvents(event));
        turn();
        assertEquals(EPOLLIN | ALWAYS, watchedEvents(event));
        watch.add(EPOLLOUT);
        assertEquals(EPOLLIN | ALWAYS, watchedEvents(event));
        turn();
        assertEquals(EPOLLIN | EPOLLOUT | ALWAYS, watchedEvents(event));
        watch.remove(EPOLLIN);
        turn();
        assertEquals(EPOLLOUT | ALWAYS, watchedEvents(event));
        watch.want(0);
        turn();
        assertNull(watchedEvents(event));
        assertEquals(List.of(EPOLLIN, EPOLLIN | EPOLLOUT, EPOLLOUT), watch.events);
        watch.detach(false);
    }

    @Test
    void changesThatCancelOutNeverReachTheKernel() {
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        turn();
        event.close(); // from now on the kernel would refuse each change
        watch.add(EPOLLOUT);
        watch.remove(EPOLLOUT);
        turn();
        watch.want(0);
        watch.want(EPOLLIN);
        turn();
        assertEquals(List.of(), watch.refusals);
        watch.add(EPOLLOUT);
        turn();
        assertEquals(1, watch.refusals.size());
        watch.detach(false);
    }

    @Test
    void interestThatIsWithdrawnBeforePollingNeverReachesTheKernel() {
        try (Descriptor directory = Descriptor.file("/")) {
            Watch watch = new Watch(loop, directory.fd(), EPOLLIN);
            watch.want(0);
            turn();
            assertEquals(List.of(), watch.refusals);
            watch.detach(true);
        }
    }

    @Test
    void readinessIsReportedAgainUntilItIsGone() {
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        turn();
        turn();
        event.read();
        turn();
        assertEquals(List.of(EPOLLIN, EPOLLIN), watch.events);
        watch.detach(true);
    }

    @Test
    void aWatcherThatIsStoppedAndStartedInItsOwnCallbackContinues() {
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        watch.then(() -> {
            watch.want(0);
            watch.want(EPOLLIN);
        });
        turn();
        turn();
        assertEquals(2, watch.events.size());
        watch.detach(true);
    }

    @Test
    void onlyWantedEventsAreReported() {
        Watch watch = new Watch(loop, event.fd(), EPOLLOUT);
        turn();
        assertEquals(List.of(EPOLLOUT), watch.events);
        watch.detach(true);
    }

    @Test
    void errorsAndHangUpsAreReportedAlsoIfNotWanted() {
        Descriptor[] pipe = Descriptor.pipe();
        Watch reading = new Watch(loop, pipe[0].fd(), EPOLLRDHUP);
        Watch writing = new Watch(loop, pipe[1].fd(), EPOLLRDHUP);
        turn();
        assertEquals(List.of(), reading.events);
        writing.detach(true);
        pipe[1].close();
        turn();
        assertEquals(List.of(EPOLLHUP), reading.events);
        reading.detach(true);
        pipe[0].close();
    }

    @Test
    void detachWithForgetRemovesTheDescriptorFromTheEpollSetAtOnce() {
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        turn();
        assertEquals(event.fd(), watch.detach(true));
        assertNull(watchedEvents(event));
        assertEquals(-1, watch.fd());
        assertEquals(-1, watch.detach(true));
    }

    @Test
    void detachWithoutForgetLeavesTheDescriptorInTheEpollSet() {
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        turn();
        watch.detach(false);
        assertEquals(EPOLLIN | ALWAYS, watchedEvents(event));
        event.close();
        assertNull(watchedEvents(event));
    }

    @Test
    void aDescriptorThatWasLeftInTheEpollSetCanBeWatchedAgain() {
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        turn();
        watch.detach(false);
        watch.attach(event.fd());
        watch.want(EPOLLOUT);
        turn();
        assertEquals(List.of(EPOLLIN, EPOLLOUT), watch.events);
        assertEquals(List.of(), watch.refusals);
        watch.detach(true);
    }

    @Test
    void ofTwoWatchersOnADescriptorThePausedOneGivesWay() {
        Watch first = new Watch(loop, event.fd(), EPOLLIN);
        Watch second = new Watch(loop);
        turn();
        assertTrue(second.isContested(event.fd()));
        first.want(0);
        assertFalse(second.isContested(event.fd()));
        second.attach(event.fd());
        second.want(EPOLLIN);
        turn();
        assertEquals(1, first.events.size());
        assertEquals(1, second.events.size());
        second.want(0);
        first.want(EPOLLIN);
        turn();
        assertEquals(2, first.events.size());
        assertEquals(1, second.events.size());
        second.detach(true);
        assertEquals(EPOLLIN | ALWAYS, watchedEvents(event));
        turn();
        assertEquals(3, first.events.size(), "the other takes nothing with it");
        first.detach(true);
    }

    @Test
    void aDescriptorWithAHighNumberCanBeWatched() {
        try (Descriptor high = event.duplicate(3000)) {
            Watch watch = new Watch(loop, high.fd(), EPOLLIN);
            turn();
            assertEquals(List.of(EPOLLIN), watch.events);
            watch.detach(true);
        }
    }

    @Test
    void manyChangesInOneTurnAllReachTheKernel() {
        List<Descriptor> events = Descriptor.readableEvents(100);
        List<Watch> watches =
                events.stream().map(each -> new Watch(loop, each.fd(), EPOLLIN)).toList();
        turn();
        watches.forEach(watch -> assertEquals(List.of(EPOLLIN), watch.events));
        watches.forEach(watch -> watch.detach(false));
        events.forEach(Descriptor::close);
    }
}
