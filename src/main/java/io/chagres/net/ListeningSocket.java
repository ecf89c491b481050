package io.chagres.net;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.FileIdentity;
import io.chagres.sys.Memory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket that belongs to no loop: it is bound once, and the servers of several loops, or of a later process, accept from it.
 * Connections wait in its backlog until one of them does. They are lost only when the last descriptor of the socket is closed.
 *
 * <p>Use it if a socket must outlive a server. Otherwise {@link Server#listen(ListenOptions)} is enough.
 *
 * <pre>{@code
 * ListeningSocket socket = ListeningSocket.open(ListenOptions.at(8080));
 * server.listen(socket.place(socket.duplicate()));
 * }</pre>
 *
 * <p>Its methods may be called from any thread. It is closed explicitly.
 */
public final class ListeningSocket implements AutoCloseable {

    private final int fd;
    private final int backlog;
    private final @Nullable SocketAddress address;
    private final @Nullable String path;
    /** The socket file that it removes at its close; null if it made none. */
    private final @Nullable MemorySegment file;

    private final @Nullable FileIdentity identity;
    private boolean keepsFile;
    private boolean closed;

    private ListeningSocket(SocketHandle handle, int backlog, boolean madeFile) {
        fd = handle.fd();
        this.backlog = backlog;
        address = handle.localAddress();
        path = handle.localName();
        file = madeFile && path != null && !path.startsWith("\0") ? Memory.string(path) : null;
        identity = file == null ? null : FileIdentity.of(file);
    }

    /**
     * Binds a socket and listens. A host name is looked up during this call, which waits for the answer.
     *
     * @throws SystemException the errors of {@link Server#listen(ListenOptions, Runnable)}, such as EADDRINUSE; nothing is left open
     * @throws UsageException EINVAL if the place is a handle, which belongs to a loop, or there is a signal
     */
    public static ListeningSocket open(ListenOptions where) {
        if (UsageException.requireArgument(where, "where").handle() != null) {
            throw new UsageException("EINVAL", "a handle belongs to a loop. Received " + where);
        }
        if (where.signal() != null) {
            throw new UsageException("EINVAL", "a signal closes a server, not a socket. Received " + where);
        }
        if (where.isDescriptor()) {
            return of(where.fd());
        }
        try (Loop loop = new Loop()) {
            Binding binding = new Binding(loop, where, listener -> {});
            String name = where.name();
            SocketHandle handle = name == null
                    ? binding.listen()
                    : binding.onFirst(
                            Lookup.addressNow(name, LookupOptions.defaults().hints(LookupOptions.Hint.AI_ADDRCONFIG))
                                    .addresses());
            return taken(handle, where.backlog(), where.isPath());
        }
    }

    /** Takes the socket out of its handle. */
    private static ListeningSocket taken(SocketHandle handle, int backlog, boolean madeFile) {
        try {
            ListeningSocket socket = new ListeningSocket(handle, backlog, madeFile);
            handle.giveBack();
            return socket;
        } catch (Throwable failed) {
            handle.close();
            throw failed;
        }
    }

    /**
     * Binds {@code count} sockets to the same port with SO_REUSEPORT, and listens. The kernel spreads connections over them. They listen in
     * the order of the list, which is the order by which a program of SO_ATTACH_REUSEPORT_CBPF counts.
     *
     * <p>A port on which sockets of another server listen is refused with EADDRINUSE, unless {@link ListenOptions#reusePort} is set in
     * {@code where}: then these sockets join them.
     *
     * @param where a port; 0 for a free one
     * @throws UsageException EINVAL if {@code count} is not positive; ERR_INCOMPATIBLE_OPTION_PAIR if the place is not a port
     * @throws SystemException as {@link #open}
     */
    public static List<ListeningSocket> openReusePort(ListenOptions where, int count) {
        ListenOptions shared = UsageException.requireArgument(where, "where").reusePort(true);
        if (count < 1) {
            throw new UsageException("EINVAL", "the number of sockets must be positive. Received " + count);
        }
        if (!where.reusePort() && where.port() != 0) {
            open(where).close(); // refuses a port that is in use: with SO_REUSEPORT, the kernel does not
        }
        List<ListeningSocket> sockets = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                ListeningSocket socket = open(shared);
                sockets.add(socket);
                shared = socket.address == null ? shared : shared.withPort(socket.address.port());
            }
            return List.copyOf(sockets);
        } catch (Throwable refused) {
            sockets.forEach(ListeningSocket::close);
            throw refused;
        }
    }

    /**
     * Takes over a TCP or Unix socket that is bound, and that may listen already: inherited from systemd, or received from another process.
     * The file of a Unix socket stays at the close, since another program has made it.
     *
     * @throws UsageException ERR_INVALID_FD_TYPE if it is no stream socket; the caller still owns it then
     * @throws SystemException EBADF
     */
    public static ListeningSocket of(int fd) {
        if (fd < 0) {
            throw new UsageException("ERR_INVALID_ARG_VALUE", "the descriptor must be >= 0. Received " + fd);
        }
        try (Loop loop = new Loop()) {
            SocketHandle handle = GivenDescriptor.open(loop, fd);
            try {
                return new ListeningSocket(handle, Tcp.DEFAULT_BACKLOG, false);
            } finally {
                handle.giveBack();
            }
        }
    }

    /** Returns the descriptor, which this object owns. */
    public int fd() {
        return fd;
    }

    /**
     * Returns a new descriptor of the same socket, which the caller owns: for {@link ListenOptions#atFd}. If the listen fails, the caller
     * closes it.
     *
     * @throws SystemException EMFILE; EBADF if this object is closed
     */
    public synchronized int duplicate() {
        return check(closed ? -Errno.EBADF : Descriptors.fcntl(fd, Descriptors.F_DUPFD_CLOEXEC, 0), "dup");
    }

    /** Returns the options of a listen on {@code duplicate}, with the backlog of this socket. */
    public ListenOptions place(int duplicate) {
        return ListenOptions.atFd(duplicate).backlog(backlog);
    }

    /** Returns the backlog that it was opened with; 511 for a descriptor that was given. */
    public int backlog() {
        return backlog;
    }

    /** Returns the address that the socket is bound to, with the port that the kernel chose; null for a Unix socket. */
    public @Nullable SocketAddress address() {
        return address;
    }

    /** Returns the name of a Unix socket; null for TCP. */
    public @Nullable String path() {
        return path;
    }

    /** Leaves the file of a Unix socket in place at the close: another process goes on with the socket. */
    public synchronized void keepFile() {
        keepsFile = true;
    }

    /**
     * Closes the descriptor, and removes the socket file that {@link #open} has made, unless another file has its place. Duplicates of the
     * descriptor go on. Calling it again is a no-op.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (file != null && !keepsFile && identity != null && identity.equals(FileIdentity.of(file))) {
            Descriptors.unlink(file);
        }
        Descriptors.close(fd);
    }

    /** Returns the descriptor and the place, as in {@code ListeningSocket (fd 7, 127.0.0.1:8080)}. */
    @Override
    public String toString() {
        Object place = address != null ? address : path;
        return "ListeningSocket (fd " + fd + ", " + place + (closed ? ", closed)" : ")");
    }
}
