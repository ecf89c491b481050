package io.chagres.stream;

import io.chagres.loop.LoopCore;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.EventFd;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;

/**
 * A descriptor that a loop with listeners keeps for the day when there are no more (EMFILE, ENFILE). Given up, it makes room to
 * accept the connections that wait, and to close them, so that their peers learn of it; level-triggered, the listener would
 * else be reported for ever and nobody could act on it.
 */
final class SpareDescriptor implements AutoCloseable {

    /** Connections shed per event; the rest of a long backlog gets its turn after the other events. */
    private static final int MOST_PER_EVENT = 128;

    private int fd = open();

    private SpareDescriptor() {
    }

    static SpareDescriptor of(LoopCore core) {
        return core.local(SpareDescriptor.class, SpareDescriptor::new);
    }

    /** The kind of descriptor that takes the least. */
    private static int open() {
        return EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
    }

    /** Takes a descriptor again, where the last one could not be had. */
    void refill() {
        if (fd < 0) {
            fd = open();
        }
    }

    /** Accepts what waits at {@code listener}, and closes it; false where it waits on, since there was no room even for that. */
    boolean shed(int listener) {
        close();
        int shed = 0;
        int accepted = accept(listener);
        while (accepted >= 0) {
            Descriptors.close(accepted);
            accepted = ++shed < MOST_PER_EVENT ? accept(listener) : -Errno.EAGAIN;
        }
        refill();
        return shed > 0 || accepted == -Errno.EAGAIN;
    }

    private static int accept(int listener) {
        return Sockets.accept4(listener, MemorySegment.NULL, MemorySegment.NULL, Sockets.SOCK_CLOEXEC);
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Descriptors.close(fd);
            fd = -1;
        }
    }
}
