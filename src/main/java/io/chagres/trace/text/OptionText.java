package io.chagres.trace.text;

import io.chagres.sys.Call;
import io.chagres.sys.SocketFilter;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The arguments of getsockopt(2) and setsockopt(2) behind the descriptor: level, name, value, length. */
final class OptionText {

    private static final int LEVEL = 1;
    private static final int NAME = 2;
    private static final int VALUE = 3;
    private static final int LENGTH = 4;

    private static final FlagNames LEVELS = new FlagNames("SOL_??")
            .with("SOL_IP", Sockets.IPPROTO_IP)
            .with("SOL_SOCKET", Sockets.SOL_SOCKET)
            .with("SOL_TCP", Sockets.IPPROTO_TCP)
            .with("SOL_UDP", 17)
            .with("SOL_IPV6", Sockets.IPPROTO_IPV6);

    private static final FlagNames SOCKET = new FlagNames("SO_???")
            .with("SO_DEBUG", 1)
            .with("SO_REUSEADDR", Sockets.SO_REUSEADDR)
            .with("SO_TYPE", Sockets.SO_TYPE)
            .with("SO_ERROR", Sockets.SO_ERROR)
            .with("SO_DONTROUTE", 5)
            .with("SO_BROADCAST", 6)
            .with("SO_SNDBUF", Sockets.SO_SNDBUF)
            .with("SO_RCVBUF", Sockets.SO_RCVBUF)
            .with("SO_KEEPALIVE", Sockets.SO_KEEPALIVE)
            .with("SO_OOBINLINE", 10)
            .with("SO_PRIORITY", 12)
            .with("SO_LINGER", Sockets.SO_LINGER)
            .with("SO_REUSEPORT", Sockets.SO_REUSEPORT)
            .with("SO_PASSCRED", 16)
            .with("SO_PEERCRED", Sockets.SO_PEERCRED)
            .with("SO_RCVLOWAT", 18)
            .with("SO_SNDLOWAT", 19)
            .with("SO_RCVTIMEO_OLD", 20)
            .with("SO_SNDTIMEO_OLD", 21)
            .with("SO_BINDTODEVICE", 25)
            .with("SO_PEERNAME", Sockets.SO_PEERNAME)
            .with("SO_ACCEPTCONN", Sockets.SO_ACCEPTCONN)
            .with("SO_SNDBUFFORCE", 32)
            .with("SO_RCVBUFFORCE", 33)
            .with("SO_MARK", 36)
            .with("SO_PROTOCOL", Sockets.SO_PROTOCOL)
            .with("SO_DOMAIN", Sockets.SO_DOMAIN)
            .with("SO_BUSY_POLL", 46)
            .with("SO_MAX_PACING_RATE", 47)
            .with("SO_INCOMING_CPU", Sockets.SO_INCOMING_CPU)
            .with("SO_ATTACH_REUSEPORT_CBPF", Sockets.SO_ATTACH_REUSEPORT_CBPF)
            .with("SO_ZEROCOPY", 60);

    private static final FlagNames TCP = new FlagNames("TCP_???")
            .with("TCP_NODELAY", Sockets.TCP_NODELAY)
            .with("TCP_MAXSEG", 2)
            .with("TCP_CORK", Sockets.TCP_CORK)
            .with("TCP_KEEPIDLE", Sockets.TCP_KEEPIDLE)
            .with("TCP_KEEPINTVL", Sockets.TCP_KEEPINTVL)
            .with("TCP_KEEPCNT", Sockets.TCP_KEEPCNT)
            .with("TCP_SYNCNT", 7)
            .with("TCP_LINGER2", 8)
            .with("TCP_DEFER_ACCEPT", Sockets.TCP_DEFER_ACCEPT)
            .with("TCP_WINDOW_CLAMP", 10)
            .with("TCP_INFO", Sockets.TCP_INFO)
            .with("TCP_QUICKACK", Sockets.TCP_QUICKACK)
            .with("TCP_CONGESTION", Sockets.TCP_CONGESTION)
            .with("TCP_MD5SIG", 14)
            .with("TCP_COOKIE_TRANSACTIONS", 15)
            .with("TCP_THIN_LINEAR_TIMEOUTS", 16)
            .with("TCP_THIN_DUPACK", 17)
            .with("TCP_USER_TIMEOUT", Sockets.TCP_USER_TIMEOUT)
            .with("TCP_FASTOPEN", Sockets.TCP_FASTOPEN)
            .with("TCP_NOTSENT_LOWAT", Sockets.TCP_NOTSENT_LOWAT)
            .with("TCP_SAVED_SYN", 28)
            .with("TCP_FASTOPEN_CONNECT", Sockets.TCP_FASTOPEN_CONNECT);

    private static final FlagNames IP =
            new FlagNames("IP_???").with("IP_TOS", Sockets.IP_TOS).with("IP_TTL", 2);

    private static final FlagNames IPV6 = new FlagNames("IPV6_???")
            .with("IPV6_UNICAST_HOPS", 16)
            .with("IPV6_V6ONLY", Sockets.IPV6_V6ONLY)
            .with("IPV6_TCLASS", Sockets.IPV6_TCLASS);

    private OptionText() {}

    static void level(Call call, Line out) {
        out.add(LEVELS.name(call.number(LEVEL)));
    }

    static void name(Call call, Line out) {
        int name = call.number(NAME);
        out.add(
                switch (call.number(LEVEL)) {
                    case Sockets.SOL_SOCKET -> SOCKET.name(name);
                    case Sockets.IPPROTO_TCP -> TCP.name(name);
                    case Sockets.IPPROTO_IP -> IP.name(name);
                    case Sockets.IPPROTO_IPV6 -> IPV6.name(name);
                    default -> String.valueOf(name);
                });
    }

    /** The value that setsockopt passes. */
    static void value(Call call, Line out) {
        int length = call.number(LENGTH);
        Argument.in(VALUE, (same, line) -> value(same, call.memory(VALUE, length), line))
                .print(call, out);
    }

    /** The value that getsockopt returned, and its length. */
    static void returned(Call call, Line out) {
        int room = call.lengthBefore();
        int length =
                call.word(LENGTH) == 0 ? 0 : call.memory(LENGTH, Integer.BYTES).get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        Argument.out(VALUE, (same, line) -> value(same, call.memory(VALUE, Math.min(room, length)), line))
                .print(call, out);
        out.add(", ");
        SocketText.length(room, length, out);
    }

    private static void value(Call call, MemorySegment value, Line out) {
        boolean ofSocket = call.number(LEVEL) == Sockets.SOL_SOCKET;
        int name = call.number(NAME);
        if (ofSocket && name == Sockets.SO_LINGER && value.byteSize() == 8) {
            out.add("{l_onoff=")
                    .add(number(value, 0))
                    .add(", l_linger=")
                    .add(number(value, 4))
                    .add("}");
        } else if (ofSocket && name == Sockets.SO_PEERCRED && value.byteSize() == 12) {
            out.add("{pid=").add(number(value, 0));
            out.add(", uid=").add(Integer.toUnsignedLong(number(value, 4)));
            out.add(", gid=").add(Integer.toUnsignedLong(number(value, 8))).add("}");
        } else if (ofSocket && name == Sockets.SO_ERROR && value.byteSize() == Integer.BYTES) {
            int errno = number(value, 0);
            out.add("[").add(errno == 0 ? "0" : CallText.errorName(errno)).add("]");
        } else if (ofSocket
                && name == Sockets.SO_ATTACH_REUSEPORT_CBPF
                && value.byteSize() == SocketFilter.FPROG_BYTES) {
            out.add("{len=").add(Short.toUnsignedInt(value.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0)));
            out.add(", filter=0x")
                    .add(Long.toHexString(value.get(ValueLayout.JAVA_LONG_UNALIGNED, 8)))
                    .add("}");
        } else if (value.byteSize() == Integer.BYTES) {
            out.add("[").add(number(value, 0)).add("]");
        } else {
            out.data(value);
        }
    }

    private static int number(MemorySegment value, int at) {
        return value.get(ValueLayout.JAVA_INT_UNALIGNED, at);
    }
}
