package io.chagres.faults;

import static io.chagres.faults.Visitor.DROPPED;
import static io.chagres.faults.Visitor.FINE;

import io.chagres.sys.Errno;
import io.chagres.sys.NetDb;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The calls, the errors that their man pages list (and a few of tcp(7) and ip(7)), and what shall come of them: "fine" where
 * nobody may notice. The name of a call and that of the error stand for "the one concerned is told so".
 */
final class FaultTable {

    private static final int[] USES = {1, 2, 5};
    private static final String TOLD = "%s %s";

    private final List<FaultCase> cases = new ArrayList<>();

    static List<FaultCase> cases() {
        FaultTable table = new FaultTable();
        table.listening();
        table.connecting();
        table.exchanging();
        table.ending();
        table.waiting();
        table.others();
        return table.cases;
    }

    private void listening() {
        of("socket", -1, "a listener", Exercises::listen)
            .told("listen %2$s", "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT");
        of("socket", -1, "a listener on all addresses", Exercises::listenOnAll).told(FINE, "EAFNOSUPPORT");
        of("setsockopt", 0, "a listener", Exercises::listen).told("listen %2$s", "EBADF EFAULT EINVAL ENOMEM ENOPROTOOPT");
        of("bind", 0, "a listener", Exercises::listen)
            .told("listen %2$s", "EACCES EADDRINUSE EADDRNOTAVAIL EBADF EFAULT EINVAL ENOMEM ENOTSOCK");
        of("bind", 0, "a handle", Exercises::bindHandle).told(TOLD, "EACCES EADDRNOTAVAIL ENOMEM")
            .told("getsockname %2$s", "EADDRINUSE");
        of("listen", 0, "a listener", Exercises::listen).told(TOLD, "EADDRINUSE EBADF EINVAL ENOTSOCK ENOTSUP");
        of("getsockname", 0, "a listener", Exercises::listen).told(TOLD, "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
        at(1, "epoll_ctl", 2, "a listener", Exercises::listen).told(FINE, "ENOMEM ENOSPC EBADF EINVAL ENOENT ELOOP EPERM EEXIST");
        of("accept4", -1, "a server", Exercises::serve)
            .told(FINE, "EAGAIN EINTR ECONNABORTED EPROTO EPERM EBADF EFAULT EINVAL ENOTSOCK ENOTSUP")
            .told(FINE, "ENETDOWN ENONET ENOPROTOOPT EHOSTDOWN EHOSTUNREACH ENETUNREACH ETIMEDOUT")
            .told("fine, reported accept %2$s", "ENOBUFS ENOMEM")
            .told(DROPPED, "EMFILE ENFILE");
        of("setsockopt", 0, "an accepted connection", Exercises::serve)
            .told("fine, reported setsockopt %2$s", "ENOPROTOOPT EBADF EFAULT EINVAL ENOMEM ENOTSOCK");
        of("epoll_ctl", 2, "an accepted connection", Exercises::serve)
            .told(TOLD, "ENOMEM ENOSPC EBADF EINVAL ENOENT ELOOP EPERM");
        of("getsockname", 0, "an accepted connection", Exercises::identify)
            .told("fine, reported getsockname %2$s", "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
        of("getpeername", 0, "an accepted connection", Exercises::identify)
            .told("fine, reported nobody", "ENOTCONN EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
    }

    private void connecting() {
        of("socket", -1, "a client", Exercises::connect)
            .told("connect %2$s", "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT");
        of("connect", 0, "a client", Exercises::connect)
            .told(TOLD, "EACCES EPERM EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNREFUSED EFAULT")
            .told(TOLD, "EISCONN ENETUNREACH ENOTSOCK EPROTOTYPE ETIMEDOUT EHOSTUNREACH ENOBUFS")
            .told(FINE, "EINTR");
        of("connect", 0, "a client", Exercises::connect).butDone().told(FINE, "EINTR");
        of("getsockopt", 0, "a client", Exercises::connect).told("connect %2$s", "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK");
        at(1, "epoll_ctl", 2, "a client", Exercises::connect).told("connect %2$s", "ENOMEM ENOSPC EBADF EINVAL ENOENT ELOOP EPERM");
        at(1, "epoll_ctl", 2, "a client", Exercises::connect).butDone().told(FINE, "EEXIST");
        of("setsockopt", 0, "a client", Exercises::connect).told(TOLD, "ENOPROTOOPT EBADF EFAULT EINVAL ENOMEM ENOTSOCK");
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
        String reading = "EBADF ECONNREFUSED ECONNRESET EFAULT EHOSTUNREACH EINVAL ENETUNREACH ENOMEM ENOTCONN ENOTSOCK ETIMEDOUT";
        String writing = "EACCES EALREADY EBADF ECONNRESET EDESTADDRREQ EFAULT EHOSTUNREACH EINVAL EISCONN EMSGSIZE ENETDOWN "
            + "ENETUNREACH ENOMEM ENOTCONN ENOTSOCK ENOTSUP EPIPE ETIMEDOUT";
        of("recv", 0, "a server", Exercises::serve).told("read %2$s", reading).told(FINE, "EAGAIN EINTR");
        of("recv", 0, "a client", Exercises::connect).told("read %2$s", reading).told(FINE, "EAGAIN EINTR");
        of("send", 0, "a server", Exercises::serve).told("write %2$s", writing).told(FINE, "EAGAIN EINTR ENOBUFS");
        of("send", 0, "a client", Exercises::connect).told("write %2$s", writing).told(FINE, "EAGAIN EINTR ENOBUFS");
        of("sendmsg", 0, "a client with much to say", Exercises::connectWithMuchToSay)
            .told("write %2$s", writing).told(FINE, "EAGAIN EINTR ENOBUFS");
    }

    private void ending() {
        of("shutdown", 0, "a server", Exercises::serve).told(TOLD, "EBADF EINVAL ENOTSOCK").told(FINE, "ENOTCONN");
        of("shutdown", 0, "a client", Exercises::connect).told(TOLD, "EBADF EINVAL ENOTSOCK");
        of("close", 0, "a server", Exercises::serve).butDone().told(FINE, "EINTR EIO ENOSPC EBADF");
        of("close", 0, "a client", Exercises::connect).butDone().told(FINE, "EINTR EIO ENOSPC EBADF");
        of("close", 0, "a listener", Exercises::listen).butDone().told(FINE, "EINTR EIO ENOSPC EBADF");
    }

    private void waiting() {
        of("epoll_create1", -1, "a loop", Exercises::liveAndDie).told(TOLD, "EINVAL EMFILE ENFILE ENOMEM");
        of("eventfd", -1, "a loop", Exercises::liveAndDie).told(TOLD, "EINVAL EMFILE ENFILE ENODEV ENOMEM");
        of("epoll_ctl", -1, "a loop", Exercises::liveAndDie).told(TOLD, "EBADF EINVAL ENOMEM ENOSPC EPERM");
        of("epoll_wait", -1, "a server", Exercises::serve).told(FINE, "EINTR");
        of("epoll_wait", 0, "a loop", Exercises::liveAndDie).told(TOLD, "EBADF EFAULT EINVAL").told(FINE, "EINTR");
        of("epoll_pwait2", 0, "a loop", Exercises::liveAndDie)
            .told("epoll_wait %2$s", "EBADF EFAULT EINVAL").told(FINE, "EINTR ENOSYS");
        of("write", 0, "a wake-up", Exercises::wake).told(FINE, "EINTR EAGAIN");
    }

    private void others() {
        of("fcntl", 0, "a handle", Exercises::adopt).told(TOLD, "EBADF EINVAL EPERM");
    }

    private Rows of(String call, int descriptorAt, String whose, BiConsumer<World, Consumer<String>> exercise) {
        return new Rows(USES, call, descriptorAt, whose, exercise);
    }

    private Rows at(int use, String call, int descriptorAt, String whose, BiConsumer<World, Consumer<String>> exercise) {
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

        Rows(int[] uses, String call, int descriptorAt, String whose, BiConsumer<World, Consumer<String>> exercise) {
            this.uses = uses;
            this.call = call;
            this.descriptorAt = descriptorAt;
            this.whose = whose;
            this.exercise = exercise;
        }

        /** The call does what it should, and says it had not. */
        Rows butDone() {
            afterwards = true;
            return this;
        }

        Rows told(String expected, String errors) {
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
                String name = "%s %s, use %d, of %s%s".formatted(call, error, use, whose, afterwards ? ", though done" : "");
                cases.add(new FaultCase(name, exercise, expected, call, descriptorAt, use, result, errno, afterwards));
            }
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
