package io.chagres.faults;

import static io.chagres.faults.FaultCase.FOR_EVER;
import static io.chagres.faults.Visitor.DROPPED;
import static io.chagres.faults.Visitor.FINE;
import static io.chagres.faults.Visitor.LEFT_ALONE;

import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import io.chagres.sys.NetDb;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The calls, the errors that their man pages list (and a few of tcp(7) and ip(7)), and the expected outcome of each.
 *
 * <p>The outcome is "fine" if no side notices the failure. The name of the call with that of the error means that the
 * side concerned is notified with both.
 */
final class FaultTable {

    private static final int[] USES = {1, 2, 5};
    private static final String CALL_AND_ERROR = "%s %s";
    private static final String SENDMSG =
            "EACCES EALREADY EBADF ECONNRESET EDESTADDRREQ EFAULT EINVAL EISCONN EMSGSIZE ENOMEM "
                    + "ENOTCONN ENOTSOCK ENOTSUP EPIPE ETOOMANYREFS";

    private final List<FaultCase> cases = new ArrayList<>();

    static List<FaultCase> cases() {
        FaultTable table = new FaultTable();
        table.listening();
        table.connecting();
        table.exchanging();
        table.ending();
        table.waiting();
        table.askingAndAdopting();
        table.pipes();
        table.unixSockets();
        table.lasting();
        if (!Epoll.hasPwait2()) {
            table.cases.removeIf(fault -> fault.calls().contains("epoll_pwait2"));
        }
        return table.cases;
    }

    private void listening() {
        of("socket", -1, "a listener", Exercises::listen)
                .expect("listen %2$s", "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT");
        of("socket", -1, "a listener on all addresses", Exercises::listenOnAll).expect(FINE, "EAFNOSUPPORT");
        of("setsockopt", 0, "a listener", Exercises::listen)
                .expect("listen %2$s", "EBADF EFAULT EINVAL ENOMEM ENOPROTOOPT");
        of("bind", 0, "a listener", Exercises::listen)
                .expect("listen %2$s", "EACCES EADDRINUSE EADDRNOTAVAIL EBADF EFAULT EINVAL ENOMEM ENOTSOCK");
        of("bind", 0, "a handle", Exercises::bindHandle)
                .expect(CALL_AND_ERROR, "EACCES EADDRNOTAVAIL ENOMEM")
                .expect("getsockname %2$s", "EADDRINUSE");
        of("listen", 0, "a listener", Exercises::listen)
                .expect(CALL_AND_ERROR, "EADDRINUSE EBADF EINVAL ENOTSOCK ENOTSUP");
        at(1, "getsockname", 0, "a listener, for its text", Exercises::listen)
                .expect(FINE, "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
        at(2, "getsockname", 0, "a listener", Exercises::listen)
                .expect(CALL_AND_ERROR, "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
        at(1, "epoll_ctl", 2, "a listener", Exercises::listen)
                .expect(FINE, "ENOMEM ENOSPC EBADF EINVAL ENOENT ELOOP EPERM EEXIST");
        of("accept4", -1, "a server", Exercises::serve)
                .expect(FINE, "EAGAIN EINTR ECONNABORTED EPROTO EPERM EBADF EFAULT EINVAL ENOTSOCK ENOTSUP")
                .expect(FINE, "ENETDOWN ENONET ENOPROTOOPT EHOSTDOWN EHOSTUNREACH ENETUNREACH ETIMEDOUT")
                .expect("fine, reported accept %2$s", "ENOBUFS ENOMEM")
                .expect(DROPPED, "EMFILE ENFILE");
        of("setsockopt", 0, "an accepted connection", Exercises::serve)
                .expect("fine, reported setsockopt %2$s", "ENOPROTOOPT EBADF EFAULT EINVAL ENOMEM ENOTSOCK");
        of("epoll_ctl", 2, "an accepted connection", Exercises::serve)
                .expect(CALL_AND_ERROR, "ENOMEM ENOSPC EBADF EINVAL ENOENT ELOOP EPERM");
        of("getsockname", 0, "an accepted connection", Exercises::identify)
                .expect("fine, reported getsockname %2$s", "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
        at(1, "getsockopt", 0, "an accepted connection, asked for its peer", Exercises::identify) // other calls answer
                .expect(FINE, "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK ENOTCONN");
        at(1, "getsockopt|getpeername", 0, "an accepted connection", Exercises::identify)
                .times(3)
                .expect("fine, reported no peer", "ENOTCONN EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
        at(1, "getpeername", 0, "a server with a block list", Exercises::listenGuarded)
                .expect(DROPPED, "ENOTCONN EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
    }

    private void connecting() {
        of("socket", -1, "a client", Exercises::connect)
                .expect("connect %2$s", "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT");
        of("connect", 0, "a client", Exercises::connect)
                .expect(
                        CALL_AND_ERROR,
                        "EACCES EPERM EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNREFUSED EFAULT")
                .expect(CALL_AND_ERROR, "EISCONN ENETUNREACH ENOTSOCK EPROTOTYPE ETIMEDOUT EHOSTUNREACH ENOBUFS")
                .expect(FINE, "EINTR");
        of("connect", 0, "a client", Exercises::connect).butDone().expect(FINE, "EINTR");
        at(1, "getsockopt", 0, "a client", Exercises::connect)
                .expect("connect %2$s", "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK");
        at(2, "getsockopt", 0, "a client, asked for its peer at the close", Exercises::connect)
                .expect(FINE, "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK");
        at(3, "getsockopt", 0, "a client", Exercises::connect)
                .expect("connect %2$s", "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK");
        at(1, "epoll_ctl", 2, "a client", Exercises::connect)
                .expect("connect %2$s", "ENOMEM ENOSPC EBADF EINVAL ENOENT ELOOP EPERM");
        at(1, "epoll_ctl", 2, "a client", Exercises::connect).butDone().expect(FINE, "EEXIST");
        of("setsockopt", 0, "a client", Exercises::connect)
                .expect(CALL_AND_ERROR, "ENOPROTOOPT EBADF EFAULT EINVAL ENOMEM ENOTSOCK");
        lookups();
    }

    private void lookups() {
        of("getaddrinfo", -1, "a client", Exercises::lookUp)
                .returns("getaddrinfo ENOTFOUND", NetDb.EAI_NONAME, NetDb.EAI_NODATA)
                .returns("getaddrinfo EAI_AGAIN", NetDb.EAI_AGAIN)
                .returns("getaddrinfo EAI_FAIL", NetDb.EAI_FAIL)
                .returns("getaddrinfo EAI_FAMILY", NetDb.EAI_FAMILY)
                .returns("getaddrinfo EAI_ADDRFAMILY", NetDb.EAI_ADDRFAMILY)
                .returns("getaddrinfo EAI_BADFLAGS", NetDb.EAI_BADFLAGS)
                .returns("getaddrinfo EAI_MEMORY", NetDb.EAI_MEMORY)
                .returns("getaddrinfo EAI_SERVICE", NetDb.EAI_SERVICE)
                .returns("getaddrinfo EAI_SOCKTYPE", NetDb.EAI_SOCKTYPE)
                .returns("getaddrinfo EMFILE", NetDb.EAI_SYSTEM);
    }

    private void exchanging() {
        String reading =
                "EBADF ECONNREFUSED ECONNRESET EFAULT EHOSTUNREACH EINVAL ENETUNREACH ENOMEM ENOTCONN ENOTSOCK ETIMEDOUT";
        String writing =
                "EACCES EALREADY EBADF ECONNRESET EDESTADDRREQ EFAULT EHOSTUNREACH EINVAL EISCONN EMSGSIZE ENETDOWN "
                        + "ENETUNREACH ENOMEM ENOTCONN ENOTSOCK ENOTSUP EPIPE ETIMEDOUT";
        of("recv", 0, "a server", Exercises::serve).expect("read %2$s", reading).expect(FINE, "EAGAIN EINTR");
        of("recv", 0, "a client", Exercises::connect)
                .expect("read %2$s", reading)
                .expect(FINE, "EAGAIN EINTR");
        of("send", 0, "a server", Exercises::serve)
                .expect("write %2$s", writing)
                .expect(FINE, "EAGAIN EINTR ENOBUFS");
        of("send", 0, "a client", Exercises::connect)
                .expect("write %2$s", writing)
                .expect(FINE, "EAGAIN EINTR ENOBUFS");
        of("sendmsg", 0, "a client with much to say", Exercises::connectWithMuchToSay)
                .expect("write %2$s", writing)
                .expect(FINE, "EAGAIN EINTR ENOBUFS");
    }

    private void ending() {
        of("shutdown", 0, "a server", Exercises::serve)
                .expect(CALL_AND_ERROR, "EBADF EINVAL ENOTSOCK")
                .expect(FINE, "ENOTCONN");
        of("shutdown", 0, "a client", Exercises::connect).expect(CALL_AND_ERROR, "EBADF EINVAL ENOTSOCK");
        of("shutdown", 0, "a client", Exercises::connect).butDone().expect(FINE, "ENOTCONN");
        of("close", 0, "a server", Exercises::serve).butDone().expect(FINE, "EINTR EIO ENOSPC EDQUOT EBADF");
        of("close", 0, "a client", Exercises::connect).butDone().expect(FINE, "EINTR EIO ENOSPC EDQUOT EBADF");
        of("close", 0, "a listener", Exercises::listen).butDone().expect(FINE, "EINTR EIO ENOSPC EDQUOT EBADF");
    }

    private void waiting() {
        of("epoll_create1", -1, "a loop", Exercises::liveAndDie).expect(CALL_AND_ERROR, "EINVAL EMFILE ENFILE ENOMEM");
        of("eventfd", -1, "a loop", Exercises::liveAndDie).expect(CALL_AND_ERROR, "EINVAL EMFILE ENFILE ENODEV ENOMEM");
        of("epoll_ctl", -1, "a loop", Exercises::liveAndDie).expect(CALL_AND_ERROR, "EBADF EINVAL ENOMEM ENOSPC EPERM");
        of("epoll_wait", -1, "a server", Exercises::serve).expect(FINE, "EINTR");
        of("epoll_wait", 0, "a loop", Exercises::liveAndDie)
                .expect(CALL_AND_ERROR, "EBADF EFAULT EINVAL")
                .expect(FINE, "EINTR");
        of("epoll_pwait2", 0, "a loop", Exercises::liveAndDie)
                .expect(FINE, "EBADF EFAULT EINVAL EINTR ENOSYS EPERM EACCES ENOTSUP");
        of("sched_setaffinity", -1, "a pinned loop", Exercises::pin)
                .expect(CALL_AND_ERROR, "EFAULT EINVAL EPERM ESRCH");
        of("write", 0, "a wake-up", Exercises::wake).expect(FINE, "EINTR EAGAIN");
    }

    private void askingAndAdopting() {
        of("fcntl", 0, "a handle", Exercises::adopt).expect(CALL_AND_ERROR, "EBADF EINVAL EPERM");
        at(1, "fcntl", 0, "a poll of a blocking descriptor", Exercises::watchBlocking)
                .expect(CALL_AND_ERROR, "EBADF EINVAL EPERM");
        at(2, "fcntl", 0, "a poll of a blocking descriptor", Exercises::watchBlocking)
                .expect(CALL_AND_ERROR, "EBADF EINVAL EPERM");
        at(3, "fcntl", 0, "a poll of a blocking descriptor, closed", Exercises::watchBlocking)
                .expect(FINE, "EBADF EINVAL EPERM");
        of("statx", 0, "a poll of a blocking descriptor", Exercises::watchBlocking)
                .expect(FINE, "EACCES EBADF EFAULT EINVAL ELOOP ENOENT ENOMEM ENOSYS EPERM");
        at(1, "fcntl", 0, "a poll", Exercises::poll).expect(CALL_AND_ERROR, "EBADF EINVAL EPERM");
        at(1, "epoll_ctl", 2, "a poll, tried", Exercises::poll)
                .expect(CALL_AND_ERROR, "EBADF EINVAL ELOOP ENOMEM ENOSPC EPERM")
                .expect(FINE, "EEXIST");
        at(2, "epoll_ctl", 2, "a poll, taken back", Exercises::poll).expect(FINE, "EBADF EINVAL ENOENT ENOMEM");
        at(3, "epoll_ctl", 2, "a poll, started", Exercises::poll)
                .expect("poll %2$s", "EBADF EINVAL ELOOP ENOMEM ENOSPC EPERM");
        at(4, "epoll_ctl", 2, "a poll, stopped", Exercises::poll).expect(FINE, "EBADF EINVAL ENOENT ENOMEM");
        of("getsockopt", 0, "a handle", Exercises::options)
                .expect(CALL_AND_ERROR, "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK");
        of("setsockopt", 0, "a handle", Exercises::options)
                .expect(CALL_AND_ERROR, "EBADF EFAULT EINVAL ENOMEM ENOPROTOOPT ENOTSOCK");
        of("setsockopt", 0, "a reset", Exercises::reset)
                .expect(CALL_AND_ERROR, "EBADF EFAULT ENOMEM ENOPROTOOPT ENOTSOCK")
                .expect(FINE, "EINVAL");
        of("getnameinfo", -1, "an address", Exercises::name)
                .returns("getnameinfo ENOTFOUND", NetDb.EAI_NONAME)
                .returns("getnameinfo EAI_AGAIN", NetDb.EAI_AGAIN)
                .returns("getnameinfo EAI_BADFLAGS", NetDb.EAI_BADFLAGS)
                .returns("getnameinfo EAI_FAIL", NetDb.EAI_FAIL)
                .returns("getnameinfo EAI_FAMILY", NetDb.EAI_FAMILY)
                .returns("getnameinfo EAI_MEMORY", NetDb.EAI_MEMORY)
                .returns("getnameinfo EAI_OVERFLOW", NetDb.EAI_OVERFLOW)
                .returns("getnameinfo EMFILE", NetDb.EAI_SYSTEM);
    }

    /** Both ends are handles of this process. */
    private void pipes() {
        String reading = "EBADF EFAULT EINVAL EIO EISDIR";
        String writing = "EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINVAL EIO ENOSPC EPERM EPIPE";
        of("pipe2", -1, "two pipes", PipeExercises::twoPipes).expect(CALL_AND_ERROR, "EFAULT EINVAL EMFILE ENFILE");
        of("fcntl", 0, "two pipes", PipeExercises::twoPipes).expect(CALL_AND_ERROR, "EBADF EINVAL EPERM");
        of("read", 0, "two pipes", PipeExercises::twoPipes)
                .expect(CALL_AND_ERROR, reading)
                .expect(FINE, "EAGAIN EINTR");
        of("write", 0, "two pipes", PipeExercises::twoPipes)
                .expect(CALL_AND_ERROR, writing)
                .expect(FINE, "EAGAIN EINTR");
        of("writev", 0, "two pipes", PipeExercises::twoPipes)
                .expect("write %2$s", writing)
                .expect(FINE, "EAGAIN EINTR");
        of("close", 0, "two pipes", PipeExercises::twoPipes).butDone().expect(FINE, "EINTR EIO ENOSPC EDQUOT EBADF");
        of("isatty", 0, "a pipe", PipeExercises::guess).expect(FINE, "EBADF EINVAL ENOTTY");
        of("socketpair", -1, "a pair", PipeExercises::pair)
                .expect(CALL_AND_ERROR, "EAFNOSUPPORT EFAULT EMFILE ENFILE ENOTSUP EPROTONOSUPPORT");
        of("sendmsg", 0, "a pair", PipeExercises::pair)
                .expect("write %2$s", SENDMSG)
                .expect(FINE, "EAGAIN EINTR ENOBUFS");
        of("sendmsg", 0, "a descriptor", PipeExercises::descriptors)
                .expect("write %2$s", SENDMSG)
                .expect(FINE, "EAGAIN EINTR ENOBUFS");
        of("recvmsg", 0, "a descriptor", PipeExercises::descriptors)
                .expect("read %2$s", "EBADF ECONNREFUSED ECONNRESET EFAULT EINVAL ENOMEM ENOTCONN ENOTSOCK")
                .expect(FINE, "EAGAIN EINTR");
        of("fcntl", 0, "a descriptor", PipeExercises::descriptors).expect(CALL_AND_ERROR, "EBADF EINVAL EPERM");
    }

    private void unixSockets() {
        of("socket", -1, "a Unix socket", PipeExercises::byPath)
                .expect(CALL_AND_ERROR, "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT");
        of("bind", 0, "a Unix socket", PipeExercises::byPath)
                .expect(
                        CALL_AND_ERROR,
                        "EACCES EADDRINUSE EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOMEM ENOTDIR ENOTSOCK EROFS")
                .expect("bind EACCES", "ENOENT");
        of("fchmod", 0, "a Unix socket", PipeExercises::byPath).expect(CALL_AND_ERROR, "EBADF EIO EPERM EROFS");
        of("chmod", -1, "a Unix socket", PipeExercises::byPath)
                .expect(CALL_AND_ERROR, "EACCES EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS");
        of("listen", 0, "a Unix socket", PipeExercises::byPath)
                .expect(CALL_AND_ERROR, "EADDRINUSE EBADF EINVAL ENOTSOCK ENOTSUP");
        of("connect", 0, "a Unix socket", PipeExercises::byPath)
                .expect(
                        CALL_AND_ERROR,
                        "EACCES EPERM EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EBADF ECONNREFUSED EFAULT EINVAL EISCONN")
                .expect(CALL_AND_ERROR, "ENOENT ENOTSOCK EPROTOTYPE ETIMEDOUT")
                .expect(FINE, "EINTR");
        of("accept4", -1, "a Unix socket", PipeExercises::byPath)
                .expect(FINE, "EAGAIN EINTR ECONNABORTED EPROTO ENOBUFS ENOMEM");
        at(1, "getsockopt", 0, "a Unix socket, asked", PipeExercises::byPath)
                .expect(CALL_AND_ERROR, "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK");
        at(2, "getsockopt", 0, "a Unix socket, connecting", PipeExercises::byPath)
                .expect("connect %2$s", "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK");
        of("getsockname", 0, "a Unix socket", PipeExercises::byPath)
                .expect(CALL_AND_ERROR, "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
        of("getpeername", 0, "a Unix socket", PipeExercises::byPath)
                .expect(CALL_AND_ERROR, "EBADF EFAULT EINVAL ENOBUFS ENOTCONN ENOTSOCK");
        at(1, "epoll_ctl", 2, "a Unix socket, listening", PipeExercises::byPath).expect(FINE, "ENOMEM ENOSPC EPERM");
        at(2, "epoll_ctl", 2, "a Unix socket, connecting", PipeExercises::byPath) // the handle tries again
                .expect(FINE, "ENOMEM ENOSPC EPERM");
        at(3, "epoll_ctl", 2, "a Unix socket, accepted", PipeExercises::byPath)
                .expect(CALL_AND_ERROR, "ENOMEM ENOSPC EPERM");
        of("shutdown", 0, "a Unix socket", PipeExercises::byPath)
                .expect(CALL_AND_ERROR, "EBADF EINVAL ENOTCONN ENOTSOCK");
        of("statx", -1, "a Unix socket", PipeExercises::byPath) // at chmod, ENOENT says that the file is gone
                .expect(FINE, "ENOSYS");
        of("unlink", -1, "a Unix socket", PipeExercises::byPath) // the close reports to no listener
                .expect(FINE, "EACCES EBUSY EFAULT EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS");
    }

    /** Failures that repeat: ten times, or until the side concerned has noticed. */
    private void lasting() {
        at(1, "accept4", -1, "a server", Exercises::serve)
                .times(10)
                .expect("fine, reported accept %2$s", "EMFILE ENFILE ENOBUFS ENOMEM")
                .expect(FINE, "ECONNABORTED EPROTO EPERM EAGAIN EINTR EBADF");
        at(1, "accept4", -1, "a server", Exercises::serve)
                .times(100)
                .expect("fine, reported accept %2$s", "ECONNABORTED EBADF");
        at(1, "accept4", -1, "a server", LastingExercises::knock)
                .times(FOR_EVER)
                .expect("left alone, reported accept %2$s", "EMFILE ENFILE ENOBUFS ENOMEM ECONNABORTED EBADF")
                .expect(LEFT_ALONE, "EAGAIN EINTR");
        at(1, "accept4|eventfd|socket|epoll_create1", -1, "a process", LastingExercises::knock)
                .times(FOR_EVER)
                .expect("left alone, reported accept %2$s", "EMFILE ENFILE");
        at(1, "epoll_ctl", 2, "a listener", Exercises::listen).times(3).expect(FINE, "ENOSPC ENOMEM");
        at(1, "epoll_ctl", 2, "a listener", LastingExercises::listen)
                .times(FOR_EVER)
                .expect(LEFT_ALONE, "ENOSPC ENOMEM");
        at(1, "epoll_ctl", 2, "an accepted connection", Exercises::serve)
                .times(10)
                .expect(CALL_AND_ERROR, "ENOSPC ENOMEM");
        at(1, "epoll_ctl", 2, "a client", Exercises::connect).times(10).expect("connect %2$s", "ENOSPC ENOMEM");
        at(1, "recv", 0, "a server", Exercises::serve).times(10).expect(FINE, "EAGAIN EINTR");
        at(1, "recv", 0, "a server", LastingExercises::knock).times(FOR_EVER).expect(LEFT_ALONE, "EAGAIN EINTR");
        at(1, "send", 0, "a server", Exercises::serve).times(10).expect(FINE, "EAGAIN EINTR ENOBUFS");
        at(1, "send", 0, "a server", Exercises::serve).times(100).expect(FINE, "EAGAIN EINTR ENOBUFS");
        at(1, "send", 0, "a server", LastingExercises::knock)
                .times(FOR_EVER)
                .expect(LEFT_ALONE, "EAGAIN EINTR ENOBUFS");
        at(1, "sendmsg", 0, "a client with much to say", Exercises::connectWithMuchToSay)
                .times(10)
                .expect(FINE, "EAGAIN EINTR ENOBUFS");
        at(1, "read", 0, "two pipes", PipeExercises::twoPipes).times(10).expect(FINE, "EAGAIN EINTR");
        at(1, "write", 0, "two pipes", PipeExercises::twoPipes).times(10).expect(FINE, "EAGAIN EINTR");
        at(1, "writev", 0, "two pipes", PipeExercises::twoPipes).times(10).expect(FINE, "EAGAIN EINTR");
        at(1, "recvmsg", 0, "a descriptor", PipeExercises::descriptors)
                .times(10)
                .expect(FINE, "EAGAIN EINTR");
        at(1, "sendmsg", 0, "a descriptor", PipeExercises::descriptors)
                .times(10)
                .expect(FINE, "EAGAIN EINTR ENOBUFS");
        at(1, "connect", 0, "a client", Exercises::connect).times(10).expect(FINE, "EINTR");
        at(1, "connect", 0, "a client", Exercises::connect).butDone().times(2).expect(FINE, "EINTR");
        at(1, "connect", 0, "a client whose peer is silent", LastingExercises::giveUpConnecting)
                .butDone()
                .expect(FINE, "EINTR");
        at(1, "connect", 0, "a client whose peer is silent", LastingExercises::giveUpConnecting)
                .butDone()
                .times(3)
                .expect(FINE, "EINTR");
        at(1, "socket", -1, "a client", Exercises::connect)
                .times(FOR_EVER)
                .expect("connect %2$s", "EMFILE ENFILE ENOBUFS ENOMEM");
        at(1, "getaddrinfo", -1, "a client", Exercises::lookUp)
                .times(5)
                .returns("getaddrinfo EAI_AGAIN", NetDb.EAI_AGAIN);
        at(1, "close", 0, "a server", Exercises::serve).butDone().times(10).expect(FINE, "EINTR EIO");
        at(1, "epoll_wait", -1, "a server", Exercises::serve).times(100).expect(FINE, "EINTR");
        at(1, "epoll_pwait2", 0, "a loop", Exercises::liveAndDie)
                .times(FOR_EVER)
                .expect(FINE, "ENOSYS EPERM EACCES EINVAL ENOTSUP");
        at(1, "write", 0, "a wake-up", Exercises::wake).times(10).expect(FINE, "EINTR EAGAIN");
        at(2, "eventfd", -1, "a spare descriptor", LastingExercises::serveOnSecondLoop)
                .times(FOR_EVER)
                .expect(FINE, "EINVAL EMFILE ENFILE ENODEV ENOMEM");
        at(1, "getrlimit", -1, "a listener", LastingExercises::serveOnSecondLoop)
                .expect(FINE, "EFAULT EINVAL EPERM");
        renewing();
    }

    /** The epoll set is exchanged, or kept until it can be exchanged. */
    private void renewing() {
        of("epoll_create1", -1, "a set with a stray", LastingExercises::leaveStray)
                .expect(FINE, "EINVAL EMFILE ENFILE ENOMEM");
        at(1, "epoll_create1", -1, "a set with a stray", LastingExercises::leaveStray)
                .times(10)
                .expect(FINE, "EMFILE ENFILE ENOMEM");
        at(1, "epoll_create1", -1, "a set with a stray", LastingExercises::leaveStrayForGood)
                .times(FOR_EVER)
                .expect(LastingExercises.NOT_RENEWED, "EMFILE ENFILE ENOMEM");
        at(1, "epoll_ctl", 0, "a set with a stray", LastingExercises::leaveStray)
                .expect(FINE, "EINVAL ENOMEM ENOSPC");
    }

    private Rows of(String call, int descriptorAt, String whose, BiConsumer<World, Consumer<String>> exercise) {
        return new Rows(USES, call, descriptorAt, whose, exercise);
    }

    private Rows at(
            int use, String call, int descriptorAt, String whose, BiConsumer<World, Consumer<String>> exercise) {
        return new Rows(new int[] {use}, call, descriptorAt, whose, exercise);
    }

    /** The rows of one call in one exercise. */
    private final class Rows {
        private final int[] uses;
        private final String call;
        private final int descriptorAt;
        private final String whose;
        private final BiConsumer<World, Consumer<String>> exercise;
        private boolean afterwards;
        private int times = 1;

        Rows(int[] uses, String call, int descriptorAt, String whose, BiConsumer<World, Consumer<String>> exercise) {
            this.uses = uses;
            this.call = call;
            this.descriptorAt = descriptorAt;
            this.whose = whose;
            this.exercise = exercise;
        }

        /** The call succeeds, and reports a failure all the same. */
        Rows butDone() {
            afterwards = true;
            return this;
        }

        /** The call fails {@code count} times in a row instead of once. */
        Rows times(int count) {
            times = count;
            return this;
        }

        Rows expect(String expected, String errors) {
            for (String error : errors.split(" ")) {
                add(expected.formatted(call, error), error, -1, errno(error));
            }
            return this;
        }

        Rows returns(String expected, int... results) {
            for (int result : results) {
                add(expected, NetDb.eaiName(result), result, Errno.EMFILE);
            }
            return this;
        }

        private void add(String expected, String error, long result, int errno) {
            for (int use : uses) {
                String name = "%s %s%s, use %d, of %s%s"
                        .formatted(call, error, howOften(), use, whose, afterwards ? ", though done" : "");
                Set<String> calls = Set.of(call.split("\\|"));
                cases.add(new FaultCase(
                        name, exercise, expected, calls, descriptorAt, use, times, result, errno, afterwards));
            }
        }

        private String howOften() {
            return times == 1 ? "" : times == FOR_EVER ? " without end" : " " + times + " times";
        }
    }

    private static int errno(String name) {
        for (int errno = 1; errno < 200; errno++) {
            if (Errno.name(errno).equals(name)) {
                return errno;
            }
        }
        throw new IllegalArgumentException(name);
    }
}
