package io.chagres.socket;

import io.chagres.jfr.Flight;
import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.EventFd;
import io.chagres.sys.Memory;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The descriptors that a loop keeps free, so that it can still act when descriptors run out. A loop with listeners, or with streams that
 * receive descriptors, has one.
 *
 * <p>The last few numbers are reserved for the rest of the process: a connection or received descriptor that gets one of them is closed.
 * The kernel gives out the lowest free number, so all others are in use by then. A JVM without a descriptor can't load a class from a
 * directory, nor the time-zone file: the code that needs the class fails with NoClassDefFoundError, then and at each later use.
 *
 * <p>If the process has used up the reserved numbers too (EMFILE), or the whole system has no descriptor (ENFILE), the loop closes its
 * spare descriptor. With that number it accepts the connections that wait and closes them, so that their peers see an end. Otherwise the
 * level-triggered event of the listener would be reported in every iteration, without a way to handle it.
 */
final class SpareDescriptor implements AutoCloseable {

    /** The maximum of connections shed per event. The rest of a long backlog is shed after the other events. */
    private static final int MAX_PER_EVENT = 128;

    /** The numbers that are reserved: loading a class needs one, looking up a name needs a few. */
    private static final int RESERVED = 16;

    /** The reserved part of a low limit: at most one eighth of the numbers. */
    private static final int PART_OF_LIMIT = 8;

    private final MemorySegment limits = Memory.allocate(2L * Long.BYTES);
    /** The first number that is reserved, computed from the limit of the last getrlimit(2). */
    private long firstReserved = firstReserved(limit());

    /** The spare descriptor; negative if there is none. */
    private int fd = open();

    private SpareDescriptor() {}

    static SpareDescriptor of(LoopCore core) {
        return core.local(SpareDescriptor.class, SpareDescriptor::new);
    }

    /** Opens an eventfd, which is the kind of descriptor that needs the least memory. */
    private static int open() {
        return EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
    }

    /** Returns RLIMIT_NOFILE; if it is unlimited or unknown, a number that no descriptor reaches. */
    private long limit() {
        int result = Descriptors.getrlimit(Descriptors.RLIMIT_NOFILE, limits);
        long limit = limits.get(ValueLayout.JAVA_LONG, 0);
        return result < 0 || limit < 0 ? Long.MAX_VALUE : limit;
    }

    static long firstReserved(long limit) {
        return limit - Math.min(RESERVED, limit / PART_OF_LIMIT);
    }

    /** Returns whether {@code descriptor} is reserved for the rest of the process: a connection must not keep it. */
    boolean isReserved(int descriptor) {
        if (descriptor >= firstReserved) {
            firstReserved = firstReserved(limit()); // prlimit(2) may have raised the limit
        }
        return descriptor >= firstReserved;
    }

    /** Opens the spare descriptor again if the last attempt has failed. */
    void refill() {
        if (fd < 0) {
            fd = open();
        }
    }

    /**
     * Accepts the connections that wait at {@code socket}, and closes them. Returns false if they still wait, since the freed number
     * was not enough to accept one.
     */
    boolean shedAll(int errno, SocketHandle socket, ConnectionListener listener) {
        firstReserved = firstReserved(limit()); // prlimit(2) may have lowered the limit
        close();
        int shed = 0;
        int listening = socket.fd();
        int accepted = accept(listening);
        while (accepted >= 0) {
            shed(accepted, socket, listener);
            accepted = ++shed < MAX_PER_EVENT ? accept(listening) : -Errno.EAGAIN;
        }
        refill();
        record(errno == Errno.EMFILE ? "EMFILE" : "ENFILE", socket, shed); // no class may be loaded now
        return shed > 0 || accepted == -Errno.EAGAIN;
    }

    /** Sheds a connection that got a reserved number. */
    void shedReserved(int accepted, SocketHandle socket, ConnectionListener listener) {
        shed(accepted, socket, listener);
        record("RESERVED", socket, 1);
    }

    private void record(String cause, SocketHandle socket, int shed) {
        if (Flight.isOn()) {
            Flight.descriptorShortage(cause, socket.fd(), limit(), shed, fd >= 0);
        }
    }

    /** Calls the listener for a connection that was just accepted, and closes the connection. */
    private static void shed(int accepted, SocketHandle socket, ConnectionListener listener) {
        try {
            listener.onShed(socket, accepted);
        } finally {
            Descriptors.close(accepted);
        }
    }

    private static int accept(int listening) {
        return Sockets.accept4(listening, MemorySegment.NULL, MemorySegment.NULL, Sockets.SOCK_CLOEXEC);
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Descriptors.close(fd);
            fd = -1;
        }
    }
}
