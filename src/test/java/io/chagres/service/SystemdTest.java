package io.chagres.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages of sd_notify(3), and the variables of sd_listen_fds(3). */
@ConnectionTest
class SystemdTest {

    private static final String PID = Long.toString(ProcessHandle.current().pid());

    @TempDir
    private Path folder;

    @Test
    void eachMessageIsADatagramAtAPath() {
        String path = folder.resolve("notify").toString();
        try (Notifications manager = new Notifications(path)) {
            Systemd systemd = Systemd.of(Map.of("NOTIFY_SOCKET", path));
            assertTrue(systemd.isPresent());
            systemd.ready();
            systemd.stopping();
            systemd.status("draining");
            systemd.mainPid(17);
            systemd.removeStored("queue");
            assertEquals("READY=1", manager.next());
            assertEquals("STOPPING=1", manager.next());
            assertEquals("STATUS=draining", manager.next());
            assertEquals("MAINPID=17", manager.next());
            assertEquals("FDSTOREREMOVE=1\nFDNAME=queue", manager.next());
            long before = System.nanoTime() / 1000;
            systemd.reloading();
            String[] lines = manager.next().split("\n");
            assertEquals("RELOADING=1", lines[0]);
            long sent = Long.parseLong(lines[1].replace("MONOTONIC_USEC=", ""));
            assertTrue(before <= sent && sent <= System.nanoTime() / 1000, lines[1]);
            assertEquals("none", manager.next());
        }
    }

    @Test
    void descriptorsAreStoredUnderAnAbstractName() {
        String name = "@chagres-" + PID;
        try (Notifications manager = new Notifications(name)) {
            Systemd systemd = Systemd.of(Map.of("NOTIFY_SOCKET", name));
            systemd.store("streams", List.of(0, 1, 2));
            assertEquals("FDSTORE=1\nFDNAME=streams", manager.next());
            assertEquals(3, manager.stored().size());
            assertCode("EINVAL", () -> systemd.store("a:b", List.of(0)));
            assertCode("EINVAL", () -> systemd.store("a", List.of()));
            assertCode("EINVAL", () -> systemd.store("a", Collections.nCopies(254, 0)));
            assertCode("EINVAL", () -> systemd.status("two\nlines"));
            assertCode("ERR_OUT_OF_RANGE", () -> systemd.mainPid(0));
        }
        SystemException gone = assertThrows(
                SystemException.class,
                () -> Systemd.of(Map.of("NOTIFY_SOCKET", name)).ready());
        assertEquals("ECONNREFUSED", gone.code());
    }

    @Test
    void withoutSystemdNothingHappens(Loop loop) {
        Systemd none = Systemd.of(Map.of());
        none.ready();
        none.stopping();
        none.reloading();
        none.store("a", List.of(0));
        assertFalse(none.isPresent());
        assertEquals(List.of(), none.sockets());
        assertTrue(none.listener("http").isEmpty());
        assertTrue(none.watchdog(loop).isEmpty());
        assertEquals("Systemd (no messages, LISTEN_FDS 0)", none.toString());
        assertCode("EINVAL", () -> Systemd.of(Map.of("NOTIFY_SOCKET", "run/notify")));
    }

    @Test
    void theWatchdogIsFedEachHalfOfItsTime(Loop loop, ManualClock clock) {
        String name = "@chagres-watchdog-" + PID;
        try (Notifications manager = new Notifications(name)) {
            Map<String, String> wants = Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "10000000", "WATCHDOG_PID", PID);
            var timer = Systemd.of(wants).watchdog(loop).orElseThrow();
            timer.ref(); // a loop that is not alive runs no timers
            assertEquals("WATCHDOG=1", manager.next());
            clock.advanceMillis(4990);
            loop.run(RunMode.NOWAIT);
            assertEquals("none", manager.next());
            clock.advanceMillis(20);
            loop.run(RunMode.NOWAIT);
            assertEquals("WATCHDOG=1", manager.next());
            timer.close();
            loop.run();
            assertTrue(Systemd.of(Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "1", "WATCHDOG_PID", "1"))
                    .watchdog(loop)
                    .isEmpty());
            assertCode(
                    "EINVAL",
                    () -> Systemd.of(Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "soon"))
                            .watchdog(loop));
        }
    }

    @Test
    void variablesOfAnotherProcessAndWrongOnesPassNoSockets() {
        assertEquals(
                List.of(),
                Systemd.of(Map.of("LISTEN_FDS", "1", "LISTEN_PID", "1")).sockets());
        assertEquals(
                List.of(),
                Systemd.of(Map.of("LISTEN_FDS", "0", "LISTEN_PID", PID)).sockets());
        assertCode(
                "EINVAL",
                () -> Systemd.of(Map.of("LISTEN_FDS", "x", "LISTEN_PID", PID)).sockets());
        assertCode(
                "EINVAL",
                () -> Systemd.of(Map.of("LISTEN_FDS", "2", "LISTEN_PID", PID, "LISTEN_FDNAMES", "one"))
                        .sockets());
    }

    @Test
    void aReadinessIsTrueWhileAllServersListenAndTellsSystemd(Loop loop) {
        String name = "@chagres-readiness-" + PID;
        try (Notifications manager = new Notifications(name)) {
            Server one = Net.createServer(loop, socket -> {});
            Server two = Net.createServer(loop, socket -> {});
            List<Boolean> changes = new ArrayList<>();
            Readiness readiness = new Readiness().tell(Systemd.of(Map.of("NOTIFY_SOCKET", name)));
            readiness.onChange(changes::add).add(one).add(two);
            one.listen(0, () -> {
                assertFalse(readiness.isReady());
                assertEquals("none", manager.next());
                two.listen(0);
            });
            two.onListening(() -> {
                assertTrue(readiness.isReady());
                assertEquals("READY=1", manager.next());
                assertEquals("Readiness (ready)", readiness.toString());
                readiness.close(Duration.ofSeconds(1));
                readiness.close(Duration.ofSeconds(1));
                assertTrue(readiness.isDraining());
                assertFalse(readiness.isReady());
            });
            loop.run();
            assertEquals(List.of(true, false), changes);
            assertEquals("STOPPING=1", manager.next());
            assertEquals("none", manager.next());
            assertFalse(one.isListening());
        }
    }

    private static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(UsageException.class, call::run).code());
    }
}
