package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.loop.Loop;
import io.chagres.loop.WorkerPool;
import java.lang.reflect.Field;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;

/** A pool that takes no work; in a JVM of its own, as a process has one pool. */
class WorkRefusedTest {

    @Test
    void workThatThePoolRefusesIsNotWaitedFor() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, """
            refused
            alive false
            refused
            alive false
            closed"""), ForkedJvm.run(Refused.class));
    }

    /** What runs there. */
    static final class Refused {

        public static void main(String[] arguments) throws Exception {
            breakThePool();
            Loop loop = new Loop();
            submit(loop, () -> Work.submit(loop, () -> null, (result, failure) -> System.out.println("called back")));
            submit(loop, () -> Work.submitSlow(loop, () -> null, (result, failure) -> System.out.println("called back")));
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

        /** It refuses work as it does when no thread can be made: by throwing. */
        private static void breakThePool() throws IllegalAccessException {
            for (Field field : WorkerPool.class.getDeclaredFields()) {
                if (ExecutorService.class.isAssignableFrom(field.getType())) {
                    field.setAccessible(true);
                    ((ExecutorService) field.get(WorkerPool.shared())).shutdown();
                }
            }
        }
    }
}
