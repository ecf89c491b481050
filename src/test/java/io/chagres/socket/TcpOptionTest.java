package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.Family;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.sys.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Options that are set on an existing socket: the kernel has each value that was set. */
@ConnectionTest
class TcpOptionTest {

    private Tcp tcp;

    private Tcp tcp(Loop loop) {
        tcp = new Tcp(loop, Family.IPV4);
        return tcp;
    }

    private void end(Loop loop) {
        tcp.close();
        loop.run();
    }

    private int kernel(int level, int number) {
        return (int) Sockets.getsockopt(tcp.fd(), level, number);
    }

    private int kernelTcp(int number) {
        return kernel(Sockets.IPPROTO_TCP, number);
    }

    @Test
    void aFlagOptionIsSetAndCleared(Loop loop) {
        tcp(loop).setNoDelay(true);
        assertEquals(1, kernelTcp(Sockets.TCP_NODELAY));
        tcp.setNoDelay(false);
        assertEquals(0, kernelTcp(Sockets.TCP_NODELAY));
        tcp.set(SocketOption.TCP_CORK, true);
        assertEquals(1, kernelTcp(Sockets.TCP_CORK));
        assertTrue(tcp.get(SocketOption.TCP_CORK));
        tcp.set(SocketOption.TCP_FASTOPEN_CONNECT, true);
        assertEquals(1, kernelTcp(Sockets.TCP_FASTOPEN_CONNECT));
        tcp.set(SocketOption.SO_REUSEPORT, true);
        assertEquals(1, kernel(Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT));
        end(loop);
    }

    @Test
    void quickAcknowledgementsAreSwitchedOnAndOffOnAConnection(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.client().set(SocketOption.TCP_QUICKACK, false);
        assertEquals(false, pair.client().get(SocketOption.TCP_QUICKACK));
        pair.client().set(SocketOption.TCP_QUICKACK, true);
        assertEquals(true, pair.client().get(SocketOption.TCP_QUICKACK));
        pair.close();
        loop.run();
    }

    @Test
    @Covers("libuv:socket_buffer_size")
    void bufferSizesAreTwiceTheValueThatWasSet(Loop loop) {
        tcp(loop);
        assertTrue(tcp.get(SocketOption.SO_SNDBUF) > 0);
        assertTrue(tcp.get(SocketOption.SO_RCVBUF) > 0);
        tcp.set(SocketOption.SO_SNDBUF, 10_000);
        tcp.set(SocketOption.SO_RCVBUF, 10_000);
        assertEquals(20_000, tcp.get(SocketOption.SO_SNDBUF));
        assertEquals(20_000, tcp.get(SocketOption.SO_RCVBUF));
        assertEquals(20_000, kernel(Sockets.SOL_SOCKET, Sockets.SO_RCVBUF));
        end(loop);
    }

    @Test
    void theUserTimeoutIsInMillisecondsRoundedUp(Loop loop) {
        assertEquals(Duration.ZERO, tcp(loop).get(SocketOption.TCP_USER_TIMEOUT));
        tcp.set(SocketOption.TCP_USER_TIMEOUT, Duration.ofSeconds(3));
        assertEquals(3000, kernelTcp(Sockets.TCP_USER_TIMEOUT));
        assertEquals(Duration.ofSeconds(3), tcp.get(SocketOption.TCP_USER_TIMEOUT));
        tcp.set(SocketOption.TCP_USER_TIMEOUT, Duration.ofNanos(1));
        assertEquals(1, kernelTcp(Sockets.TCP_USER_TIMEOUT), "0 would mean no timeout");
        tcp.set(SocketOption.TCP_USER_TIMEOUT, Duration.ofMillis(Integer.MAX_VALUE));
        assertEquals(Integer.MAX_VALUE, kernelTcp(Sockets.TCP_USER_TIMEOUT));
        end(loop);
    }

    @Test
    void lingerIsRoundedUpToSecondsAndANegativeTimeIsOff(Loop loop) {
        assertEquals(Duration.ofSeconds(-1), tcp(loop).get(SocketOption.SO_LINGER));
        tcp.set(SocketOption.SO_LINGER, Duration.ZERO);
        assertEquals(Duration.ZERO, tcp.get(SocketOption.SO_LINGER));
        tcp.set(SocketOption.SO_LINGER, Duration.ofMillis(6_001));
        assertEquals(Duration.ofSeconds(7), tcp.get(SocketOption.SO_LINGER));
        tcp.set(SocketOption.SO_LINGER, Duration.ofMillis(-1));
        assertEquals(Duration.ofSeconds(-1), tcp.get(SocketOption.SO_LINGER));
        end(loop);
    }

    @Test
    void numberOptionsOfAListenerAreSet(Loop loop) {
        tcp(loop).set(SocketOption.TCP_NOTSENT_LOWAT, 16_384);
        assertEquals(16_384, kernelTcp(Sockets.TCP_NOTSENT_LOWAT));
        tcp.set(SocketOption.TCP_DEFER_ACCEPT, Duration.ofSeconds(3));
        assertTrue(
                tcp.get(SocketOption.TCP_DEFER_ACCEPT).compareTo(Duration.ofSeconds(3)) >= 0,
                "the kernel rounds it up to retransmissions of the SYN-ACK");
        tcp.set(SocketOption.TCP_FASTOPEN, 5);
        assertEquals(5, tcp.get(SocketOption.TCP_FASTOPEN));
        end(loop);
    }

    @Test
    void theTrafficClassUsesTheOptionOfTheAddressFamily(Loop loop) {
        tcp(loop).set(SocketOption.TRAFFIC_CLASS, 0x28);
        assertEquals(0x28, kernel(Sockets.IPPROTO_IP, Sockets.IP_TOS));
        assertEquals(0x28, tcp.get(SocketOption.TRAFFIC_CLASS));
        tcp.close();
        tcp = new Tcp(loop, Family.IPV6);
        tcp.set(SocketOption.TRAFFIC_CLASS, 0x48);
        assertEquals(0x48, kernel(Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS));
        assertEquals(0x48, tcp.get(SocketOption.TRAFFIC_CLASS));
        end(loop);
    }

    @Test
    void theIncomingCpuOfAConnectionCanBeRead(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        int cpu = pair.accepted().get(SocketOption.SO_INCOMING_CPU);
        assertTrue(cpu >= -1 && cpu < 4096, () -> "CPU " + cpu);
        pair.close();
        loop.run();
    }

    @Test
    void congestionControlIsSetByName(Loop loop) throws IOException {
        String system = Files.readAllLines(Path.of("/proc/sys/net/ipv4/tcp_congestion_control"))
                .getFirst();
        assertEquals(system, tcp(loop).get(SocketOption.TCP_CONGESTION));
        tcp.set(SocketOption.TCP_CONGESTION, "reno"); // every kernel has it
        assertEquals("reno", tcp.get(SocketOption.TCP_CONGESTION));
        SystemException unknown =
                assertThrows(SystemException.class, () -> tcp.set(SocketOption.TCP_CONGESTION, "chagres"));
        assertEquals("ENOENT", unknown.code());
        assertThrows(UsageException.class, () -> tcp.set(SocketOption.TCP_CONGESTION, "a name that is too long"));
        assertEquals("reno", tcp.get(SocketOption.TCP_CONGESTION));
        end(loop);
    }

    @Test
    void anOptionWithoutAConstantIsReachedByItsNumbers(Loop loop) {
        SocketOption<Integer> priority = SocketOption.ofInt("SO_PRIORITY", Sockets.SOL_SOCKET, 12);
        tcp(loop).set(priority, 3);
        assertEquals(3, tcp.get(priority));
        SocketOption<byte[]> linger = SocketOption.ofBytes("SO_LINGER", Sockets.SOL_SOCKET, Sockets.SO_LINGER, 8);
        tcp.set(SocketOption.SO_LINGER, Duration.ofSeconds(4));
        byte[] struct = tcp.get(linger);
        assertEquals(8, struct.length);
        tcp.set(SocketOption.SO_LINGER, Duration.ofSeconds(-1));
        tcp.set(linger, struct);
        assertEquals(Duration.ofSeconds(4), tcp.get(SocketOption.SO_LINGER));
        assertArrayEquals(struct, tcp.get(linger));
        assertEquals(4, tcp.get(SocketOption.ofBytes("SO_TYPE", Sockets.SOL_SOCKET, Sockets.SO_TYPE, 64)).length);
        end(loop);
    }

    @Test
    void theErrorOfAnUnknownOptionHasItsName(Loop loop) {
        SocketOption<Integer> unknown = SocketOption.ofInt("TCP_UNKNOWN", Sockets.IPPROTO_TCP, 9999);
        tcp(loop);
        SystemException set = assertThrows(SystemException.class, () -> tcp.set(unknown, 1));
        assertEquals("setsockopt ENOPROTOOPT: protocol not available (TCP_UNKNOWN)", set.getMessage());
        assertEquals("setsockopt", set.syscall());
        SystemException get = assertThrows(SystemException.class, () -> tcp.get(unknown));
        assertEquals("getsockopt ENOPROTOOPT: protocol not available (TCP_UNKNOWN)", get.getMessage());
        end(loop);
    }

    @Test
    void anOptionValueOutOfRangeIsRefusedWithoutASystemCall(Loop loop) {
        tcp(loop);
        assertInvalid(SocketOption.SO_LINGER, Duration.ofSeconds(65_536));
        assertInvalid(SocketOption.TCP_DEFER_ACCEPT, Duration.ofSeconds(-1));
        assertInvalid(SocketOption.SO_SNDBUF, -1);
        assertInvalid(SocketOption.TRAFFIC_CLASS, 256);
        assertInvalid(SocketOption.TCP_USER_TIMEOUT, Duration.ofMillis(-1));
        assertInvalid(SocketOption.TCP_USER_TIMEOUT, Duration.ofMillis(1L << 31));
        assertInvalid(SocketOption.TCP_USER_TIMEOUT, Duration.ofSeconds(Long.MAX_VALUE));
        assertInvalid(SocketOption.TCP_NODELAY, null);
        assertInvalid(null, 1);
        end(loop);
    }

    private <T> void assertInvalid(SocketOption<T> option, T value) {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> tcp.set(option, value)).code());
    }

    @Test
    void optionsOfAClosedHandleOrOneWithoutASocketThrow(Loop loop) {
        tcp = new Tcp(loop);
        assertEquals(
                "EBADF",
                assertThrows(UsageException.class, () -> tcp.get(SocketOption.SO_SNDBUF))
                        .code());
        assertEquals("EBADF", assertThrows(UsageException.class, tcp::info).code());
        assertEquals("EBADF", assertThrows(UsageException.class, tcp::keepAlive).code());
        end(loop);
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> tcp.setNoDelay(true)).code());
        assertEquals(
                "EBADF",
                assertThrows(UsageException.class, () -> tcp.get(SocketOption.SO_SNDBUF))
                        .code());
    }

    @Test
    void anIPv6SocketHasKeepAlive(Loop loop) {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this kernel has no IPv6");
        tcp = new Tcp(loop, Family.IPV6);
        tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(60)));
        assertEquals(Duration.ofSeconds(60), tcp.keepAlive().idle());
        end(loop);
    }
}
