package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SockAddrTest extends SysTest {

    private static final byte[] IP4 = {127, 0, 0, 1};
    private static final byte[] IP6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final MemorySegment addr = Memory.allocate(SockAddr.SIZE).fill((byte) 0x55);
    private final MemorySegment addrlen = int32(SockAddr.SIZE);

    @Test
    void theBytesOfAnInetAddressAreThoseOfC() {
        assertEquals(16, SockAddr.putInet(addr, IP4, 0x1234));
        byte[] family = family(Sockets.AF_INET);
        byte[] expected = {family[0], family[1], 0x12, 0x34, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        assertArrayEquals(expected, bytes(addr, 16));
        assertEquals(0x55, addr.get(JAVA_BYTE, 16));
    }

    @Test
    void theBytesOfAnInet6AddressAreThoseOfC() {
        assertEquals(28, SockAddr.putInet6(addr, IP6, 0x1234, 0x01020304, 5));
        byte[] head = bytes(addr, 8);
        byte[] family = family(Sockets.AF_INET6);
        assertArrayEquals(new byte[] {family[0], family[1], 0x12, 0x34, 1, 2, 3, 4}, head);
        assertArrayEquals(IP6, bytes(addr.asSlice(8), 16));
        assertEquals(5, addr.get(JAVA_INT, 24));
        assertEquals(0x55, addr.get(JAVA_BYTE, 28));
    }

    private static byte[] family(int family) {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return little ? new byte[] {(byte) family, 0} : new byte[] {0, (byte) family};
    }

    @Test
    void anAddressThatIsWrittenIsReadBack() {
        SockAddr.putInet(addr, IP4, 65_535);
        assertEquals(Sockets.AF_INET, SockAddr.family(addr));
        assertEquals(65_535, SockAddr.port(addr));
        assertArrayEquals(IP4, SockAddr.ip(addr));

        SockAddr.putInet6(addr, IP6, 40_000, 0xfedcba98, -2);
        assertEquals(Sockets.AF_INET6, SockAddr.family(addr));
        assertEquals(40_000, SockAddr.port(addr));
        assertArrayEquals(IP6, SockAddr.ip(addr));
        assertEquals(0xfedcba98, SockAddr.flowinfo(addr));
        assertEquals(-2, SockAddr.scopeId(addr));
    }

    @Test
    void argumentsThatMakeNoAddressAreRefused() {
        assertEquals(-Errno.EINVAL, SockAddr.putInet(addr, IP6, 1));
        assertEquals(-Errno.EINVAL, SockAddr.putInet(addr, IP4, 65_536));
        assertEquals(-Errno.EINVAL, SockAddr.putInet(addr, IP4, -1));
        assertEquals(-Errno.EINVAL, SockAddr.putInet6(addr, IP4, 1, 0, 0));
        assertEquals(-Errno.EINVAL, SockAddr.putInet6(addr, IP6, 65_536, 0, 0));
    }

    @Test
    void theKernelBindsToTheInetAddress() {
        int fd = tcp();
        assertEquals(0, Sockets.bind(fd, addr, SockAddr.putInet(addr, new byte[] {127, 9, 8, 7}, 0)));
        assertEquals(0, Sockets.getsockname(fd, addr, addrlen));
        assertEquals(16, addrlen.get(JAVA_INT, 0));
        assertArrayEquals(new byte[] {127, 9, 8, 7}, SockAddr.ip(addr));
        assertTrue(SockAddr.port(addr) > 0);
    }

    @Test
    void theKernelBindsToTheInet6Address() {
        int fd = tcp6();
        int result = Sockets.bind(fd, addr, SockAddr.putInet6(addr, IP6, 0, 0, 0));
        assumeTrue(result != -Errno.EADDRNOTAVAIL);
        assertEquals(0, result);
        assertEquals(0, Sockets.getsockname(fd, addr, addrlen));
        assertEquals(28, addrlen.get(JAVA_INT, 0));
        assertArrayEquals(IP6, SockAddr.ip(addr));
    }

    @Test
    void theKernelMakesTheFileAtThePath(@TempDir Path dir) {
        Path path = dir.resolve("s.sock");
        byte[] name = path.toString().getBytes(UTF_8);
        int fd = unix();
        int len = SockAddr.putUnix(addr, name);
        assertEquals(2 + name.length + 1, len);
        assertEquals(0, Sockets.bind(fd, addr, len));
        assertTrue(Files.exists(path));
        assertArrayEquals(name, ownName(fd));
    }

    @Test
    void anAbstractNameHasAnExactLengthAndNoFile() {
        byte[] name = ("\0chagres-" + ProcessHandle.current().pid() + "\0x").getBytes(UTF_8);
        int fd = unix();
        int len = SockAddr.putUnix(addr, name);
        assertEquals(2 + name.length, len);
        assertEquals(0, Sockets.bind(fd, addr, len));
        assertArrayEquals(name, ownName(fd));
        assertFalse(Files.exists(Path.of("chagres")));
        assertEquals(-Errno.EADDRINUSE, Sockets.bind(unix(), addr, len));
    }

    @Test
    void theEmptyNameLetsTheKernelChoose() {
        int fd = unix();
        assertEquals(2, SockAddr.putUnix(addr, new byte[0]));
        assertEquals(0, Sockets.bind(fd, addr, 2));
        byte[] name = ownName(fd);
        assertEquals(6, name.length);
        assertEquals(0, name[0]);
    }

    @Test
    void anUnboundSocketHasTheEmptyName() {
        assertArrayEquals(new byte[0], ownName(unix()));
    }

    private byte[] ownName(int fd) {
        addrlen.set(JAVA_INT, 0, SockAddr.SIZE);
        assertEquals(0, Sockets.getsockname(fd, addr, addrlen));
        assertEquals(Sockets.AF_UNIX, SockAddr.family(addr));
        return SockAddr.unixName(addr, addrlen.get(JAVA_INT, 0));
    }

    @Test
    void aNameThatDoesNotFitIsNeverCut() {
        assertEquals(2 + 108, SockAddr.putUnix(addr, name('x', 107)));
        assertEquals(-Errno.ENAMETOOLONG, SockAddr.putUnix(addr, name('x', 108)));
        assertEquals(2 + 108, SockAddr.putUnix(addr, name('\0', 108)));
        assertEquals(-Errno.ENAMETOOLONG, SockAddr.putUnix(addr, name('\0', 109)));
    }

    @Test
    void aPathWithANulInsideIsNeverCut() {
        assertEquals(-Errno.EINVAL, SockAddr.putUnix(addr, "a\0b".getBytes(UTF_8)));
    }

    @Test
    void aPathThatFillsSunPathIsRead() {
        byte[] name = name('y', 108);
        MemorySegment.copy(name, 0, addr, JAVA_BYTE, 2, 108);
        assertArrayEquals(name, SockAddr.unixName(addr, 2 + 108));
        addr.set(JAVA_BYTE, 110, (byte) 0);
        assertArrayEquals(name, SockAddr.unixName(addr, 2 + 109));
    }

    @Test
    void onlyInetAddressesHaveAnIp() {
        SockAddr.putUnix(addr, name('x', 8));
        assertEquals(0, SockAddr.ip(addr).length);
    }

    private static byte[] name(char c, int length) {
        byte[] name = new byte[length];
        Arrays.fill(name, (byte) c);
        return name;
    }
}
