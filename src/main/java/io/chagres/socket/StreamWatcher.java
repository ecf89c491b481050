package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.UsageException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.NonBlocking;
import io.chagres.loop.internal.Watcher;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Sockets;

/** The descriptor of a stream: whether it is ready, how bytes pass through it, and who else may have what is behind it. */
abstract class StreamWatcher extends Watcher {

    /** Streams don't close standard input, output and error: the number would be given to something else, and be written to. */
    private static final int LAST_STANDARD = 2;

    private Transport transport;
    /** Whether somebody else may have the same open file description, so that closing ours does not end its events. */
    private boolean shared;
    /** Null if the descriptor was made here. */
    private NonBlocking given;
    /** Whether it is left open, for the one who has given it. */
    private boolean disowned;

    StreamWatcher(LoopCore core) {
        super(core);
        transport = SocketTransport.of(core);
    }

    Transport transport() {
        return transport;
    }

    void carryDescriptors(IpcTransport ipc) {
        transport = ipc;
    }

    /** Takes over {@code fd}, which comes from elsewhere and is non-blocking until the close; its access mode, O_RDWR and so on. */
    int adopt(int fd, LoopCore core) {
        int flags = check(Descriptors.fcntl(fd, Descriptors.F_GETFL, 0), "fcntl");
        if (isContested(fd)) {
            throw new UsageException("EEXIST", "descriptor " + fd + " is watched by another handle of this loop");
        }
        boolean socket = Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE) >= 0;
        if (!socket && transport instanceof IpcTransport) {
            throw new UsageException("EINVAL", "a stream that carries descriptors must be a socket: descriptor " + fd);
        }
        given = NonBlocking.begin(fd, flags);
        attach(fd);
        shared = true;
        transport = socket ? transport : FileTransport.of(core);
        return flags & Descriptors.O_ACCMODE;
    }

    /** Somebody else is about to get the open file description too. */
    void share() {
        shared = true;
    }

    /** The close leaves the descriptor open, and as it was when it was given. */
    void disown() {
        disowned = true;
    }

    void close() {
        int fd = detach(shared);
        if (given != null) {
            given.end();
        }
        if (disowned) {
            return;
        }
        if (fd > LAST_STANDARD || fd >= 0 && !shared) {
            Descriptors.close(fd);
        }
    }
}
