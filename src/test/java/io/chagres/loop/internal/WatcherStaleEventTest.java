package io.chagres.loop.internal;

import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.sys.Epoll.EPOLLIN;
import static io.chagres.sys.Epoll.EPOLLOUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Handle;
import io.chagres.handle.Poll;
import io.chagres.handle.PollEvents;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A batch of events is fetched at once. What its first callbacks do must apply to its later events. */
@ExtendWith(LoopFixture.class)
class WatcherStaleEventTest {

    private Loop loop;
    private final Descriptor[] events = {Descriptor.event(1), Descriptor.event(1)};
    private final Watch[] watches = new Watch[2];
    /** In the order of their callbacks, which the kernel decides. */
    private int called;

    private int other;

    @BeforeEach
    void watchBoth(Loop fixtureLoop) {
        loop = fixtureLoop;
        LoopCore.of(loop).keepAlive();
        watches[0] = new Watch(loop, events[0].fd(), EPOLLIN);
        watches[1] = new Watch(loop, events[1].fd(), EPOLLIN);
    }

    @AfterEach
    void close() {
        for (int i = 0; i < 2; i++) {
            watches[i].detach(true);
            events[i].close();
        }
        LoopCore.of(loop).letGo();
    }

    /** The first of the two callbacks in the batch does {@code action}. */
    private void first(Runnable action) {
        for (int i = 0; i < 2; i++) {
            int me = i;
            watches[i].then(() -> {
                if (watches[0].events.size() + watches[1].events.size() == 1) {
                    called = me;
                    other = 1 - me;
                    action.run();
                }
            });
        }
        loop.run(NOWAIT);
        assertEquals(1, watches[called].events.size());
    }

    @Test
    void anEventOfADescriptorThatWasClosedMeanwhileIsDropped() {
        first(() -> {
            watches[other].detach(false);
            events[other].close();
        });
        assertEquals(List.of(), watches[other].events);
    }

    @Test
    void anEventOfAWatcherThatWasPausedMeanwhileIsDropped() {
        first(() -> watches[other].want(0));
        assertEquals(List.of(), watches[other].events);
    }

    @Test
    void anEventThatIsNoLongerWantedIsDropped() {
        first(() -> watches[other].want(EPOLLOUT));
        assertEquals(List.of(), watches[other].events);
        loop.run(NOWAIT);
        assertEquals(List.of(EPOLLOUT), watches[other].events);
    }

    @Test
    void anEventIsNotGivenToTheNextOwnerOfTheNumber() {
        Watch[] next = new Watch[1];
        Descriptor unready = Descriptor.event(0);
        Descriptor[] reused = new Descriptor[1];
        first(() -> {
            reused[0] = reuse(other, unready);
            next[0] = new Watch(loop, reused[0].fd(), EPOLLIN);
        });
        assertEquals(List.of(), next[0].events);
        loop.run(NOWAIT);
        assertEquals(List.of(), next[0].events);
        unready.write();
        loop.run(NOWAIT);
        assertEquals(List.of(EPOLLIN), next[0].events);
        next[0].detach(true);
        reused[0].close();
        unready.close();
    }

    @Test
    void anEventIsNotGivenToTheSameWatcherWithANewDescriptorOfTheNumber() {
        Descriptor unready = Descriptor.event(0);
        Descriptor[] reused = new Descriptor[1];
        first(() -> {
            reused[0] = reuse(other, unready);
            watches[other].attach(reused[0].fd());
            watches[other].want(EPOLLIN);
        });
        assertEquals(List.of(), watches[other].events);
        watches[other].detach(true);
        reused[0].close();
        unready.close();
    }

    /** Closes a watched descriptor and opens {@code instead} under its number. */
    private Descriptor reuse(int which, Descriptor instead) {
        int number = watches[which].detach(false);
        events[which].close();
        Descriptor reused = instead.duplicate(number);
        assertEquals(number, reused.fd());
        return reused;
    }

    @Test
    @Covers("libuv:watcher_cross_stop")
    void ofThousandsThatTheFirstCallbackClosesNoOtherIsCalled() {
        List<Descriptor> many = Descriptor.readableEvents(2500);
        List<Poll> polls = new ArrayList<>();
        int[] calls = {0};
        int[] closed = {0};
        for (Descriptor each : many) {
            Poll poll = new Poll(loop, each.fd());
            polls.add(poll);
            poll.start(PollEvents.READABLE, (ready, error) -> {
                calls[0]++;
                polls.forEach(one -> one.close(() -> closed[0]++));
                many.forEach(Descriptor::close);
            });
        }
        Handle.walk(loop, handle -> assertTrue(handle.isActive()));
        loop.run(NOWAIT);
        assertEquals(1, calls[0]);
        assertEquals(2500, closed[0]);
    }
}
