package io.chagres.sys;

import static java.lang.foreign.MemorySegment.NULL;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetDbTest extends SysTest {

    private static final byte[] IP4 = {127, 0, 0, 1};

    private final MemorySegment hints = Memory.allocate(AddrInfo.BYTES);
    private final MemorySegment res = Memory.allocate(8);

    private int lookup(String node, String service) {
        return NetDb.getaddrinfo(string(node), string(service), hints, res);
    }

    private static MemorySegment string(String text) {
        return text == null ? NULL : Memory.string(text);
    }

    @Test
    void localhostIsALoopbackAddress() {
        AddrInfo.hints(hints, 0, Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
        assertEquals(0, lookup("localhost", null));
        MemorySegment first = AddrInfo.first(res);
        assertEquals(Sockets.AF_INET, AddrInfo.family(first));
        assertEquals(Sockets.SOCK_STREAM, AddrInfo.socktype(first));
        assertEquals(Sockets.IPPROTO_TCP, AddrInfo.protocol(first));
        assertEquals(16, AddrInfo.addrlen(first));
        assertEquals(127, SockAddr.ip(AddrInfo.addr(first))[0]);
        assertNull(AddrInfo.canonname(first));
        NetDb.freeaddrinfo(first);
    }

    @Test
    void theListIsWalkedToItsEnd() {
        AddrInfo.hints(hints, NetDb.AI_NUMERICHOST | NetDb.AI_NUMERICSERV, 0, 0, 0);
        assertEquals(0, lookup("127.0.0.1", "8080"));
        List<Integer> types = new ArrayList<>();
        for (MemorySegment ai = AddrInfo.first(res); !ai.equals(NULL); ai = AddrInfo.next(ai)) {
            types.add(AddrInfo.socktype(ai));
            assertEquals(8080, SockAddr.port(AddrInfo.addr(ai)));
            assertArrayEquals(IP4, SockAddr.ip(AddrInfo.addr(ai)));
        }
        assertTrue(types.containsAll(Set.of(Sockets.SOCK_STREAM, Sockets.SOCK_DGRAM)), types::toString);
        NetDb.freeaddrinfo(AddrInfo.first(res));
    }

    @Test
    void aNumericInet6AddressIsRead() {
        AddrInfo.hints(hints, NetDb.AI_NUMERICHOST, Sockets.AF_INET6, Sockets.SOCK_STREAM, 0);
        assertEquals(0, lookup("::1", null));
        MemorySegment addr = AddrInfo.addr(AddrInfo.first(res));
        assertEquals(28, addr.byteSize());
        assertEquals(1, SockAddr.ip(addr)[15]);
        NetDb.freeaddrinfo(AddrInfo.first(res));
    }

    @Test
    void theCanonicalNameIsReturnedIfAskedFor() {
        AddrInfo.hints(hints, NetDb.AI_CANONNAME | NetDb.AI_NUMERICHOST, 0, Sockets.SOCK_STREAM, 0);
        assertEquals(0, lookup("127.0.0.1", null));
        assertEquals("127.0.0.1", AddrInfo.canonname(AddrInfo.first(res)));
        NetDb.freeaddrinfo(AddrInfo.first(res));
    }

    @Test
    void passiveMeansTheAddressToBindTo() {
        AddrInfo.hints(hints, NetDb.AI_PASSIVE, Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
        assertEquals(0, lookup(null, "80"));
        assertArrayEquals(new byte[4], SockAddr.ip(AddrInfo.addr(AddrInfo.first(res))));
        NetDb.freeaddrinfo(AddrInfo.first(res));
    }

    @Test
    void failuresOfGetaddrinfoHaveEaiNumbers() {
        AddrInfo.hints(hints, NetDb.AI_NUMERICHOST, 0, Sockets.SOCK_STREAM, 0);
        assertEquals(NetDb.EAI_NONAME, lookup("not a number", null));
        assertEquals(NetDb.EAI_NONAME, lookup(null, null));
        AddrInfo.hints(hints, 1 << 30, 0, Sockets.SOCK_STREAM, 0);
        assertEquals(NetDb.EAI_BADFLAGS, lookup("127.0.0.1", null));
        AddrInfo.hints(hints, 0, 9999, Sockets.SOCK_STREAM, 0);
        assertEquals(NetDb.EAI_FAMILY, lookup("127.0.0.1", null));
        AddrInfo.hints(hints, 0, 0, 9999, 0);
        assertEquals(NetDb.EAI_SOCKTYPE, lookup("127.0.0.1", null));
        AddrInfo.hints(hints, NetDb.AI_NUMERICHOST, 0, Sockets.SOCK_STREAM, 0);
        assertEquals(NetDb.EAI_SERVICE, lookup("127.0.0.1", "no-such-service"));
    }

    /** RFC 6761: the name does not exist. Without a name server the error is EAI_AGAIN. */
    @Test
    void aNameThatCannotExistIsNotFound() {
        AddrInfo.hints(hints, 0, 0, Sockets.SOCK_STREAM, 0);
        int result = lookup("chagres.invalid", null);
        assertTrue(NetDb.eaiName(result).startsWith("EAI_"), () -> NetDb.eaiName(result));
    }

    @Test
    void anAddressIsWrittenAsText() {
        MemorySegment host = Memory.allocate(NetDb.NI_MAXHOST);
        MemorySegment serv = Memory.allocate(NetDb.NI_MAXSERV);
        int flags = NetDb.NI_NUMERICHOST | NetDb.NI_NUMERICSERV;
        int result = NetDb.getnameinfo(loopback(8080), 16, host, NetDb.NI_MAXHOST, serv, NetDb.NI_MAXSERV, flags);
        assertEquals(0, result);
        assertEquals("127.0.0.1", host.getString(0));
        assertEquals("8080", serv.getString(0));
        assertEquals(NetDb.EAI_OVERFLOW, NetDb.getnameinfo(loopback(0), 16, host, 3, NULL, 0, flags));
        assertEquals(NetDb.EAI_FAMILY, NetDb.getnameinfo(loopback(0), 3, host, 99, NULL, 0, flags));
    }

    @Test
    void theLoopbackAddressHasAName() {
        MemorySegment host = Memory.allocate(NetDb.NI_MAXHOST);
        int result = NetDb.getnameinfo(loopback(0), 16, host, NetDb.NI_MAXHOST, NULL, 0, NetDb.NI_NAMEREQD);
        assertEquals(0, result, () -> NetDb.eaiName(result));
        assertFalse(host.getString(0).isEmpty());
    }

    @Test
    void aSystemErrorKeepsItsErrno() {
        MemorySegment slab = Memory.allocate(16);
        slab.set(ValueLayout.JAVA_INT, 0, Errno.EMFILE);
        int result = NetDb.result(NetDb.EAI_SYSTEM, slab);
        assertEquals(-1024, result);
        assertEquals(Errno.EMFILE, NetDb.eaiErrno(result));
        assertEquals("EMFILE", NetDb.eaiName(result));
        assertEquals("too many open files", NetDb.eaiMessage(result));
        assertEquals(NetDb.EAI_AGAIN, NetDb.result(NetDb.EAI_AGAIN, slab));
        assertEquals(0, NetDb.eaiErrno(NetDb.EAI_AGAIN));
        assertEquals(0, NetDb.eaiErrno(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -101})
    void everyFailureHasANameAndAMessage(int eai) {
        assertTrue(NetDb.eaiName(eai).startsWith("EAI_"));
        assertTrue(NetDb.eaiMessage(eai).matches("[a-z].*"));
    }

    @Test
    void theMessagesAreThoseOfLibuv() {
        assertEquals("EAI_NONAME", NetDb.eaiName(NetDb.EAI_NONAME));
        assertEquals("unknown node or service", NetDb.eaiMessage(NetDb.EAI_NONAME));
        assertEquals("Unknown system error -999", NetDb.eaiName(-999));
        assertEquals("Unknown system error -999", NetDb.eaiMessage(-999));
    }
}
