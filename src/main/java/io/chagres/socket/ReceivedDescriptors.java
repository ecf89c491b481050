package io.chagres.socket;

import io.chagres.sys.Descriptors;
import java.util.Arrays;

/** A queue of the descriptors that an ipc pipe has received and no handle has accepted. They are open, and the pipe owns them. */
final class ReceivedDescriptors {

    private int[] fds = {};
    private int first;
    private int end;

    /** Makes room for {@code more} descriptors. It is called before they arrive, so that a lack of memory loses none. */
    void reserve(int more) {
        if (fds.length - end < more) {
            int[] old = fds;
            fds = count() + more <= old.length ? old : new int[Math.max(count() + more, 2 * count())];
            System.arraycopy(old, first, fds, 0, count());
            end -= first;
            first = 0;
        }
    }

    void add(int fd) {
        fds[end++] = fd;
    }

    boolean isFull() {
        return count() == Pipe.MAX_PENDING;
    }

    int count() {
        return end - first;
    }

    /** Returns the first descriptor, which stays in the queue. */
    int peek() {
        return fds[first];
    }

    /** Removes the first descriptor and returns it. The caller owns it then. */
    int take() {
        return fds[first++];
    }

    void closeAll() {
        Arrays.stream(fds, first, end).forEach(Descriptors::close);
        first = end;
    }
}
