package io.chagres.trace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.OldWays;
import io.chagres.sys.AddrInfo;
import io.chagres.sys.Cmsg;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.EpollEvent;
import io.chagres.sys.EventFd;
import io.chagres.sys.IoVec;
import io.chagres.sys.Memory;
import io.chagres.sys.MsgHdr;
import io.chagres.sys.NetDb;
import io.chagres.sys.ObservedCalls;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The text of calls that the kernel refuses at once, so that each line is known before. The lines are those of strace 6.1; {@code
 * StraceAgreementTest} compares calls that succeed.
 */
@ExtendWith(HangGuard.class)
class CallTextTest {

    private static final MemorySegment ADDRESS = Memory.allocate(SockAddr.SIZE);
    private static final MemorySegment VALUE = Memory.allocate(16);
    private static final String BAD = " = -1 EBADF (Bad file descriptor)";
    private static final int STREAM = Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC;

    private final List<String> lines = new ArrayList<>();
    private int limit = 32;

    /** A call of the test table. */
    private record Row(Runnable call, String line) {
        @Override
        public String toString() {
            return line;
        }
    }

    @BeforeEach
    void observe() {
        ObservedCalls.setObserver(call -> {
            if (CallText.category(call.function()) != null) {
                CallText text = CallText.of(call, limit);
                lines.add(text.name() + "(" + text.arguments() + ") = " + text.answer());
            }
        });
    }

    @AfterEach
    void endObservation() {
        ObservedCalls.setObserver(null);
    }

    private String line(Runnable call) {
        lines.clear();
        call.run();
        assertEquals(1, lines.size(), lines::toString);
        String line = lines.get(0);
        // a copy has an address, an array has none
        return OldWays.copiesHeapMemory() ? line.replaceAll("(recvfrom\\(-1, 0x)\\p{XDigit}+", "$1...") : line;
    }

    private static Row bind(byte[] ip, int port, int scope, String address) {
        return new Row(
                () -> Sockets.bind(-1, ADDRESS, SockAddr.putIp(ADDRESS, ip, port, scope)),
                "bind(-1, " + address + ", " + (ip.length == 4 ? 16 : 28) + ")" + BAD);
    }

    private static Row connect(String name, String path, int length) {
        return new Row(
                () -> Sockets.connect(-1, ADDRESS, SockAddr.putUnix(ADDRESS, name.getBytes(StandardCharsets.UTF_8))),
                "connect(-1, {sa_family=AF_UNIX" + path + "}, " + length + ")" + BAD);
    }

    private static Row set(int level, int name, int value, String text) {
        return new Row(
                () -> Sockets.setsockopt(-1, level, name, value),
                "setsockopt(-1, " + text + ", [" + value + "], 4)" + BAD);
    }

    private static Row row(Runnable call, String line) {
        return new Row(call, line);
    }

    static Stream<Row> addresses() {
        byte[] linkLocal = {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        return Stream.of(
                bind(
                        new byte[] {127, 0, 0, 1},
                        51234,
                        0,
                        "{sa_family=AF_INET, sin_port=htons(51234), sin_addr=inet_addr(\"127.0.0.1\")}"),
                bind(
                        new byte[16],
                        80,
                        0,
                        "{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), "
                                + "inet_pton(AF_INET6, \"::\", &sin6_addr), sin6_scope_id=0}"),
                bind(
                        linkLocal,
                        80,
                        1,
                        "{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), "
                                + "inet_pton(AF_INET6, \"fe80::1\", &sin6_addr), sin6_scope_id=if_nametoindex(\"lo\")}"),
                connect("/tmp/a.sock", ", sun_path=\"/tmp/a.sock\"", 14),
                connect("\0name", ", sun_path=@\"name\"", 7),
                connect("", "", 2));
    }

    static Stream<Row> options() {
        return Stream.of(
                set(Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1, "SOL_SOCKET, SO_REUSEADDR"),
                set(Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 0, "SOL_TCP, TCP_NODELAY"),
                set(Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 1, "SOL_IPV6, IPV6_V6ONLY"),
                set(Sockets.IPPROTO_IP, Sockets.IP_TOS, 16, "SOL_IP, IP_TOS"),
                row(
                        () -> Sockets.setsockopt(-1, Sockets.SOL_SOCKET, Sockets.SO_LINGER, linger(), 8),
                        "setsockopt(-1, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}, 8)" + BAD),
                row(
                        () -> Sockets.setsockopt(
                                -1, Sockets.IPPROTO_TCP, Sockets.TCP_CONGESTION, Memory.string("cubic"), 5),
                        "setsockopt(-1, SOL_TCP, TCP_CONGESTION, \"cubic\", 5)" + BAD));
    }

    private static MemorySegment linger() {
        VALUE.set(ValueLayout.JAVA_INT, 0, 1);
        VALUE.set(ValueLayout.JAVA_INT, 4, 5);
        return VALUE;
    }

    private static MemorySegment event(int events, long data) {
        MemorySegment event = Memory.allocate(EpollEvent.BYTES);
        EpollEvent.set(event, 0, events, data);
        return event;
    }

    static Stream<Row> calls() {
        MemorySegment none = MemorySegment.NULL;
        byte[] hello = "hello\n".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                row(
                        () -> Sockets.socket(4711, STREAM | Sockets.SOCK_NONBLOCK, 0),
                        "socket(0x1267 /* AF_??? */, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = -1 EAFNOSUPPORT "
                                + "(Address family not supported by protocol)"),
                row(
                        () -> Sockets.accept4(-1, none, none, Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK),
                        "accept4(-1, NULL, NULL, SOCK_CLOEXEC|SOCK_NONBLOCK)" + BAD),
                row(() -> Sockets.shutdown(-1, Sockets.SHUT_WR), "shutdown(-1, SHUT_WR)" + BAD),
                row(
                        () -> Sockets.recv(-1, MemorySegment.ofArray(new byte[9]), 9, 0),
                        "recvfrom(-1, 0x..., 9, MSG_DONTWAIT, NULL, NULL)" + BAD),
                row(
                        () -> Sockets.send(-1, MemorySegment.ofArray(hello), 6, Sockets.MSG_NOSIGNAL),
                        "sendto(-1, \"hello\\n\", 6, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0)" + BAD),
                row(
                        () -> Epoll.epoll_ctl(
                                -1, Epoll.EPOLL_CTL_ADD, 7, event(Epoll.EPOLLIN | Epoll.EPOLLET, 1L << 32 | 7)),
                        "epoll_ctl(-1, EPOLL_CTL_ADD, 7, {events=EPOLLIN|EPOLLET, data={u32=7, u64=4294967303}})"
                                + BAD),
                row(
                        () -> Epoll.epoll_ctl(-1, Epoll.EPOLL_CTL_DEL, 7, none),
                        "epoll_ctl(-1, EPOLL_CTL_DEL, 7, NULL)" + BAD),
                row(() -> Epoll.epoll_create1(1), "epoll_create1(0x1 /* EPOLL_??? */) = -1 EINVAL (Invalid argument)"),
                row(
                        () -> EventFd.eventfd(0, EventFd.EFD_CLOEXEC | 2),
                        "eventfd2(0, EFD_CLOEXEC|0x2) = -1 EINVAL (Invalid argument)"),
                row(
                        () -> Descriptors.fcntl(-1, Descriptors.F_SETFL, Descriptors.O_RDWR | Descriptors.O_NONBLOCK),
                        "fcntl(-1, F_SETFL, O_RDWR|O_NONBLOCK)" + BAD),
                row(() -> Descriptors.fcntl(-1, Descriptors.F_GETFD, 0), "fcntl(-1, F_GETFD)" + BAD),
                row(() -> Descriptors.isatty(-1), "ioctl(-1, TCGETS, 0x...)" + BAD),
                row(
                        () -> Descriptors.open(
                                Memory.string("/none/é"), Descriptors.O_CREAT | Descriptors.O_CLOEXEC, 0600),
                        "openat(AT_FDCWD, \"/none/\\303\\251\", O_RDONLY|O_CREAT|O_CLOEXEC, 0600) = -1 ENOENT "
                                + "(No such file or directory)"),
                row(() -> Descriptors.close(-1), "close(-1)" + BAD));
    }

    @ParameterizedTest
    @MethodSource({"addresses", "options", "calls"})
    void aLineIsThatOfStrace(Row row) {
        assertEquals(row.line, line(row.call));
    }

    @Test
    void messagesHaveTheirVectorsAndDescriptors() {
        MemorySegment data = Memory.string("hello");
        MemorySegment vectors = Memory.allocate(2L * IoVec.BYTES);
        IoVec.set(vectors, 0, data, 5);
        IoVec.set(vectors, 1, data, 2);
        MemorySegment control = Memory.allocate(64);
        MemorySegment message = Memory.allocate(MsgHdr.BYTES);
        MsgHdr.iov(message, vectors, 2);
        MsgHdr.control(message, control, Cmsg.putRights(control, new int[] {1, 2}, 2));
        String vector = "[{iov_base=\"hello\", iov_len=5}, {iov_base=\"he\", iov_len=2}]";
        assertEquals("writev(-1, " + vector + ", 2)" + BAD, line(() -> Descriptors.writev(-1, vectors, 2)));
        assertEquals(
                "sendmsg(-1, {msg_name=NULL, msg_namelen=0, msg_iov=" + vector
                        + ", msg_iovlen=2, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, "
                        + "cmsg_data=[1, 2]}], msg_controllen=24, msg_flags=0}, MSG_NOSIGNAL)" + BAD,
                line(() -> Sockets.sendmsg(-1, message, Sockets.MSG_NOSIGNAL)));
    }

    @Test
    void theLimitCutsStringsButNoPaths() {
        limit = 4;
        assertEquals(
                "sendto(-1, \"0123\"..., 10, MSG_DONTWAIT, NULL, 0)" + BAD,
                line(() ->
                        Sockets.send(-1, MemorySegment.ofArray("0123456789".getBytes(StandardCharsets.UTF_8)), 10, 0)));
        assertEquals(
                "unlink(\"/none/none\") = -1 ENOENT (No such file or directory)",
                line(() -> Descriptors.unlink(Memory.string("/none/none"))));
    }

    @Test
    void lookupsPrintLikeCalls() {
        MemorySegment hints = Memory.allocate(AddrInfo.BYTES);
        AddrInfo.hints(hints, NetDb.AI_NUMERICHOST, Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
        MemorySegment result = Memory.allocate(Long.BYTES);
        String asked = "{ai_flags=AI_NUMERICHOST, ai_family=AF_INET, ai_socktype=SOCK_STREAM, ai_protocol=0}";
        assertEquals(
                "getaddrinfo(\"127.0.0.1\", NULL, " + asked
                        + ", [{ai_flags=AI_NUMERICHOST, ai_family=AF_INET, ai_socktype=SOCK_STREAM, ai_protocol=IPPROTO_TCP, "
                        + "ai_addr={sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr(\"127.0.0.1\")}}]) = 0",
                line(() -> NetDb.getaddrinfo(Memory.string("127.0.0.1"), MemorySegment.NULL, hints, result)));
        lines.clear();
        NetDb.freeaddrinfo(AddrInfo.first(result));
        assertEquals(List.of(), lines);
        String none = line(() -> NetDb.getaddrinfo(Memory.string("no number"), MemorySegment.NULL, hints, result));
        assertEquals("= -2 EAI_NONAME (Name or service not known)", none.substring(none.lastIndexOf('=')));
    }

    @Test
    void anAddressIsLookedUpWithAllArguments() {
        MemorySegment host = Memory.allocate(64);
        MemorySegment service = Memory.allocate(64);
        int flags = NetDb.NI_NUMERICHOST | NetDb.NI_NUMERICSERV;
        int length = SockAddr.putInet(ADDRESS, new byte[] {127, 0, 0, 1}, 80);
        assertEquals(
                "getnameinfo({sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16, \"127.0.0.1\", "
                        + "64, \"80\", 64, NI_NUMERICHOST|NI_NUMERICSERV) = 0",
                line(() -> NetDb.getnameinfo(ADDRESS, length, host, 64, service, 64, flags)));
    }

    @Test
    void functionsThatMakeNoCallHaveNoCategory() {
        assertNull(CallText.category("freeaddrinfo"));
        assertEquals("data", CallText.category("recv"));
    }
}
