package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.EventFd;
import io.chagres.sys.Memory;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a loop with listeners, or with streams that receive descriptors, does so that it can still act when descriptors run out.
 *
 * <p>It leaves the last few numbers to the rest of the process: a connection or descriptor that gets one of them is closed. The kernel gives
 * out the lowest that is free, so by then all others are in use; and a JVM without any can't load a class from a directory, nor
 * the time-zone file, and whoever needed the class gets a NoClassDefFoundError then and ever after.
 *
 * <p>Should others have taken those too (EMFILE), or the whole system have none (ENFILE), it gives up a spare one, accepts with
 * it the connections that wait, and closes them, so that their peers learn of it; level-triggered, the listener would else be
 * reported for ever and nobody could act on it.
 */
final class SpareDescriptor implements AutoCloseable {

    /** Connections shed per event; the rest of a long backlog gets its turn after the other events. */
    private static final int MOST_PER_EVENT = 128;

    /** How many numbers are left to others: a class that is loaded needs one, a lookup of a name a few. */
    private static final int LEFT_TO_OTHERS = 16;

    /** Of a low limit not more than such a part is left to others. */
    private static final int PART_OF_LIMIT = 8;

    private final MemorySegment limits = Memory.allocate(2L * Long.BYTES);
    /** The first number that is left to others, by the limit as it was when that was last asked for. */
    private long end = end(limit());

    private int fd = open();

    private SpareDescriptor() {}

    static SpareDescriptor of(LoopCore core) {
        return core.local(SpareDescriptor.class, SpareDescriptor::new);
    }

    /** The kind of descriptor that takes the least. */
    private static int open() {
        return EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
    }

    /** RLIMIT_NOFILE; where it can't be known or is unlimited, a number that no descriptor has. */
    private long limit() {
        int result = Descriptors.getrlimit(Descriptors.RLIMIT_NOFILE, limits);
        long limit = limits.get(ValueLayout.JAVA_LONG, 0);
        return result < 0 || limit < 0 ? Long.MAX_VALUE : limit;
    }

    static long end(long limit) {
        return limit - Math.min(LEFT_TO_OTHERS, limit / PART_OF_LIMIT);
    }

    /** Whether connections, and descriptors of a peer, must leave this number to others. */
    boolean isLeftToOthers(int descriptor) {
        if (descriptor >= end) {
            end = end(limit()); // prlimit(2) may have raised it since
        }
        return descriptor >= end;
    }

    /** Takes a descriptor again, where the last one could not be had. */
    void refill() {
        if (fd < 0) {
            fd = open();
        }
    }

    /**
     * Accepts the connections that wait at {@code socket}, and closes them; false if they wait on, since there was
     * no room even for that.
     */
    boolean shedAll(SocketHandle socket, ConnectionListener listener) {
        end = end(limit()); // prlimit(2) may have lowered it
        close();
        int shed = 0;
        int listening = socket.fd();
        int accepted = accept(listening);
        while (accepted >= 0) {
            shed(accepted, socket, listener);
            accepted = ++shed < MOST_PER_EVENT ? accept(listening) : -Errno.EAGAIN;
        }
        refill();
        return shed > 0 || accepted == -Errno.EAGAIN;
    }

    /** Closes a connection that has just been accepted. */
    static void shed(int accepted, SocketHandle socket, ConnectionListener listener) {
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
