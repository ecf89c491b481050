package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.NetworkNamespaces;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The end of connections whose cable is cut, as section 17.3 of the chapter describes it. The kernel ends them, and the waiting loop is
 * notified. The times are lower bounds. A connection that does not end within 8 s counts as open.
 */
@ExtendWith(HangGuard.class)
@Timeout(90)
@Tag("host")
class KeepAliveNamespaceTest {

    private static final String PORT = "9297";

    private record Ending(String how, long millis) {}

    private static final Map<String, Ending> endings = new HashMap<>();

    @BeforeAll
    static void cutTheCable() throws Exception {
        try (NetworkNamespaces both = NetworkNamespaces.joined()) {
            Process peer = peer(both);
            try {
                List<String> client = ForkedJvm.command(KeepAliveNamespaceClient.class);
                client.addAll(List.of(NetworkNamespaces.RIGHT_IP, PORT));
                client.addAll(both.cut());
                ForkedJvm.Outcome outcome = ForkedJvm.run(both.onTheLeft(client));
                assertEquals(0, outcome.status(), outcome.output());
                outcome.output()
                        .lines()
                        .map(line -> line.split(" "))
                        .forEach(words -> endings.put(words[0], new Ending(words[1], Long.parseLong(words[2]))));
            } finally {
                peer.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
            }
        }
    }

    private static Process peer(NetworkNamespaces both) throws Exception {
        List<String> command = new ArrayList<>(ForkedJvm.command(KeepAliveNamespacePeer.class));
        command.addAll(List.of(NetworkNamespaces.RIGHT_IP, PORT));
        Process peer = Waits.limit(new ProcessBuilder(both.onTheRight(command))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start());
        try (BufferedReader printed = peer.inputReader()) {
            assertEquals("listening", printed.readLine());
        }
        return peer;
    }

    @AfterAll
    static void forget() {
        endings.clear();
    }

    private static void assertEnded(String name, long earliestMillis) {
        Ending ending = endings.get(name);
        assertEquals("read-ETIMEDOUT", ending.how);
        assertTrue(ending.millis >= earliestMillis, ending::toString);
    }

    /** Idle 1 s, and two probes of 1 s each. Up to 1 s of this may have passed at the cut. */
    @Test
    @Covers({"S92", "S98"})
    void keepAliveEndsAnIdleConnectionAfterIdleAndIntervalTimesCount() {
        assertEnded("idle", 1900);
    }

    @Test
    @Covers("S99")
    void shorterTimesSetWhileKeepAliveIsOnRearmItsTimer() {
        assertEnded("rearmed", 1900);
    }

    @Test
    @Covers("S101")
    void keepAliveAloneDoesNotEndAConnectionWithUnacknowledgedData() {
        assertEquals("open-with-1-unacknowledged", endings.get("unacknowledged").how);
    }

    @Test
    @Covers({"S101", "S102"})
    void theUserTimeoutEndsAConnectionWithUnacknowledgedData() {
        assertEnded("unacknowledged-user-timeout", 3900);
    }

    @Test
    @Covers("S102")
    void theUserTimeoutReplacesTheCountOfProbesOnAnIdleConnection() {
        assertEnded("idle-user-timeout", 1900);
    }

    @Test
    @Covers("S97")
    void switchingKeepAliveOffStopsItsTimer() {
        assertEquals("open-with-0-unacknowledged", endings.get("switched-off").how);
    }
}
