package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.Region;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream between processes of one machine: uv_pipe_t. It is a Unix socket, which listens or connects under a name. By {@link
 * #open} it can also be anything else that is read or written as a stream: a FIFO, an end of a pipe(7), a terminal.
 *
 * <p>A name is a path, or a name of the abstract namespace, which begins with a NUL character. {@link #bind} makes the socket file of
 * a path, and close removes it, unless another process has put its own file in that place. An abstract name needs no file and ends
 * with its socket. Names are UTF-8. A byte of a kernel's name that is no UTF-8 is represented by a lone surrogate (U+DC80 to U+DCFF),
 * which becomes the same byte again when the name is used.
 *
 * <pre>{@code
 * Pipe pipe = new Pipe(loop);
 * pipe.bind("/run/app.sock");
 * pipe.listen(511, listener -> serve(listener.accept()));
 * }</pre>
 *
 * <h2>Descriptors over a pipe</h2>
 *
 * A pipe made with {@code ipc} carries descriptors besides bytes. {@link #write(ByteBuffer, SocketHandle, Completion)} sends the
 * socket of another handle along, and {@link #accept} takes what the peer has sent. A descriptor travels with the first byte of its
 * write and arrives with the read that brings this byte: {@link #pendingCount()} is positive in {@link ReadListener#onRead} then. Both
 * sides have the socket afterwards, and each closes its own. Descriptors that are not accepted are closed with the pipe.
 *
 * <p>A peer can't use up the descriptors of the process. At most {@link #MAX_PENDING} wait to be accepted. If more arrive, reading
 * fails with ETOOMANYREFS, and those that wait can still be accepted. The last 16 descriptor numbers of the process are left to its
 * other parts: a received descriptor that gets one of them is closed, and its bytes arrive without it. The kernel does the same if
 * there is no number left (EMFILE).
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/pipe.html">uv_pipe_t</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class Pipe extends SocketHandle {

    /** The maximum number of received descriptors that wait to be accepted: the maximum of one message, SCM_MAX_FD. */
    public static final int MAX_PENDING = 253;

    private static final int TYPE = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;

    /** The owner of a socket file keeps all rights, as in libuv. */
    private static final int OWNER_ALL = 0700;

    private static final int ALL_READ = 0444;
    private static final int ALL_WRITE = 0222;

    private final NameMemory memory;
    /** Null if the pipe carries bytes only. */
    private final @Nullable Ipc ipc;
    /** The file that bind has made; null if there is none. */
    private @Nullable BoundFile file;
    /** True if the last bind has failed because there is no such directory. */
    private boolean lacksDirectory;
    /** The name that the pipe was bound or connected to, for {@link #toString} on other threads. */
    private Endpoints known = Endpoints.UNKNOWN;

    /** A pipe without a socket, for bytes only. */
    public Pipe(Loop loop) {
        this(loop, false);
    }

    /** A pipe without a socket; with {@code ipc} it carries descriptors too, and can't listen. */
    public Pipe(Loop loop, boolean ipc) {
        this(loop, NameMemory.of(loop), ipc ? IpcTransport.on(loop) : null);
    }

    private Pipe(Loop loop, NameMemory memory, @Nullable IpcTransport transport) {
        super(loop);
        this.memory = memory;
        this.ipc = transport == null ? null : new Ipc(this, transport);
    }

    /** Returns whether this pipe carries descriptors. */
    public boolean isIpc() {
        return ipc != null;
    }

    // ---- opening

    /**
     * Makes two connected sockets, for two pipes to {@link #open}, on one loop or two: socketpair(2). They are non-blocking and
     * close-on-exec. The caller owns them until a pipe has opened them.
     *
     * @throws SystemException EMFILE, ENFILE
     */
    public static int[] socketpair() {
        try (Region memory = Region.ofCall()) {
            MemorySegment two = memory.allocate(2L * Integer.BYTES);
            check(Sockets.socketpair(Sockets.AF_UNIX, TYPE, 0, two), "socketpair");
            return two.toArray(ValueLayout.JAVA_INT);
        }
    }

    /**
     * Makes the two ends of a pipe, the one to read from first: pipe2(2). They are non-blocking and close-on-exec, as those of
     * {@link #socketpair()}.
     *
     * @throws SystemException EMFILE, ENFILE
     */
    public static int[] pipe2() {
        try (Region memory = Region.ofCall()) {
            MemorySegment two = memory.allocate(2L * Integer.BYTES);
            check(Descriptors.pipe2(two, Descriptors.O_NONBLOCK | Descriptors.O_CLOEXEC), "pipe2");
            return two.toArray(ValueLayout.JAVA_INT);
        }
    }

    /**
     * Takes over {@code fd}. The pipe can be read or written as far as the descriptor was opened for that. If it is no socket, a shutdown
     * takes effect when the pipe is closed. Standard input, output and error are not closed with the pipe.
     *
     * <p>The descriptor is non-blocking until the pipe is closed or the JVM exits, for every process that has the same open file
     * description: a shell has that of standard input. If it was blocking before, it is blocking again then. Until then,
     * {@code System.in.read()} gets EAGAIN instead of waiting.
     */
    @Override
    public void open(int fd) {
        requireOpen("open");
        adopt(fd);
    }

    @Override
    SocketHandle newClient() {
        return ipc != null && ipc.pendingType() == DescriptorKind.TCP ? new Tcp(loop()) : new Pipe(loop());
    }

    @Override
    boolean takes(DescriptorKind kind) {
        return kind == DescriptorKind.PIPE || kind == DescriptorKind.TTY;
    }

    // ---- listening

    /**
     * Binds to {@code name}. An empty name lets the kernel choose one: abstract, of five hexadecimal digits. The file of a path must
     * not exist, even if the process that made it has ended. It is removed when the pipe is closed.
     *
     * @param name a path of at most 107 bytes, none of them NUL; or a NUL and at most 107 bytes of any kind
     * @throws UsageException EINVAL if the pipe has a socket, or if the name is too long (it is never cut) or not a valid name
     * @throws SystemException EADDRINUSE; EACCES, also if the directory does not exist, which the message says then; and others
     *     of bind(2)
     */
    public void bind(String name) {
        requireOpen("bind");
        int length = memory.write(name);
        if (fd() >= 0) {
            throw new UsageException("EINVAL", "bind on a pipe that has a socket: " + this);
        }
        MemorySegment path = NameMemory.isPath(name) ? BoundFile.path(name) : null;
        int socket = check(Sockets.socket(Sockets.AF_UNIX, TYPE, 0), "socket");
        int result = Sockets.bind(socket, memory.name, length);
        if (result < 0) {
            Descriptors.close(socket);
            lacksDirectory = result == -Errno.ENOENT;
            check(lacksDirectory ? -Errno.EACCES : result, "bind", remark());
        }
        attach(socket);
        file = path == null ? null : BoundFile.at(path);
        known = Endpoints.ofNames(name, null);
    }

    /** Returns "its directory does not exist" after an EACCES of bind that means this: libuv reports ENOENT so, as Windows does. */
    @Override
    public @Nullable String remark() {
        return lacksDirectory ? "its directory does not exist" : null;
    }

    /**
     * Starts listening. The pipe must be bound.
     *
     * @throws UsageException EINVAL if the pipe is not bound, or carries descriptors
     * @throws SystemException errors of listen(2)
     */
    @Override
    public void listen(int backlog, ConnectionListener listener) {
        requireOpen("listen");
        if (isIpc()) {
            throw new UsageException("EINVAL", "a pipe for ipc can't listen; it can be accepted into: " + this);
        }
        if (fd() < 0) {
            throw new UsageException("EINVAL", "listen on a pipe that is not bound: " + this);
        }
        startListening(backlog, listener);
    }

    /**
     * Lets every user read the socket file, write it, or both. A client must be able to write it in order to connect. The owner keeps
     * all rights. For a FIFO, the mode of its own file changes.
     *
     * @throws UsageException EINVAL if both are false; EBADF if there is no socket
     * @throws SystemException ENOENT, EPERM and others of chmod(2)
     * @see <a href="https://nodejs.org/api/net.html#serverlistenoptions-callback">Node: readableAll, writableAll</a>
     */
    public void chmod(boolean readableAll, boolean writableAll) {
        requireSocket("chmod");
        if (!readableAll && !writableAll) {
            throw new UsageException("EINVAL", "chmod must make it readable, writable or both");
        }
        int mode = OWNER_ALL | (readableAll ? ALL_READ : 0) | (writableAll ? ALL_WRITE : 0);
        check(Descriptors.fchmod(fd(), mode), "fchmod");
        if (file != null) {
            check(file.chmod(mode), "chmod");
        }
    }

    // ---- connecting

    /**
     * Connects to {@code name}. Writes that are made before the connection is established are queued. A failed connect leaves the handle
     * open, and may be tried again.
     *
     * @param callback called in the poll phase with null, or in the pending phase with the error: ENOENT; ECONNREFUSED if the file is no
     *     socket, or no socket listens; EACCES; EAGAIN if the listener's backlog is full; EPROTOTYPE
     * @throws UsageException EALREADY if a connect is pending; EINVAL if the name is empty, too long or not a valid name
     * @throws SystemException EISCONN if the pipe is connected, EINVAL if it listens
     */
    public void connect(String name, Completion callback) {
        requireOpen("connect");
        int length = memory.write(name);
        UsageException.requireArgument(callback, "callback");
        if (name.isEmpty()) {
            throw new UsageException("EINVAL", "the name to connect to is empty");
        }
        requireNotConnecting();
        known = Endpoints.ofNames(null, name);
        if (fd() < 0) {
            attach(check(Sockets.socket(Sockets.AF_UNIX, TYPE, 0), "socket"));
        }
        int result = Sockets.connect(fd(), memory.name, length);
        while (result == -Errno.EINTR) {
            result = Sockets.connect(fd(), memory.name, length);
        }
        if (result == 0 || result == -Errno.EISCONN || result == -Errno.EINVAL) {
            awaitConnect(result, callback);
        } else {
            becomeDuplex();
            failConnect(-result, callback);
        }
    }

    // ---- names

    /**
     * Returns the name that the socket is bound to: a path, or an abstract name, which begins with a NUL. The name of a client is usually
     * empty.
     *
     * @throws UsageException EBADF if there is no socket
     * @throws SystemException ENOTSOCK
     */
    @Override
    public String localName() {
        requireSocket("getsockname");
        check(memory.getsockname(fd()), "getsockname");
        return memory.read();
    }

    /**
     * Returns the name that the peer is bound to, in the forms of {@link #localName()}.
     *
     * @throws UsageException EBADF if there is no socket
     * @throws SystemException ENOTCONN, ENOTSOCK
     */
    public String remoteName() {
        requireSocket("getpeername");
        check(memory.getpeername(fd()), "getpeername");
        return memory.read();
    }

    /** Returns whether bytes can pass. A descriptor that is no socket (ENOTSOCK) needs no peer. */
    @Override
    public boolean hasPeer() {
        int result = fd() < 0 ? -Errno.EBADF : memory.getpeername(fd());
        return result >= 0 || result == -Errno.ENOTSOCK;
    }

    /** Returns null: a Unix socket has a name, no address. */
    @Override
    public @Nullable SocketAddress localAddress() {
        return null;
    }

    /** Returns null: a Unix socket has a name, no address. */
    @Override
    public @Nullable SocketAddress peer() {
        return null;
    }

    /** Returns null: a Unix socket has a name, no address. */
    @Override
    public @Nullable SocketAddress knownPeer() {
        return null;
    }

    @Override
    Endpoints endpoints() {
        if (!core().isLoopThread() || fd() < 0) {
            return known;
        }
        End local = End.ofName(memory.readOrNull(memory.getsockname(fd())));
        End remote = End.ofName(memory.readOrNull(memory.getpeername(fd())));
        return new Endpoints(local, remote != null ? remote : known.remote());
    }

    /**
     * Returns process, user and group of the process at the other end, as they were when it connected or listened: SO_PEERCRED.
     *
     * @throws UsageException EBADF if there is no socket; ENOTCONN if there is no peer
     * @throws SystemException ENOTSOCK
     */
    public PeerCredentials peerCredentials() {
        requireSocket("getsockopt");
        check(memory.getpeercred(fd()), "getsockopt");
        PeerCredentials credentials = memory.readCredentials();
        if (credentials == null) {
            throw new UsageException("ENOTCONN", "it has no peer: " + this);
        }
        return credentials;
    }

    // ---- descriptors

    /**
     * Writes {@code data} as {@link #write(ByteBuffer, Completion)} does, and sends the descriptor of {@code toSend} along. {@code
     * toSend} may be closed once {@code callback} was called. If it is closed earlier, the write fails with EBADF.
     *
     * @param data at least one byte
     * @param toSend a handle of the same loop
     * @throws UsageException EINVAL if this is no ipc pipe; EBADF if {@code toSend} has no socket; and those of {@link
     *     #write(ByteBuffer, Completion)}
     */
    public void write(ByteBuffer data, SocketHandle toSend, Completion callback) {
        write(new ByteBuffer[] {UsageException.requireArgument(data, "data")}, toSend, callback);
    }

    /** Writes several buffers, as {@link #write(ByteBuffer, SocketHandle, Completion)} does. */
    public void write(ByteBuffer[] data, SocketHandle toSend, Completion callback) {
        core().checkThread();
        requireIpc().write(data, toSend, callback);
    }

    /**
     * Writes as {@link #tryWrite(ByteBuffer)} does, and sends the descriptor of {@code toSend} along. If the result is positive, the
     * descriptor was sent.
     *
     * @throws UsageException as {@link #write(ByteBuffer, SocketHandle, Completion)}
     */
    public int tryWrite(ByteBuffer data, SocketHandle toSend) {
        WriteRequest.requireSize(UsageException.requireArgument(data, "data").remaining());
        if (mustQueue()) {
            return 0;
        }
        requireWritable();
        return requireIpc().tryWrite(data, toSend);
    }

    private Ipc requireIpc() {
        if (ipc == null) {
            throw new UsageException("EINVAL", "it is not made to carry descriptors: " + this);
        }
        return ipc;
    }

    /** Returns how many received descriptors wait to be accepted. */
    public int pendingCount() {
        core().checkThread();
        return ipc == null ? 0 : ipc.pendingCount();
    }

    /** Returns the kind of the first descriptor that waits; UNKNOWN if none does. */
    public DescriptorKind pendingType() {
        core().checkThread();
        return ipc == null ? DescriptorKind.UNKNOWN : ipc.pendingType();
    }

    /**
     * Takes the first descriptor that waits, as a number. It is meant for kinds that no handle takes. The descriptor is close-on-exec, and
     * the caller must close it.
     *
     * @throws UsageException EAGAIN if none waits; EINVAL if this is no ipc pipe
     */
    public int acceptDescriptor() {
        requireOpen("acceptDescriptor");
        return requireIpc().take();
    }

    @Override
    void handOver(SocketHandle client) {
        if (ipc == null) {
            super.handOver(client);
        } else {
            ipc.handOver(client);
        }
    }

    // ---- options

    @Override
    public <T> void set(SocketOption<T> option, T value) {
        requireSocket("setsockopt");
        UsageException.requireArgument(option, "option").require(UsageException.requireArgument(value, "value"));
        option.set(fd(), value);
    }

    @Override
    public boolean has(SocketOption<?> option) {
        return !UsageException.requireArgument(option, "option").isOfInternet();
    }

    // ---- closing

    @Override
    public boolean canReset() {
        return false;
    }

    @Override
    public void reset(Runnable callback) {
        close(callback);
    }

    @Override
    protected void release() {
        if (file != null && !watcher().isDisowned()) {
            file.unlink();
        }
        try {
            super.release();
        } finally {
            if (ipc != null) {
                ipc.closeAll();
            }
        }
    }
}
