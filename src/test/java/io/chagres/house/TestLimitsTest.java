package io.chagres.house;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;

/** Every wait of a test has a limit. */
@ExtendWith(HangGuard.class)
class TestLimitsTest {

    private static final Set<String> ENDLESS = new TreeSet<>();

    static {
        endless(Thread.class, "join");
        endless(Process.class, "waitFor");
        endless(Object.class, "wait");
        endless(CountDownLatch.class, "await");
        endless(CyclicBarrier.class, "await");
        endless(Semaphore.class, "acquire", "acquireUninterruptibly");
        ENDLESS.add(Semaphore.class.getName() + ".acquire(int)");
        endless(Future.class, "get");
        endless(FutureTask.class, "get");
        endless(CompletableFuture.class, "get", "join");
        endless(BlockingQueue.class, "take");
        endless(LinkedBlockingQueue.class, "take");
    }

    private static void endless(Class<?> type, String... methods) {
        Stream.of(methods).map(method -> type.getName() + "." + method + "()").forEach(ENDLESS::add);
    }

    @Test
    void noTestWaitsForAnotherThreadOrProcessWithoutALimit() {
        Set<String> waits = TestClasses.ALL.stream()
                .filter(type -> !type.isEquivalentTo(Waits.class))
                .flatMap(type -> type.getMethodCallsFromSelf().stream())
                .filter(TestLimitsTest::isEndless)
                .map(call -> call.getSourceCodeLocation().toString())
                .collect(toCollection(TreeSet::new));
        assertEquals(Set.of(), waits, "these wait without a limit, and " + Waits.class.getSimpleName() + " has one");
    }

    private static boolean isEndless(JavaMethodCall call) {
        return ENDLESS.contains(call.getTarget().getFullName());
    }

    /** No interrupt ends a loop that waits in the kernel, or a test that computes for ever. */
    @Test
    void everyTestHasAGuard() {
        Set<String> unguarded = TestClasses.ALL.stream()
                .filter(TestLimitsTest::hasTests)
                .filter(type -> !isExtended(type))
                .map(JavaClass::getName)
                .collect(toCollection(TreeSet::new));
        assertEquals(
                Set.of(),
                unguarded,
                "these have neither " + LoopFixture.class.getSimpleName() + " nor " + HangGuard.class.getSimpleName());
    }

    private static boolean hasTests(JavaClass type) {
        return type.getMethods().stream()
                .anyMatch(method -> method.isAnnotatedWith(Test.class)
                        || method.isAnnotatedWith(ParameterizedTest.class)
                        || method.isAnnotatedWith(TestFactory.class));
    }

    private static boolean isExtended(JavaClass type) {
        return type.isAnnotatedWith(ExtendWith.class)
                || type.isMetaAnnotatedWith(ExtendWith.class)
                || type.getSuperclass()
                        .map(parent -> isExtended(parent.toErasure()))
                        .orElse(false);
    }
}
