package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class WorkLoopCloseTest {

    private final List<String> calls = new ArrayList<>();
    private final Gate started = new Gate();
    private final Gate mayEnd = new Gate();

    private void keep(Object result, Throwable failure) {
        calls.add(failure instanceof SystemException error ? error.code() : String.valueOf(result));
    }

    private Object wait(String result) throws InterruptedException {
        started.open();
        mayEnd.await();
        return result;
    }

    @Test
    void closeWaitsForARunningJobAndMakesItsCallback() throws InterruptedException {
        Loop loop = new Loop();
        Work.submit(loop, () -> wait("finished"), this::keep);
        started.await();
        new Async(loop, () -> {}).close(mayEnd::open);
        loop.close();
        assertEquals(List.of("finished"), calls);
    }

    @Test
    void closeCancelsQueuedJobs(Loop other) throws InterruptedException {
        BusyWorkers busy = new BusyWorkers(other);
        Loop loop = new Loop();
        Work.submit(loop, () -> "ran", this::keep);
        Work.submitSlow(loop, () -> "ran", this::keep);
        loop.close();
        assertEquals(List.of("ECANCELED", "ECANCELED"), calls);
        busy.letGo();
        other.run();
        assertEquals(2, calls.size());
    }

    @Test
    void aCallbackInCloseCannotSubmitMore() throws InterruptedException {
        Loop loop = new Loop();
        Work.submit(loop, () -> wait("finished"), (result, failure) -> {
            keep(result, failure);
            UsageException refused =
                    assertThrows(UsageException.class, () -> Work.submit(loop, () -> "more", this::keep));
            calls.add(refused.code());
        });
        started.await();
        mayEnd.open();
        loop.close();
        assertEquals(List.of("finished", "ERR_LOOP_CLOSED"), calls);
    }

    @Test
    @Covers("libuv:loop_instant_close")
    @Tag("host")
    void aProcessMayEndWithWorkOnALoopThatNeverRan() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(EndAtOnce.class);
        assertTrue(
                outcome.output().startsWith("end\nthe loop of thread \"main\" has work and was never run"),
                outcome::output);
        assertEquals(0, outcome.status());
    }

    static final class EndAtOnce {
        public static void main(String[] arguments) {
            Loop loop = new Loop();
            for (int i = 0; i < 10; i++) {
                Work.submit(
                        loop,
                        () -> {
                            Thread.sleep(Long.MAX_VALUE);
                            return null;
                        },
                        (result, failure) -> {});
            }
            System.out.println("end");
        }
    }
}
