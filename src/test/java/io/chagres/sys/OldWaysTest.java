package io.chagres.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import java.io.PrintWriter;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The ways of JDK 22 and 23 and of systems without epoll_pwait2(2), on this system: the tests of the data's way and of the
 * waits, in a JVM that both are taken away from. {@code make test-old} runs all tests so.
 */
@ExtendWith(HangGuard.class)
class OldWaysTest {

    private static final String BOTH = "critical,epoll_pwait2";

    /** It takes some three seconds. */
    @Test
    @Tag("host")
    @Timeout(120)
    void theCoreWorksInTheOldWays() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(
                Core.class,
                "-ea",
                "-XX:TieredStopAtLevel=1",
                "-D" + TakenAway.PROPERTY + "=" + BOTH,
                "-cp",
                ForkedJvm.classPath(Core.class) + ":" + System.getProperty("java.class.path"));
        assertEquals("all tests passed", outcome.output());
        assertEquals(0, outcome.status());
    }

    /** The program of that JVM. */
    static final class Core {

        private static final String[] CLASSES = {
            "sys.RecvSendTest",
            "sys.EpollTest",
            "handle.TimerTest",
            "socket.TcpPingPongTest",
            "socket.TcpReadBufferTest",
            "net.SocketPingPongTest",
            "net.SocketWriteTest",
        };

        public static void main(String[] arguments) {
            ForkedJvm.haltAfter(100);
            assertFalse(Libc.CRITICAL);
            assertFalse(Epoll.hasPwait2());
            LauncherDiscoveryRequest tests = LauncherDiscoveryRequestBuilder.request()
                    .selectors(Stream.of(CLASSES)
                            .map("io.chagres."::concat)
                            .map(DiscoverySelectors::selectClass)
                            .toList())
                    .build();
            SummaryGeneratingListener listener = new SummaryGeneratingListener();
            LauncherFactory.create().execute(tests, listener);
            TestExecutionSummary summary = listener.getSummary();
            summary.printFailuresTo(new PrintWriter(System.out, true));
            assertTrue(summary.getTestsSucceededCount() >= 5L * CLASSES.length, "too few tests ran");
            System.out.println(summary.getTotalFailureCount() == 0 ? "all tests passed" : "tests failed");
        }
    }

    @Test
    void onlyTheTwoAbilitiesCanBeTakenAway() {
        assertEquals(Set.of(), TakenAway.names(""));
        assertEquals(Set.of("critical", "epoll_pwait2"), TakenAway.names(BOTH));
        Exception unknown = assertThrows(IllegalArgumentException.class, () -> TakenAway.names("critical,epoll_pwait"));
        assertEquals(
                "chagres.test.without=critical,epoll_pwait: the names are critical and epoll_pwait2",
                unknown.getMessage());
    }
}
