package io.chagres.compare.server;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code java.lang.foreign} and nothing else: the loop of epoll.c, line for line.
 *
 * <p>The cost of Chagres above it is the cost of Chagres. Its own cost above C is the cost of Java. It uses two call
 * shapes, as Chagres does, because each takes time at the start.
 */
@SuppressWarnings("restricted")
final class ForeignServer {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final FunctionDescriptor WORDS =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor BUFFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle EPOLL_CREATE1 = link("epoll_create1", WORDS, ERRNO);
    private static final MethodHandle EPOLL_CTL = link("epoll_ctl", WORDS, ERRNO);
    private static final MethodHandle EPOLL_WAIT = link("epoll_wait", WORDS, ERRNO);
    private static final MethodHandle SOCKET = link("socket", WORDS, ERRNO);
    private static final MethodHandle SETSOCKOPT = link("setsockopt", WORDS, ERRNO);
    private static final MethodHandle BIND = link("bind", WORDS, ERRNO);
    private static final MethodHandle LISTEN = link("listen", WORDS, ERRNO);
    private static final MethodHandle GETSOCKNAME = link("getsockname", WORDS, ERRNO);
    private static final MethodHandle ACCEPT4 = link("accept4", WORDS, ERRNO);
    private static final MethodHandle CLOSE = link("close", WORDS, ERRNO);
    private static final MethodHandle RECV = link("recv", BUFFER, ERRNO, Linker.Option.critical(false));
    private static final MethodHandle SEND = link("send", BUFFER, ERRNO, Linker.Option.critical(false));

    private static final int EVENTS = 1024;
    /** The size of struct epoll_event, which is packed on amd64 only. */
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

    private static final int EVENT_BYTES = PACKED ? 12 : 16;
    private static final int EVENT_DATA = PACKED ? 4 : 8;
    private static final int EPOLLIN = 1;
    private static final int EPOLLOUT = 4;
    private static final int ADD = 1;
    private static final int MOD = 3;
    private static final int AF_INET = 2;
    private static final int STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
    private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int EAGAIN = 11;
    private static final int ADDRESS_BYTES = 16;
    private static final int LOOPBACK = 0x0100007f;

    private final MemorySegment errno = Arena.global().allocate(Integer.BYTES, Integer.BYTES);
    private final MemorySegment events = Arena.global().allocate((long) EVENTS * EVENT_BYTES);
    private final MemorySegment event = Arena.global().allocate(EVENT_BYTES);
    private final MemorySegment one = Arena.global().allocate(Integer.BYTES, Integer.BYTES);
    private final MemorySegment room = Arena.global().allocate(Task.PIECE);
    /** The bytes of an echo that the kernel did not accept, by descriptor. */
    private final Map<Long, MemorySegment> rests = new HashMap<>();

    private final Mode mode;
    private final long poller;
    private final long listener;

    private ForeignServer(Task task) throws Throwable {
        mode = task.mode();
        one.set(JAVA_INT_UNALIGNED, 0, 1);
        poller = call(EPOLL_CREATE1, CLOEXEC, 0, 0, 0, 0);
        listener = call(SOCKET, AF_INET, STREAM_NONBLOCK_CLOEXEC, 0, 0, 0);
        call(SETSOCKOPT, listener, SOL_SOCKET, SO_REUSEADDR, one.address(), Integer.BYTES);
        MemorySegment address = Arena.global().allocate(ADDRESS_BYTES + Integer.BYTES, Integer.BYTES);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(JAVA_SHORT, 2, Short.reverseBytes((short) task.port()));
        address.set(JAVA_INT_UNALIGNED, 4, LOOPBACK);
        address.set(JAVA_INT_UNALIGNED, ADDRESS_BYTES, ADDRESS_BYTES);
        require(call(BIND, listener, address.address(), ADDRESS_BYTES, 0, 0), "bind");
        require(call(LISTEN, listener, Task.BACKLOG, 0, 0, 0), "listen");
        call(GETSOCKNAME, listener, address.address(), address.address() + ADDRESS_BYTES, 0, 0);
        watch(ADD, listener, EPOLLIN);
        Task.announce(Short.toUnsignedInt(Short.reverseBytes(address.get(JAVA_SHORT, 2))));
    }

    public static void main(String[] args) throws Throwable {
        new ForeignServer(Task.of(args)).run();
    }

    private static MethodHandle link(String name, FunctionDescriptor shape, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), shape, options);
    }

    private static void require(int result, String call) {
        if (result < 0) {
            throw new IllegalStateException(call + ": errno " + -result);
        }
    }

    /** Returns the result if it is not negative, otherwise -errno. */
    private int call(MethodHandle function, long a, long b, long c, long d, long e) throws Throwable {
        int result = (int) (long) function.invokeExact(errno, a, b, c, d, e);
        return result >= 0 ? result : -errno.get(JAVA_INT_UNALIGNED, 0);
    }

    private void run() throws Throwable {
        while (true) {
            int count = call(EPOLL_WAIT, poller, events.address(), EVENTS, -1, 0);
            for (int i = 0; i < count; i++) {
                int ready = events.get(JAVA_INT_UNALIGNED, (long) i * EVENT_BYTES);
                long fd = events.get(JAVA_INT_UNALIGNED, (long) i * EVENT_BYTES + EVENT_DATA);
                if (fd == listener) {
                    accept();
                } else if ((ready & EPOLLOUT) != 0) {
                    writable(fd);
                } else if (mode == Mode.SOURCE) {
                    hangUp(fd);
                } else {
                    readable(fd);
                }
            }
        }
    }

    private void watch(int operation, long fd, int wanted) throws Throwable {
        event.set(JAVA_INT_UNALIGNED, 0, wanted);
        event.set(JAVA_INT_UNALIGNED, EVENT_DATA, (int) fd);
        call(EPOLL_CTL, poller, operation, fd, event.address(), 0);
    }

    private void hangUp(long fd) throws Throwable {
        rests.remove(fd);
        call(CLOSE, fd, 0, 0, 0, 0);
    }

    private void accept() throws Throwable {
        long fd;
        while ((fd = call(ACCEPT4, listener, 0, 0, NONBLOCK_CLOEXEC, 0)) >= 0) {
            call(SETSOCKOPT, fd, IPPROTO_TCP, TCP_NODELAY, one.address(), Integer.BYTES);
            watch(ADD, fd, mode == Mode.SOURCE ? EPOLLOUT : EPOLLIN);
        }
    }

    private void readable(long fd) throws Throwable {
        long count = (long) RECV.invokeExact(errno, fd, room, (long) Task.PIECE, 0L);
        if (count == 0 || count < 0 && errno.get(JAVA_INT_UNALIGNED, 0) != EAGAIN) {
            hangUp(fd);
        } else if (count > 0 && mode == Mode.ECHO) {
            echo(fd, count);
        }
    }

    private void echo(long fd, long count) throws Throwable {
        long sent = (long) SEND.invokeExact(errno, fd, room, count, (long) MSG_NOSIGNAL);
        if (sent < 0 && errno.get(JAVA_INT_UNALIGNED, 0) != EAGAIN) {
            hangUp(fd);
        } else if (sent < count) {
            long taken = Math.max(sent, 0);
            rests.put(fd, Arena.ofAuto().allocate(count - taken).copyFrom(room.asSlice(taken, count - taken)));
            watch(MOD, fd, EPOLLOUT);
        }
    }

    private void writable(long fd) throws Throwable {
        MemorySegment data = mode == Mode.SOURCE ? room : rests.get(fd);
        long sent = (long) SEND.invokeExact(errno, fd, data, data.byteSize(), (long) MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno.get(JAVA_INT_UNALIGNED, 0) != EAGAIN) {
                hangUp(fd);
            }
        } else if (mode == Mode.ECHO && sent == data.byteSize()) {
            rests.remove(fd);
            watch(MOD, fd, EPOLLIN);
        } else if (mode == Mode.ECHO) {
            rests.put(fd, data.asSlice(sent));
        }
    }
}
