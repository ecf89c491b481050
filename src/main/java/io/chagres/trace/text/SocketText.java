package io.chagres.trace.text;

import static io.chagres.trace.text.Argument.in;

import io.chagres.sys.Call;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The arguments of socket(2), bind(2), accept4(2), recv(2) and their family. */
final class SocketText {

    private static final int MIN_UNIX_NAME = 3;

    private static final FlagNames FAMILIES = new FlagNames("AF_???")
            .with("AF_UNSPEC", 0)
            .with("AF_UNIX", 1)
            .with("AF_INET", 2)
            .with("AF_INET6", 10)
            .with("AF_NETLINK", 16)
            .with("AF_VSOCK", 40);

    private static final FlagNames TYPES = new FlagNames("SOCK_???")
            .with("SOCK_STREAM", 1)
            .with("SOCK_DGRAM", 2)
            .with("SOCK_RAW", 3)
            .with("SOCK_SEQPACKET", 5);

    private static final FlagNames TYPE_FLAGS =
            new FlagNames("SOCK_???").with("SOCK_CLOEXEC", 0x80000).with("SOCK_NONBLOCK", 0x800);

    private static final FlagNames PROTOCOLS = new FlagNames("IPPROTO_???")
            .with("IPPROTO_IP", 0)
            .with("IPPROTO_ICMP", 1)
            .with("IPPROTO_TCP", 6)
            .with("IPPROTO_UDP", 17)
            .with("IPPROTO_MPTCP", 262);

    private static final FlagNames HOW =
            new FlagNames("SHUT_???").with("SHUT_RD", 0).with("SHUT_WR", 1).with("SHUT_RDWR", 2);

    private static final FlagNames MSG = new FlagNames("MSG_???")
            .with("MSG_OOB", 0x1)
            .with("MSG_PEEK", 0x2)
            .with("MSG_DONTROUTE", 0x4)
            .with("MSG_CTRUNC", 0x8)
            .with("MSG_PROBE", 0x10)
            .with("MSG_TRUNC", 0x20)
            .with("MSG_DONTWAIT", 0x40)
            .with("MSG_EOR", 0x80)
            .with("MSG_WAITALL", 0x100)
            .with("MSG_FIN", 0x200)
            .with("MSG_SYN", 0x400)
            .with("MSG_CONFIRM", 0x800)
            .with("MSG_RST", 0x1000)
            .with("MSG_ERRQUEUE", 0x2000)
            .with("MSG_NOSIGNAL", 0x4000)
            .with("MSG_MORE", 0x8000)
            .with("MSG_WAITFORONE", 0x10000)
            .with("MSG_BATCH", 0x40000)
            .with("MSG_ZEROCOPY", 0x4000000)
            .with("MSG_FASTOPEN", 0x20000000)
            .with("MSG_CMSG_CLOEXEC", 0x40000000);

    private SocketText() {}

    static Argument family(int index) {
        return (call, out) -> out.add(FAMILIES.name(call.number(index)));
    }

    static String familyName(int family) {
        return FAMILIES.name(family);
    }

    static Argument type(int index) {
        return (call, out) -> out.add(typeNames(call.number(index)));
    }

    static String typeNames(int type) {
        int flags = type & ~0xf;
        if (!TYPES.has(type & 0xf)) {
            return TYPE_FLAGS.bits(type);
        }
        return TYPES.name(type & 0xf) + (flags == 0 ? "" : "|" + TYPE_FLAGS.bits(flags));
    }

    /** The protocol has a name if the family, the argument 0, is that of IP. */
    static Argument protocol(int index) {
        return (call, out) -> {
            int family = call.number(0);
            boolean named = family == Sockets.AF_INET || family == Sockets.AF_INET6;
            out.add(named ? protocolName(call.number(index)) : String.valueOf(call.number(index)));
        };
    }

    static String protocolName(int protocol) {
        return PROTOCOLS.name(protocol);
    }

    static Argument typeFlags(int index) {
        return (call, out) -> out.add(TYPE_FLAGS.bits(call.number(index)));
    }

    static Argument how(int index) {
        return (call, out) -> out.add(HOW.name(call.number(index)));
    }

    static Argument messageFlags(int index) {
        return (call, out) -> out.add(messageFlagNames(call.number(index)));
    }

    static String messageFlagNames(int flags) {
        return MSG.bits(Integer.toUnsignedLong(flags));
    }

    /** An address that the caller passes, with its length in the next argument. */
    static Argument address(int index) {
        return in(index, (call, out) -> {
            int length = call.number(index + 1);
            address(call.memory(index, length), length, out);
        });
    }

    /** An address that the kernel has returned, and its length, which is the next argument. */
    static Argument returnedAddress(int index) {
        return (call, out) -> {
            boolean asked = call.word(index) != 0 && call.word(index + 1) != 0;
            int room = call.lengthBefore();
            int length = asked ? call.memory(index + 1, Integer.BYTES).get(ValueLayout.JAVA_INT_UNALIGNED, 0) : 0;
            if (!asked || out.hasFailed()) {
                Argument.pointer(index).print(call, out);
            } else {
                int shown = Math.min(room, length);
                address(call.memory(index, shown), shown, out);
            }
            out.add(", ");
            if (!asked) {
                Argument.pointer(index + 1).print(call, out);
            } else {
                length(room, out.hasFailed() ? room : length, out);
            }
        };
    }

    /** Appends a length behind a pointer, before and after the call: {@code [128 => 16]}. */
    static void length(int before, int after, Line out) {
        out.add(before == after ? "[" + after + "]" : "[" + before + " => " + after + "]");
    }

    /** Appends a {@code struct sockaddr}. */
    static void address(MemorySegment address, int length, Line out) {
        if (length < Short.BYTES) {
            out.add("\"\"");
            return;
        }
        int family = SockAddr.family(address);
        out.add("{sa_family=").add(familyName(family));
        if (family == Sockets.AF_INET && length >= SockAddr.INET_BYTES) {
            out.add(", sin_port=htons(").add(SockAddr.port(address)).add("), sin_addr=inet_addr(\"");
            out.add(IpText.of(SockAddr.ip(address))).add("\")");
        } else if (family == Sockets.AF_INET6 && length >= SockAddr.INET6_BYTES) {
            inet6(address, out);
        } else if (family == Sockets.AF_UNIX) {
            unix(address, length, out);
        } else if (length > Short.BYTES) {
            out.add(", sa_data=");
            out.data(address.asSlice(Short.BYTES, length - Short.BYTES));
        }
        out.add("}");
    }

    private static void inet6(MemorySegment address, Line out) {
        out.add(", sin6_port=htons(").add(SockAddr.port(address));
        out.add("), sin6_flowinfo=htonl(").add(Integer.toUnsignedLong(SockAddr.flowinfo(address)));
        out.add("), inet_pton(AF_INET6, \"").add(IpText.of(SockAddr.ip(address)));
        out.add("\", &sin6_addr), sin6_scope_id=").add(Interfaces.scope(address));
    }

    private static void unix(MemorySegment address, int length, Line out) {
        if (length < MIN_UNIX_NAME) {
            return;
        }
        byte[] name = SockAddr.unixName(address, length);
        boolean isAbstract = name.length > 0 && name[0] == 0;
        out.add(isAbstract ? ", sun_path=@" : ", sun_path=");
        MemorySegment bytes = MemorySegment.ofArray(name);
        out.data(isAbstract ? bytes.asSlice(1) : bytes, SockAddr.UNIX_PATH_MAX);
    }

    /** The bytes that a call has received. */
    static Argument received(int index) {
        return Argument.out(index, (call, out) -> out.data(call.memory(index, out.outcome())));
    }

    /** The bytes that a call sends, with their number in the next argument. */
    static Argument sent(int index) {
        return in(index, (call, out) -> sent(call, index, out));
    }

    private static void sent(Call call, int index, Line out) {
        out.data(call.memory(index, call.word(index + 1)));
    }
}
