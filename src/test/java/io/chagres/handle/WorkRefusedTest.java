package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.WorkerPool;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool that takes no work; in a separate JVM, because a process has one pool. */
@ExtendWith(HangGuard.class)
@Tag("host")
class WorkRefusedTest {

    @Test
    void theLoopDoesNotWaitForWorkThatThePoolRefuses() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, """
            refused
            alive false
            refused
            alive false
            closed"""), ForkedJvm.run(Refused.class));
    }

    /** The program of that JVM. */
    static final class Refused {

        public static void main(String[] arguments) throws Exception {
            breakThePool();
            Loop loop = new Loop();
            submit(loop, () -> Work.submit(loop, () -> null, (result, failure) -> System.out.println("called back")));
            submit(
                    loop,
                    () -> Work.submitSlow(loop, () -> null, (result, failure) -> System.out.println("called back")));
            loop.closeStrictly();
            System.out.println("closed");
        }

        private static void submit(Loop loop, Runnable submission) {
            try {
                submission.run();
            } catch (RuntimeException | Error refused) {
                System.out.println("refused");
            }
            System.out.println("alive " + loop.isAlive());
        }

        /** Puts a pool in place for which no thread can be made. */
        private static void breakThePool() throws ReflectiveOperationException {
            Constructor<WorkerPool> constructor =
                    WorkerPool.class.getDeclaredConstructor(int.class, ThreadFactory.class);
            constructor.setAccessible(true);
            ThreadFactory none = worker -> {
                throw new OutOfMemoryError("unable to create native thread");
            };
            Field shared = WorkerPool.class.getDeclaredField("shared");
            shared.setAccessible(true);
            shared.set(null, constructor.newInstance(4, none));
        }
    }
}
