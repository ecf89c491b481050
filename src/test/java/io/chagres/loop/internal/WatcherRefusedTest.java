package io.chagres.loop.internal;

import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.sys.Epoll.EPOLLIN;
import static io.chagres.sys.Epoll.EPOLLOUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chagres.fixture.Descriptor;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.sys.Errno;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class WatcherRefusedTest {

    private Loop loop;
    private final Descriptor directory = Descriptor.file("/");
    private final Descriptor event = Descriptor.event(1);

    @BeforeEach
    void hold(Loop fixtureLoop) {
        loop = fixtureLoop;
        LoopCore.of(loop).keepAlive();
    }

    @AfterEach
    void close() {
        directory.close();
        event.close();
        LoopCore.of(loop).letGo();
    }

    @Test
    void aRefusalByEpollIsReportedInTheSameIteration() {
        Watch watch = new Watch(loop, directory.fd(), EPOLLIN);
        loop.run(NOWAIT);
        assertEquals(List.of(Errno.EPERM), watch.refusals);
        assertEquals(0, watch.wanted());
        loop.run(NOWAIT);
        assertEquals(1, watch.refusals.size());
        watch.detach(true);
    }

    @Test
    void aLoopDoesNotWaitBeforeItReportsARefusal() {
        Watch watch = new Watch(loop, directory.fd(), EPOLLIN);
        loop.run(RunMode.ONCE);
        assertEquals(1, watch.refusals.size());
        watch.detach(true);
    }

    @Test
    void aDescriptorThatIsNotOpenIsRefused() {
        event.close();
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        loop.run(NOWAIT);
        assertEquals(List.of(Errno.EBADF), watch.refusals);
        watch.detach(true);
    }

    @Test
    void aDescriptorThatOtherCodeClosedIsRefusedAtTheNextChange() {
        Watch watch = new Watch(loop, event.fd(), EPOLLIN);
        loop.run(NOWAIT);
        event.close();
        watch.want(EPOLLIN | EPOLLOUT);
        loop.run(NOWAIT);
        assertEquals(List.of(Errno.EBADF), watch.refusals);
        assertFalse(new Watch(loop).isContested(event.fd()));
        watch.detach(true);
    }

    @Test
    void otherDescriptorsAreWatchedAfterARefusal() {
        Watch refused = new Watch(loop, directory.fd(), EPOLLIN);
        Watch watched = new Watch(loop, event.fd(), EPOLLIN);
        loop.run(NOWAIT);
        assertEquals(1, refused.refusals.size());
        assertEquals(1, watched.events.size());
        refused.detach(true);
        watched.detach(true);
    }

    @Test
    void aWatcherThatWasDetachedMeanwhileGetsNoRefusal() {
        Watch refused = new Watch(loop, directory.fd(), EPOLLIN);
        Watch watched = new Watch(loop, event.fd(), EPOLLIN).then(() -> refused.detach(true));
        loop.run(NOWAIT);
        assertEquals(List.of(), refused.refusals);
        watched.detach(true);
    }

    @Test
    void aWatcherThatHasANewDescriptorOfTheNumberGetsNoRefusal() {
        Watch refused = new Watch(loop, directory.fd(), EPOLLIN);
        Descriptor[] reused = new Descriptor[1];
        Watch watched = new Watch(loop, event.fd(), EPOLLIN);
        watched.then(() -> {
            watched.want(0);
            int number = refused.detach(true);
            directory.close();
            reused[0] = event.duplicate(number);
            refused.attach(reused[0].fd());
        });
        loop.run(NOWAIT);
        assertEquals(directory.fd(), reused[0].fd());
        assertEquals(List.of(), refused.refusals);
        refused.want(EPOLLIN);
        loop.run(NOWAIT);
        assertEquals(List.of(EPOLLIN), refused.events);
        refused.detach(true);
        watched.detach(true);
        reused[0].close();
    }

    @Test
    void aRefusedWatcherThatAsksAgainIsRefusedAgain() {
        Watch watch = new Watch(loop, directory.fd(), EPOLLIN);
        loop.run(NOWAIT);
        watch.want(EPOLLIN);
        loop.run(NOWAIT);
        assertEquals(List.of(Errno.EPERM, Errno.EPERM), watch.refusals);
        watch.detach(true);
    }
}
