package io.chagres.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.StuckLoopException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The loops of a group: start, names, processors, work for all, and the end. */
@ExtendWith(LoopFixture.class)
class LoopGroupTest {

    private static final Duration SHORT = Duration.ofMillis(30);

    @Test
    void eachLoopHasAThreadOfItsNameAndHasRunTheSetup() {
        List<String> setups = Collections.synchronizedList(new ArrayList<>());
        try (LoopGroup group = LoopGroup.start(
                3,
                GroupOptions.named("http")
                        .setup(loop -> setups.add(Thread.currentThread().getName())))) {
            assertEquals(List.of("http-0", "http-1", "http-2"), setups);
            assertEquals(3, group.size());
            assertEquals(3, new HashSet<>(group.loops()).size());
            assertEquals(-1, group.cpu(0));
            assertTrue(group.isReady());
            assertEquals("LoopGroup (http, 3 loops, 0 servers)", group.toString());
        }
    }

    @Test
    void withoutANumberThereIsALoopForEachProcessor() {
        try (LoopGroup group = LoopGroup.start()) {
            assertEquals(
                    Math.min(Processors.allowed().size(), Runtime.getRuntime().availableProcessors()), group.size());
        }
    }

    @Test
    void theListOfProcessorsIsParsed() {
        assertEquals(List.of(0, 1, 2, 3, 8), Processors.parse("0-3,8"));
        assertEquals(List.of(5), Processors.parse("5"));
    }

    @Test
    void aPinnedLoopMayUseOneProcessor() throws Exception {
        List<Integer> allowed = Processors.allowed();
        try (LoopGroup group =
                LoopGroup.start(allowed.size(), GroupOptions.defaults().pinned(true))) {
            for (int i = 0; i < group.size(); i++) {
                CompletableFuture<List<String>> status = new CompletableFuture<>();
                group.loops().get(i).execute(() -> status.complete(lines("/proc/thread-self/status")));
                assertTrue(Waits.get(status).contains("Cpus_allowed_list:\t" + group.cpu(i)));
                assertEquals(allowed.get(i), group.cpu(i));
            }
        }
        UsageException refused = assertThrows(
                UsageException.class,
                () -> LoopGroup.start(
                        allowed.size() + 1, GroupOptions.defaults().pinned(true)));
        assertEquals("EINVAL", refused.code());
    }

    private static List<String> lines(String path) {
        try {
            return java.nio.file.Files.readAllLines(java.nio.file.Path.of(path));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSetupThatFailsOnTheThirdOfFourLoopsClosesTheOthersAndIsThrown() {
        IllegalStateException broken = new IllegalStateException("no cache");
        AtomicInteger setups = new AtomicInteger();
        ChagresException failed = assertThrows(
                ChagresException.class,
                () -> LoopGroup.start(4, GroupOptions.named("http").setup(loop -> {
                    if (setups.incrementAndGet() == 3) {
                        throw broken;
                    }
                })));
        assertEquals(
                "loop 2 of 4, \"http-2\", has not started: java.lang.IllegalStateException: no cache",
                failed.getMessage());
        assertSame(broken, failed.getCause());
        assertEquals(3, setups.get());
    }

    @Test
    void aGroupWithoutALoopIsRefused() {
        assertEquals(
                "a group has one loop or more. Received 0",
                assertThrows(UsageException.class, () -> LoopGroup.start(0)).getMessage());
    }

    @Test
    void forEachRunsOnEachLoop() {
        try (LoopGroup group = LoopGroup.start(3)) {
            Set<String> threads = Collections.synchronizedSet(new HashSet<>());
            Waits.get(group.forEach(loop -> threads.add(Thread.currentThread().getName())));
            assertEquals(Set.of("loop-0", "loop-1", "loop-2"), threads);
            CompletableFuture<Void> failed = group.forEach(loop -> {
                throw new IllegalStateException("broken");
            });
            assertEquals(
                    "broken",
                    Waits.get(failed.handle((none, thrown) -> thrown))
                            .getCause()
                            .getMessage());
        }
    }

    @Test
    void nextReturnsTheLoopsInTurn() {
        try (LoopGroup group = LoopGroup.start(2)) {
            Loop first = group.next();
            Loop second = group.next();
            assertFalse(first == second);
            assertSame(first, group.next());
            assertNotNull(group.leastBusy());
        }
    }

    @Test
    void joinReturnsWhenTheGroupIsClosed() throws InterruptedException {
        LoopGroup group = LoopGroup.start(2);
        assertFalse(group.join(Duration.ZERO));
        Thread closer = Thread.ofPlatform().start(group::close);
        group.join();
        assertTrue(group.join(Duration.ZERO));
        assertNull(group.failure());
        assertFalse(group.isReady());
        Waits.join(closer);
        assertEquals("LoopGroup (loop, 2 loops, 0 servers, closed)", group.toString());
        assertThrows(
                RejectedExecutionException.class, () -> group.loops().get(0).execute(() -> {}));
    }

    @Test
    void closeOnALoopOfTheGroupDoesNotWait() throws InterruptedException {
        LoopGroup group = LoopGroup.start(2);
        group.next().execute(group::close);
        group.join();
    }

    @Test
    void joinOnALoopOfTheGroupIsRefused() {
        try (LoopGroup group = LoopGroup.start(2)) {
            CompletableFuture<Void> refused = group.forEach(loop -> assertEquals(
                    "EDEADLK", assertThrows(UsageException.class, group::join).code()));
            Waits.get(refused);
        }
    }

    @Test
    void aStuckLoopDoesNotStopTheOthersFromEnding() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        LoopGroup group = LoopGroup.start(3);
        group.loops().get(1).execute(() -> {
            inside.countDown();
            await(go);
        });
        Waits.await(inside);
        StuckLoopException stuck = assertThrows(StuckLoopException.class, () -> group.close(SHORT));
        assertTrue(stuck.getMessage().startsWith("the loop of thread \"loop-1\" has not ended"), stuck.getMessage());
        assertThrows(
                RejectedExecutionException.class, () -> group.loops().get(0).execute(() -> {}));
        assertThrows(
                RejectedExecutionException.class, () -> group.loops().get(2).execute(() -> {}));
        go.countDown();
        group.close();
    }

    static void await(CountDownLatch latch) {
        try {
            Waits.await(latch);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDeathEndsTheGroupAndJoinThrowsTheCause() {
        IllegalStateException broken = new IllegalStateException("callback");
        List<Object> deaths = Collections.synchronizedList(new ArrayList<>());
        LoopGroup group = LoopGroup.start(
                3, GroupOptions.defaults().onDeath((index, cause) -> deaths.addAll(List.of(index, cause))));
        group.loops().get(1).execute(() -> {
            throw broken;
        });
        ChagresException died = assertThrows(ChagresException.class, group::join);
        assertEquals("ERR_LOOP_DIED", died.code());
        assertSame(broken, died.getCause());
        assertSame(broken, group.failure());
        assertEquals(List.of(1, broken), deaths);
        assertFalse(group.isReady());
        group.close();
    }

    @Test
    void aLoopThatIsStoppedByOtherCodeHasDied() {
        LoopGroup group = LoopGroup.start(2);
        Loop loop = group.next();
        loop.execute(loop::stop);
        ChagresException died = assertThrows(ChagresException.class, group::join);
        assertEquals("ERR_LOOP_STOPPED", ((ChagresException) died.getCause()).code());
        group.close();
    }

    @Test
    void aRestartedLoopHasItsSetupAndItsName() throws InterruptedException {
        List<String> setups = Collections.synchronizedList(new ArrayList<>());
        GroupOptions options = GroupOptions.named("http")
                .policy(DeathPolicy.restart(3, Duration.ofMinutes(1)))
                .onDeath((index, cause) -> {})
                .setup(loop -> setups.add(Thread.currentThread().getName()));
        try (LoopGroup group = LoopGroup.start(2, options)) {
            Loop dead = group.loops().get(1);
            die(dead);
            Waits.until("restarted", () -> group.loops().get(1) != dead);
            assertEquals(List.of("http-0", "http-1", "http-1"), setups);
            Waits.get(group.forEach(loop -> {}));
            assertTrue(group.isReady());
            assertNull(group.failure());
        }
    }

    static void die(Loop loop) {
        loop.execute(() -> {
            throw new IllegalStateException("callback");
        });
    }

    @Test
    void aLoopThatDiesTooOftenEndsTheGroup() throws InterruptedException {
        AtomicInteger deaths = new AtomicInteger();
        GroupOptions options = GroupOptions.defaults()
                .policy(DeathPolicy.restart(2, Duration.ofMinutes(1)))
                .onDeath((index, cause) -> deaths.incrementAndGet())
                .setup(loop -> loop.nextTick(() -> {}));
        LoopGroup group = LoopGroup.start(2, options);
        for (int i = 0; i < 3; i++) {
            Loop dead = group.loops().get(0);
            die(dead);
            Waits.until("restarted or ended", () -> group.loops().get(0) != dead || !group.isReady());
        }
        assertThrows(ChagresException.class, group::join);
        assertEquals(3, deaths.get());
        group.close();
    }

    @Test
    void aSetupThatFailsAtTheRestartEndsTheGroup() {
        AtomicInteger setups = new AtomicInteger();
        GroupOptions options = GroupOptions.defaults()
                .policy(DeathPolicy.restart(2, Duration.ofMinutes(1)))
                .onDeath((index, cause) -> {})
                .setup(loop -> {
                    if (setups.incrementAndGet() > 2) {
                        throw new IllegalStateException("again");
                    }
                });
        LoopGroup group = LoopGroup.start(2, options);
        die(group.next());
        ChagresException died = assertThrows(ChagresException.class, group::join);
        assertEquals("callback", died.getCause().getMessage());
        assertEquals("again", died.getCause().getSuppressed()[0].getMessage());
        group.close();
    }

    @Test
    void aDeathEndsTheProcessIfThatIsThePolicy() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(DyingProgram.class);
        assertEquals(7, outcome.status(), outcome.output());
        assertEquals("died: callback", outcome.output());
    }

    static final class DyingProgram {
        public static void main(String[] arguments) throws InterruptedException {
            ForkedJvm.haltAfter(50);
            GroupOptions options = GroupOptions.defaults()
                    .policy(DeathPolicy.exit(7))
                    .onDeath((index, cause) -> System.out.println("died: " + cause.getMessage()));
            try (LoopGroup group = LoopGroup.start(2, options)) {
                die(group.next());
                group.join();
            }
        }
    }

    @Test
    void optionsAndPoliciesPrintWhatTheyAre() {
        assertEquals(
                "DeathPolicy (restart, at most 5 in PT1M)",
                DeathPolicy.restart(5, Duration.ofMinutes(1)).toString());
        assertEquals(
                "GroupOptions (http, pinned, daemon, DeathPolicy (exit with 3))",
                GroupOptions.named("http")
                        .pinned(true)
                        .daemon(true)
                        .policy(DeathPolicy.exit(3))
                        .toString());
        assertEquals(GroupOptions.named("a"), GroupOptions.defaults().name("a"));
        assertThrows(UsageException.class, () -> DeathPolicy.restart(0, Duration.ofMinutes(1)));
        assertThrows(UsageException.class, () -> DeathPolicy.restart(1, Duration.ZERO));
    }
}
