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

    /** Accepts what waits at {@code listener}, and closes it; false where there was no room even for that. */
    boolean shed(int listener) {
        close();
        int accepted = 0;
        for (int shed = 0; shed < MOST_PER_EVENT && accepted >= 0; shed++) {
            accepted = Sockets.accept4(listener, MemorySegment.NULL, MemorySegment.NULL, Sockets.SOCK_CLOEXEC);
            if (accepted >= 0) {
                Descriptors.close(accepted);
            }
        }
        fd = open();
        return accepted != -Errno.EMFILE && accepted != -Errno.ENFILE;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Descriptors.close(fd);
            fd = -1;
        }
    }
}
