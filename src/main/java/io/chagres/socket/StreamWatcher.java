package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.UsageException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.NonBlocking;
import io.chagres.loop.internal.Watcher;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Sockets;
import org.jspecify.annotations.Nullable;

/** The descriptor of a stream: its events, its {@link Transport}, and whether other descriptors share its open file description. */
abstract class StreamWatcher extends Watcher {

    /**
     * Standard error. Streams don't close descriptors 0 to 2: the next file that is opened would get the number, and output for
     * System.out or System.err would be written into that file.
     */
    private static final int LAST_STANDARD = 2;

    private Transport transport;
    /**
     * True if another descriptor may have the same open file description. epoll(7) then reports events even after the close of this
     * descriptor, so it must be removed first (Q6 of the manual page).
     */
    private boolean shared;
    /** The non-blocking use of a descriptor that the caller supplied; null if the descriptor was made here. */
    private @Nullable NonBlocking nonBlocking;
    /** True if the close leaves the descriptor open, since the caller owns it again. */
    private boolean disowned;

    StreamWatcher(LoopCore core) {
        super(core);
        transport = SocketTransport.of(core);
    }

    Transport transport() {
        return transport;
    }

    /** Makes the stream receive descriptors besides bytes. */
    void carryDescriptors(IpcTransport ipc) {
        transport = ipc;
    }

    /** Takes over {@code fd}, which the caller supplies. It is non-blocking until the close. Returns its access mode: O_RDWR and so on. */
    int adopt(int fd, LoopCore core) {
        int flags = check(Descriptors.fcntl(fd, Descriptors.F_GETFL, 0), "fcntl");
        if (isContested(fd)) {
            throw new UsageException("EEXIST", "descriptor " + fd + " is watched by another handle of this loop");
        }
        boolean socket = Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE) >= 0;
        if (!socket && transport instanceof IpcTransport) {
            throw new UsageException("EINVAL", "a stream that carries descriptors must be a socket: descriptor " + fd);
        }
        nonBlocking = NonBlocking.begin(fd, flags);
        attach(fd);
        shared = true;
        transport = socket ? transport : FileTransport.of(core);
        return flags & Descriptors.O_ACCMODE;
    }

    /** Records that another descriptor will have the open file description too: the peer of an ipc pipe receives it. */
    void share() {
        shared = true;
    }

    /** Makes the close leave the descriptor open, in the blocking mode that it had. */
    void disown() {
        disowned = true;
    }

    /** Makes the close leave the descriptor non-blocking. */
    void leaveNonBlocking() {
        if (nonBlocking != null) {
            nonBlocking.leave();
        }
    }

    boolean isDisowned() {
        return disowned;
    }

    void close() {
        int fd = detach(shared || disowned);
        if (nonBlocking != null) {
            nonBlocking.end();
        }
        if (disowned) {
            return;
        }
        if (fd > LAST_STANDARD || fd >= 0 && !shared) {
            Descriptors.close(fd);
        }
    }
}
