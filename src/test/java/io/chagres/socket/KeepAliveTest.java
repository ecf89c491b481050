package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.address.Family;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.Test;

/** Keep-alive as the kernel has it afterwards; what comes of it, KeepAliveNamespaceTest shows. */
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
    void eachOfTheThreeHasItsOwnValueUpToTheKernelsMost(Loop loop) {
        tcp(loop).setKeepAlive(KeepAlive.of(60, 7, 3));
        assertEquals(KeepAlive.of(60, 7, 3), tcp.keepAlive());
        tcp.setKeepAlive(KeepAlive.of(32_767, 32_767, 127));
        assertEquals(KeepAlive.of(32_767, 32_767, 127), tcp.keepAlive());
        tcp.setKeepAlive(KeepAlive.of(1, 1, 1));
        assertEquals(KeepAlive.of(1, 1, 1), tcp.keepAlive());
        end(loop);
    }

    @Test
    @Covers({"S94", "libuv:tcp_flags"})
    void whatIsOutOfRangeIsRefusedAndNothingWasSet(Loop loop) {
        tcp(loop);
        assertRefused(KeepAlive.of(32_768, 1, 1));
        assertRefused(KeepAlive.of(1, 32_768, 1));
        assertRefused(KeepAlive.of(1, 1, 128));
        assertRefused(KeepAlive.of(-1, 1, 1));
        assertRefused(KeepAlive.of(1, -1, 1));
        assertRefused(KeepAlive.of(1, 1, -1));
        assertEquals(SYSTEM, tcp.keepAlive());
        end(loop);
    }

    private void assertRefused(KeepAlive keepAlive) {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> tcp.setKeepAlive(keepAlive))
                        .code());
    }

    @Test
    @Covers({"S93", "S100"})
    void aZeroLeavesTheSystems(Loop loop) {
        tcp(loop);
        assertEquals(SYSTEM, tcp.keepAlive());
        tcp.setKeepAlive(KeepAlive.of(0, 0, 0));
        assertEquals(
                new KeepAlive(true, SYSTEM.idleSeconds(), SYSTEM.intervalSeconds(), SYSTEM.count()), tcp.keepAlive());
        tcp.setKeepAlive(KeepAlive.of(0, 5, 0));
        assertEquals(new KeepAlive(true, SYSTEM.idleSeconds(), 5, SYSTEM.count()), tcp.keepAlive());
        end(loop);
    }

    @Test
    @Covers({"S96", "S97", "libuv:tcp_flags"})
    void offChangesNothingElseAndTwiceIsHarmless(Loop loop) {
        tcp(loop).setNoDelay(true);
        tcp.setKeepAlive(true, 60);
        tcp.setKeepAlive(true, 60);
        assertEquals(new KeepAlive(true, 60, SYSTEM.intervalSeconds(), SYSTEM.count()), tcp.keepAlive());
        tcp.setKeepAlive(false, 0);
        tcp.setKeepAlive(KeepAlive.OFF);
        tcp.setKeepAlive(new KeepAlive(false, -1, -1, -1));
        assertEquals(new KeepAlive(false, 60, SYSTEM.intervalSeconds(), SYSTEM.count()), tcp.keepAlive());
        end(loop);
    }

    @Test
    @Covers("S97")
    void aListenerTakesItAndItsConnectionsInheritIt(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        listener.setKeepAlive(KeepAlive.of(60, 7, 3));
        Tcp accepted = new Tcp(loop);
        Tcp client = new Tcp(loop);
        listener.listen(1, _ -> {
            listener.accept(accepted);
            assertEquals(KeepAlive.of(60, 7, 3), accepted.keepAlive());
            accepted.close();
            client.close();
            listener.close();
        });
        client.connect(listener.localAddress(), error -> {});
        loop.run();
    }
}
