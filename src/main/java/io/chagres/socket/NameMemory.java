package io.chagres.socket;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Errno;
import io.chagres.sys.Region;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** The native memory of one loop for names and credentials of Unix sockets, and the calls that read and write it. */
final class NameMemory implements AutoCloseable {

    private static final int UCRED_BYTES = 12;

    private final Region region = Region.shared(SockAddr.SIZE, Integer.BYTES, UCRED_BYTES);
    final MemorySegment name = region.allocate(SockAddr.SIZE);
    private final MemorySegment length = region.allocate(Integer.BYTES);
    private final MemorySegment credentials = region.allocate(UCRED_BYTES);

    static NameMemory of(Loop loop) {
        LoopCore core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
        return core.local(NameMemory.class, NameMemory::new);
    }

    /** Returns whether {@code name} is a path. Otherwise it is empty or a name of the abstract namespace. */
    static boolean isPath(String name) {
        return !name.isEmpty() && name.charAt(0) != 0;
    }

    /**
     * Writes the sockaddr_un of {@code name}; returns its length.
     *
     * @throws UsageException EINVAL if the name is too long, or a path with a NUL in it
     */
    int write(String name) {
        byte[] bytes = UnixName.encode(UsageException.requireArgument(name, "name"));
        int result = SockAddr.putUnix(this.name, bytes);
        if (result == -Errno.ENAMETOOLONG) {
            int max = SockAddr.UNIX_PATH_MAX - (isPath(name) ? 1 : 0);
            throw new UsageException("EINVAL", "the name has " + bytes.length + " bytes; the maximum is " + max);
        }
        if (result < 0) {
            throw new UsageException("EINVAL", "the path has a NUL in it: " + name.replace('\0', '?'));
        }
        return result;
    }

    /** Asks for the name of {@code fd}; returns 0 or -errno. {@link #read()} then returns the name. */
    int getsockname(int fd) {
        length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        return Sockets.getsockname(fd, name, length);
    }

    /** Asks for the name of the peer of {@code fd}; returns 0 or -errno. {@link #read()} then returns the name. */
    int getpeername(int fd) {
        length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        return Sockets.getpeername(fd, name, length);
    }

    /** Returns the name that the last call has written. */
    String read() {
        return UnixName.decode(SockAddr.unixName(name, length.get(ValueLayout.JAVA_INT, 0)));
    }

    /** Returns the name that a call which returned {@code result} has written; null if it failed, or the socket is no Unix socket. */
    @Nullable
    String readOrNull(int result) {
        return result < 0 || SockAddr.family(name) != Sockets.AF_UNIX ? null : read();
    }

    /** Asks for SO_PEERCRED of {@code fd}; returns 0 or -errno. {@link #readCredentials()} then returns the credentials. */
    int getpeercred(int fd) {
        length.set(ValueLayout.JAVA_INT, 0, UCRED_BYTES);
        return Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_PEERCRED, credentials, length);
    }

    /** Returns the credentials of the peer; null if there is no peer. The kernel answers a user id of -1 then. */
    @Nullable
    PeerCredentials readCredentials() {
        int uid = credentials.get(ValueLayout.JAVA_INT, 4);
        return uid == -1
                ? null
                : new PeerCredentials(
                        credentials.get(ValueLayout.JAVA_INT, 0),
                        Integer.toUnsignedLong(uid),
                        Integer.toUnsignedLong(credentials.get(ValueLayout.JAVA_INT, 8)));
    }

    @Override
    public void close() {
        region.close();
    }
}
