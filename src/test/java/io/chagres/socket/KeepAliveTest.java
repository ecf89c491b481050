package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.address.Family;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The keep-alive that the kernel has after it was set. KeepAliveNamespaceTest shows its effect. */
@ConnectionTest
class KeepAliveTest {

    private static final KeepAlive SYSTEM = new KeepAlive(
            false,
            KeepAliveDefaultsTest.sysctl("time"),
            KeepAliveDefaultsTest.sysctl("intvl"),
            KeepAliveDefaultsTest.sysctl("probes"));

    private Tcp tcp;

    private Tcp tcp(Loop loop) {
        tcp = new Tcp(loop, Family.IPV4);
        return tcp;
    }

    private void end(Loop loop) {
        tcp.close();
        loop.run();
    }

    @Test
    @Covers({"S92", "S94"})
    void idleIntervalAndCountAreSetSeparatelyUpToTheKernelsMaximum(Loop loop) {
        tcp(loop).setKeepAlive(keepAlive(60, 7, 3));
        assertEquals(keepAlive(60, 7, 3), tcp.keepAlive());
        tcp.setKeepAlive(keepAlive(32_767, 32_767, 127));
        assertEquals(keepAlive(32_767, 32_767, 127), tcp.keepAlive());
        tcp.setKeepAlive(keepAlive(1, 1, 1));
        assertEquals(keepAlive(1, 1, 1), tcp.keepAlive());
        end(loop);
    }

    @Test
    @Covers({"S94", "libuv:tcp_flags"})
    void aNumberOutOfRangeIsRefusedAndNothingIsSet(Loop loop) {
        tcp(loop);
        assertRefused(() -> keepAlive(32_768, 1, 1));
        assertRefused(() -> keepAlive(1, 32_768, 1));
        assertRefused(() -> keepAlive(1, 1, 128));
        assertRefused(() -> keepAlive(-1, 1, 1));
        assertRefused(() -> keepAlive(1, -1, 1));
        assertRefused(() -> keepAlive(1, 1, -1));
        assertEquals(SYSTEM, tcp.keepAlive());
        end(loop);
    }

    private void assertRefused(Supplier<KeepAlive> keepAlive) {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> tcp.setKeepAlive(keepAlive.get()))
                        .code());
    }

    private static KeepAlive keepAlive(int idleSeconds, int intervalSeconds, int count) {
        return KeepAlive.ON
                .idle(Duration.ofSeconds(idleSeconds))
                .interval(Duration.ofSeconds(intervalSeconds))
                .count(count);
    }

    @Test
    void aTimeThatIsNotOfWholeSecondsIsRefused() {
        for (Duration time :
                List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofMillis(1500), Duration.ofDays(1))) {
            UsageException refused = assertThrows(UsageException.class, () -> KeepAlive.every(time));
            assertEquals("EINVAL", refused.code());
            assertEquals("idle must be whole seconds, 1 to 32767. Received " + time, refused.getMessage());
        }
    }

    @Test
    void aKeepAliveThatIsOffRefusesNumbers() {
        assertThrows(UsageException.class, () -> KeepAlive.OFF.idle(Duration.ofSeconds(1)));
        assertThrows(UsageException.class, () -> KeepAlive.OFF.interval(Duration.ofSeconds(1)));
        assertThrows(UsageException.class, () -> KeepAlive.OFF.count(1));
    }

    @Test
    void aKeepAliveIsAValue() {
        KeepAlive every = KeepAlive.every(Duration.ofMinutes(1));
        assertEquals(KeepAlive.ON.idle(Duration.ofSeconds(60)).interval(Duration.ofSeconds(60)), every);
        assertEquals(
                "KeepAlive (on, idle 60 s, interval 60 s, count 3)",
                every.count(3).toString());
        assertEquals("KeepAlive (on, idle 60 s, interval 60 s)", every.toString());
        assertEquals("KeepAlive (off)", KeepAlive.OFF.toString());
        assertNotEquals(KeepAlive.ON, every);
    }

    /** sysctl(8) takes greater numbers than a socket does: a value that was read from the kernel is checked again when it is set. */
    @Test
    void aKeepAliveMayHoldNumbersOfTheSystemThatASocketRefuses(Loop loop) {
        tcp(loop);
        assertRefused(() -> new KeepAlive(true, 40_000, 75, 9));
        assertEquals(Duration.ofSeconds(40_000), new KeepAlive(true, 40_000, 75, 9).idle());
        end(loop);
    }

    @Test
    @Covers({"S93", "S100"})
    void aNumberOfZeroLeavesTheNumberOfTheSystem(Loop loop) {
        tcp(loop);
        assertEquals(SYSTEM, tcp.keepAlive());
        tcp.setKeepAlive(KeepAlive.ON);
        assertEquals(
                new KeepAlive(true, SYSTEM.idleSeconds(), SYSTEM.intervalSeconds(), SYSTEM.count()), tcp.keepAlive());
        tcp.setKeepAlive(KeepAlive.ON.interval(Duration.ofSeconds(5)));
        assertEquals(new KeepAlive(true, SYSTEM.idleSeconds(), 5, SYSTEM.count()), tcp.keepAlive());
        end(loop);
    }

    @Test
    @Covers({"S96", "S97", "libuv:tcp_flags"})
    void switchingKeepAliveOffTwiceLeavesItsNumbers(Loop loop) {
        tcp(loop).setNoDelay(true);
        tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(60)));
        tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(60)));
        assertEquals(new KeepAlive(true, 60, SYSTEM.intervalSeconds(), SYSTEM.count()), tcp.keepAlive());
        tcp.setKeepAlive(KeepAlive.OFF);
        tcp.setKeepAlive(KeepAlive.OFF);
        tcp.setKeepAlive(new KeepAlive(false, -1, -1, -1));
        assertEquals(new KeepAlive(false, 60, SYSTEM.intervalSeconds(), SYSTEM.count()), tcp.keepAlive());
        end(loop);
    }

    @Test
    @Covers("S97")
    void connectionsInheritTheKeepAliveOfTheirListener(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        listener.setKeepAlive(keepAlive(60, 7, 3));
        Tcp accepted = new Tcp(loop);
        Tcp client = new Tcp(loop);
        listener.listen(1, _ -> {
            listener.accept(accepted);
            assertEquals(keepAlive(60, 7, 3), accepted.keepAlive());
            accepted.close();
            client.close();
            listener.close();
        });
        client.connect(listener.localAddress(), error -> {});
        loop.run();
    }
}
