package io.chagres.socket;

import io.chagres.sys.Descriptors;
import java.util.Arrays;

/** Descriptors that have come over an ipc stream and were not taken yet, first come first. They are open, and ours. */
final class ReceivedDescriptors {

    private int[] fds = {};
    private int first;
    private int end;

    /** Makes room for {@code more}: before they come, so that no lack of memory can lose one. */
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

    /** The first, which stays. */
    int peek() {
        return fds[first];
    }

    /** The first, which is the caller's now. */
    int take() {
        return fds[first++];
    }

    void closeAll() {
        Arrays.stream(fds, first, end).forEach(Descriptors::close);
        first = end;
    }
}
