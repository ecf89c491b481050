package io.chagres.trace.text;

import static io.chagres.trace.text.Argument.fixed;
import static io.chagres.trace.text.Argument.number;
import static io.chagres.trace.text.Argument.size;

import io.chagres.trace.text.Decoder.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table of all functions that the floor sys links. */
final class Decoders {

    /** The functions that make no system call, or only after others have printed their arguments. */
    static final Set<String> SILENT = Set.of("freeaddrinfo", "strerror", "strerrordesc_np", "gai_strerror");

    private static final String NET = "net";
    private static final String EPOLL = "epoll";
    private static final String DATA = "data";

    /** The size of the kernel's signal set, which the C library adds to epoll_pwait(2). */
    private static final Argument SIGSET_BYTES = fixed("8");

    /** AArch64 and RISC-V have no system calls of old names, so the C library calls newer ones. */
    private static final boolean HAS_OLD_CALLS = !Set.of("aarch64", "riscv64").contains(System.getProperty("os.arch"));

    private static final Map<String, Decoder> ALL = new HashMap<>();

    static {
        sockets();
        options();
        transfers();
        epoll();
        files();
        names();
    }

    private Decoders() {}

    /** Returns the decoder of a function of the C library; null if it is silent or unknown. */
    static @Nullable Decoder of(String function) {
        return ALL.get(function);
    }

    private static void put(String function, String call, String category, Result result, Argument... arguments) {
        ALL.put(function, new Decoder(call, category, result, List.of(arguments)));
    }

    private static void call(String name, String category, Argument... arguments) {
        put(name, name, category, Result.INT, arguments);
    }

    private static void sockets() {
        call("socket", NET, SocketText.family(0), SocketText.type(1), SocketText.protocol(2));
        call("socketpair", NET, SocketText.family(0), SocketText.type(1), number(2), FileText.pair(3));
        call("bind", NET, number(0), SocketText.address(1), number(2));
        call("listen", NET, number(0), number(1));
        call("accept4", NET, number(0), SocketText.returnedAddress(1), SocketText.typeFlags(3));
        call("connect", NET, number(0), SocketText.address(1), number(2));
        call("shutdown", NET, number(0), SocketText.how(1));
        call("getsockname", NET, number(0), SocketText.returnedAddress(1));
        call("getpeername", NET, number(0), SocketText.returnedAddress(1));
    }

    private static void options() {
        call("getsockopt", NET, number(0), OptionText::level, OptionText::name, OptionText::returned);
        call("setsockopt", NET, number(0), OptionText::level, OptionText::name, OptionText::value, number(4));
    }

    private static void transfers() {
        Argument received = SocketText.received(1);
        Argument sent = SocketText.sent(1);
        Argument flags = SocketText.messageFlags(3);
        Argument none = fixed("NULL");
        put("recv", "recvfrom", DATA, Result.SIZE, number(0), received, size(2), flags, none, none);
        put("send", "sendto", DATA, Result.SIZE, number(0), sent, size(2), flags, none, fixed("0"));
        put("read", "read", DATA, Result.SIZE, number(0), received, size(2));
        put("write", "write", DATA, Result.SIZE, number(0), sent, size(2));
        put("writev", "writev", DATA, Result.SIZE, number(0), MessageText.vectors(1), number(2));
        put("sendmsg", "sendmsg", DATA, Result.SIZE, number(0), MessageText.sent(1), SocketText.messageFlags(2));
        put("recvmsg", "recvmsg", DATA, Result.SIZE, number(0), MessageText.received(1), SocketText.messageFlags(2));
    }

    private static void epoll() {
        call("epoll_create1", EPOLL, EpollText.createFlags(0));
        call("epoll_ctl", EPOLL, number(0), EpollText::op, number(2), EpollText.event(3));
        put("eventfd", "eventfd2", EPOLL, Result.INT, number(0), EpollText.eventFlags(1));
        Argument[] wait = {number(0), EpollText.events(1), number(2), number(3)};
        Argument[] pwait = {wait[0], wait[1], wait[2], wait[3], fixed("NULL"), SIGSET_BYTES};
        put(
                "epoll_wait",
                HAS_OLD_CALLS ? "epoll_wait" : "epoll_pwait",
                EPOLL,
                Result.INT,
                HAS_OLD_CALLS ? wait : pwait);
        call("epoll_pwait2", EPOLL, wait[0], wait[1], wait[2], EpollText.time(3), Argument.pointer(4), SIGSET_BYTES);
    }

    private static void files() {
        call("close", NET, number(0));
        put("fcntl", "fcntl", NET, Result.FLAGS, number(0), FileText::command);
        call("pipe2", NET, FileText.pair(0), FileText.pipeFlags(1));
        Argument here = fixed("AT_FDCWD");
        put("open", "openat", NET, Result.INT, here, FileText.path(0), FileText.openFlags(1));
        Argument path = FileText.path(0);
        if (HAS_OLD_CALLS) {
            call("unlink", NET, path);
            call("chmod", NET, path, FileText.mode(1));
        } else {
            put("unlink", "unlinkat", NET, Result.INT, here, path, fixed("0"));
            put("chmod", "fchmodat", NET, Result.INT, here, path, FileText.mode(1));
        }
        call("fchmod", NET, number(0), FileText.mode(1));
        Argument flags = FileText.statxFlags(2);
        call("statx", NET, FileText.directory(0), FileText.path(1), flags, FileText.statxMask(3), FileText.statx(4));
        call("sched_setaffinity", NET, number(0), size(1), FileText.processors(2, 1));
        Argument limit = FileText.limit(1);
        put("getrlimit", "prlimit64", NET, Result.INT, fixed("0"), FileText.resource(0), fixed("NULL"), limit);
        put(
                "isatty",
                "ioctl",
                NET,
                Result.TRUTH,
                number(0),
                fixed("TCGETS"),
                (call, out) -> out.add(out.hasFailed() ? Argument.UNKNOWN_POINTER : "{...}"));
    }

    private static void names() {
        put(
                "getaddrinfo",
                "getaddrinfo",
                NET,
                Result.EAI,
                FileText.path(0),
                FileText.path(1),
                NetDbText.hints(2),
                NetDbText.list(3));
        put(
                "getnameinfo",
                "getnameinfo",
                NET,
                Result.EAI,
                SocketText.address(0),
                number(1),
                NetDbText.name(2),
                number(3),
                NetDbText.name(4),
                number(5),
                NetDbText.nameFlags(6));
    }
}
