package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopCore;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.FileIdentity;
import io.chagres.sys.Memory;
import io.chagres.sys.Region;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.StringJoiner;

/**
 * A stream between processes of one machine: uv_pipe_t. It is a Unix socket, which listens or connects under a name; or, by
 * {@link #open}, whatever else reads or writes as a stream: a FIFO, an end of a pipe(7), a terminal.
 *
 * <p>A name is a path, whose socket file {@link #bind} makes and close removes, unless another process has put its own in that
 * place; or, beginning with a NUL character, one of the
 * abstract namespace, which needs no file and goes with its socket. Names are UTF-8. A byte that is not UTF-8 in a name that
 * the kernel gives stands as a lone surrogate (U+DC80 to U+DCFF), and turns into the same byte where that name is used.
 *
 * <p>A pipe made with {@code ipc} carries descriptors besides bytes: see {@link IpcStream}.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/pipe.html">uv_pipe_t</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class Pipe extends IpcStream {

    private static final int TYPE = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;

    /** The owner of a socket file may do with it what he likes, whatever {@link #chmod} grants to the others. */
    private static final int OWNER_ALL = 0700;

    private static final int ALL_READ = 0444;
    private static final int ALL_WRITE = 0222;

    private static final int UCRED_BYTES = 12;

    private final NameMemory memory;
    /** The file that bind has made and close removes, as a C string; null where there is none. */
    private MemorySegment boundPath;
    /** That file, so that it is not taken for one of the same name; null if the kernel does not say. */
    private FileIdentity boundFile;
    /** Whether the last bind has failed because there is no such directory. */
    private boolean lacksDirectory;
    /** The name that it was bound or connected to, for {@link #toString} on other threads. */
    private Endpoints known = Endpoints.UNKNOWN;

    /** Where names, lengths and credentials lie while the kernel is asked. */
    private static final class NameMemory implements AutoCloseable {
        private final Region region = Region.shared(SockAddr.SIZE, Integer.BYTES, UCRED_BYTES);
        final MemorySegment name = region.allocate(SockAddr.SIZE);
        final MemorySegment length = region.allocate(Integer.BYTES);
        final MemorySegment credentials = region.allocate(UCRED_BYTES);

        static NameMemory of(Loop loop) {
            LoopCore core = UsageException.requireArgument(loop, "loop").core();
            core.checkThread();
            return core.local(NameMemory.class, NameMemory::new);
        }

        @Override
        public void close() {
            region.close();
        }
    }

    /** A pipe without a socket, for bytes only. */
    public Pipe(Loop loop) {
        this(loop, false);
    }

    /** A pipe without a socket; with {@code ipc} it carries descriptors too, and can't listen. */
    public Pipe(Loop loop, boolean ipc) {
        this(loop, ipc, NameMemory.of(loop));
    }

    private Pipe(Loop loop, boolean ipc, NameMemory memory) {
        super(loop, ipc);
        this.memory = memory;
    }

    // ---- opening

    /**
     * Two sockets that are connected to each other, for two pipes to {@link #open}, on one loop or two: socketpair(2). They are
     * non-blocking, close-on-exec, and the caller's to close until then.
     *
     * @throws SystemException EMFILE, ENFILE
     */
    public static int[] socketpair() {
        int[] ends = new int[2];
        try (Region memory = Region.ofCall()) {
            MemorySegment two = memory.allocate(2L * Integer.BYTES);
            check(Sockets.socketpair(Sockets.AF_UNIX, TYPE, 0, two), "socketpair");
            MemorySegment.copy(two, ValueLayout.JAVA_INT, 0, ends, 0, 2);
        }
        return ends;
    }

    /** The two ends of a pipe, the one to read from first, as in {@link #socketpair()}: pipe2(2). */
    public static int[] pipe2() {
        int[] ends = new int[2];
        try (Region memory = Region.ofCall()) {
            MemorySegment two = memory.allocate(2L * Integer.BYTES);
            check(Descriptors.pipe2(two, Descriptors.O_NONBLOCK | Descriptors.O_CLOEXEC), "pipe2");
            MemorySegment.copy(two, ValueLayout.JAVA_INT, 0, ends, 0, 2);
        }
        return ends;
    }

    /**
     * Takes over {@code fd}. It can be read or written as far as it was opened for that; if it can be only written, a shutdown has
     * no effect until it is closed. Standard input, output and error are not closed with the pipe.
     *
     * <p>The descriptor is non-blocking until the pipe is closed or the JVM exits: for all that have the same open file
     * description, as the shell has that of standard input. If it was blocking before, it is so again then. Until then, a
     * {@code System.in.read()} finds EAGAIN where it would wait. If open throws, nothing is changed, and {@code fd} stays the
     * caller's.
     *
     * @throws UsageException EBUSY where the pipe has a descriptor; EEXIST where another handle watches it; EINVAL where the
     *     pipe is for ipc and {@code fd} no socket
     * @throws SystemException EBADF
     */
    public void open(int fd) {
        requireOpen("open");
        adopt(fd);
    }

    /** Closes the handle, and leaves the descriptor that it was {@linkplain #open opened} on open: it is the caller's again. */
    public void giveBack() {
        requireOpen("giveBack");
        disown();
        close();
    }

    @Override
    protected boolean takes(DescriptorKind kind) {
        return kind == DescriptorKind.PIPE || kind == DescriptorKind.TTY;
    }

    // ---- listening

    /**
     * Binds to {@code name}; to one of the kernel's choice, abstract and of five hexadecimal digits, where it is empty. The file
     * of a path must not exist, also where the process that made it is gone; it is removed when the pipe is closed.
     *
     * @param name a path of at most 107 bytes, none of them NUL; or a NUL and at most 107 bytes of any kind
     * @throws UsageException EINVAL: the pipe has a socket, or the name is too long, which is never cut, or no name
     * @throws SystemException EADDRINUSE; EACCES, also if the directory does not exist, which the message says then; and others
     *     of bind(2)
     */
    public void bind(String name) {
        requireOpen("bind");
        int length = putName(name);
        if (fd() >= 0) {
            throw new UsageException("EINVAL", "bind on a pipe that has a socket: " + this);
        }
        MemorySegment path = isPath(name) ? Memory.string(UnixName.encode(name)) : null;
        int socket = check(Sockets.socket(Sockets.AF_UNIX, TYPE, 0), "socket");
        int result = Sockets.bind(socket, memory.name, length);
        if (result < 0) {
            Descriptors.close(socket);
            lacksDirectory = result == -Errno.ENOENT;
            check(lacksDirectory ? -Errno.EACCES : result, "bind", remark());
        }
        attach(socket);
        boundPath = path;
        boundFile = path == null ? null : FileIdentity.of(path);
        known = Endpoints.ofNames(name, null);
    }

    /** Whether the file at the path is still that of this socket, as far as is known: another process may have put its own there. */
    private boolean hasItsFile() {
        FileIdentity now = boundFile == null ? null : FileIdentity.of(boundPath);
        return now == null || now.equals(boundFile);
    }

    /** What an EACCES of bind means if the path has no directory, which libuv makes of ENOENT, as on Windows; null otherwise. */
    public String remark() {
        return lacksDirectory ? "its directory does not exist" : null;
    }

    private static boolean isPath(String name) {
        return !name.isEmpty() && name.charAt(0) != 0;
    }

    /** Puts the sockaddr_un of {@code name} into memory; its length. */
    private int putName(String name) {
        byte[] bytes = UnixName.encode(UsageException.requireArgument(name, "name"));
        int length = SockAddr.putUnix(memory.name, bytes);
        if (length == -Errno.ENAMETOOLONG) {
            throw new UsageException(
                    "EINVAL",
                    "the name is too long: " + bytes.length + " bytes, where "
                            + (SockAddr.UNIX_PATH_MAX - (isPath(name) ? 1 : 0)) + " have room");
        }
        if (length < 0) {
            throw new UsageException("EINVAL", "the path has a NUL in it: " + name.replace('\0', '?'));
        }
        return length;
    }

    /**
     * Starts listening, once it is bound.
     *
     * @param listener see {@link StreamHandle#accept}
     * @throws UsageException EINVAL where it is not bound, or is for ipc
     * @throws SystemException of listen(2)
     */
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
     * Lets everybody read the socket file, write it, or both; who connects to it must be able to write. What is granted to the
     * owner stays. Of a FIFO the mode of its own file changes.
     *
     * @throws UsageException EINVAL where neither is wanted; EBADF where it has no socket
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
        if (boundPath != null) {
            check(hasItsFile() ? Descriptors.chmod(boundPath, mode) : -Errno.ENOENT, "chmod");
        }
    }

    // ---- connecting

    /**
     * Connects to {@code name}. Success is told in the poll phase, failure in the pending phase: ENOENT, ECONNREFUSED where
     * nobody listens or it is no socket, EACCES, EAGAIN where the listener's backlog is full, EPROTOTYPE. Writes made meanwhile
     * are queued. A failed connect leaves the handle open, and may be tried again.
     *
     * @throws UsageException EALREADY where a connect is under way; EINVAL: an empty name, or as {@link #bind}
     * @throws SystemException EISCONN where it is connected, EINVAL where it listens
     */
    public void connect(String name, Completion callback) {
        requireOpen("connect");
        int length = putName(name);
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
     * Its own name: a path; an abstract name, which begins with a NUL; or empty, as that of a client mostly is.
     *
     * @throws UsageException EBADF where it has no socket
     * @throws SystemException ENOTSOCK
     */
    public String localName() {
        requireSocket("getsockname");
        memory.length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        check(Sockets.getsockname(fd(), memory.name, memory.length), "getsockname");
        return name();
    }

    /**
     * The name of its peer, as {@link #localName()}.
     *
     * @throws UsageException EBADF where it has no socket
     * @throws SystemException ENOTCONN, ENOTSOCK
     */
    public String remoteName() {
        requireSocket("getpeername");
        memory.length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        check(Sockets.getpeername(fd(), memory.name, memory.length), "getpeername");
        return name();
    }

    @Override
    Endpoints endpoints() {
        if (loop().core().isLoopThread() && fd() >= 0) {
            memory.length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
            String local = Sockets.getsockname(fd(), memory.name, memory.length) < 0 ? null : unixNameOrNull();
            memory.length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
            String remote = Sockets.getpeername(fd(), memory.name, memory.length) < 0 ? null : unixNameOrNull();
            return new Endpoints(
                    End.ofName(local), remote != null && !remote.isEmpty() ? End.ofName(remote) : known.remote());
        }
        return known;
    }

    /** Null for a socket of another family. */
    private String unixNameOrNull() {
        return SockAddr.family(memory.name) == Sockets.AF_UNIX ? name() : null;
    }

    /** Adds its name and the peer's, as in "-> /run/app.sock"; on another thread only the one that is known. */
    @Override
    protected void describe(StringJoiner text) {
        super.describe(text);
        endpoints().describe(text);
    }

    private String name() {
        return UnixName.decode(SockAddr.unixName(memory.name, memory.length.get(ValueLayout.JAVA_INT, 0)));
    }

    /**
     * Who is at the other end: SO_PEERCRED.
     *
     * @throws UsageException EBADF where it has no socket; ENOTCONN
     * @throws SystemException ENOTSOCK
     */
    public PeerCredentials peerCredentials() {
        requireSocket("getsockopt");
        memory.length.set(ValueLayout.JAVA_INT, 0, UCRED_BYTES);
        check(
                Sockets.getsockopt(fd(), Sockets.SOL_SOCKET, Sockets.SO_PEERCRED, memory.credentials, memory.length),
                "getsockopt");
        int uid = memory.credentials.get(ValueLayout.JAVA_INT, 4);
        if (uid == -1) { // which is nobody's: the kernel has it where there is no peer
            throw new UsageException("ENOTCONN", "it has no peer: " + this);
        }
        return new PeerCredentials(
                memory.credentials.get(ValueLayout.JAVA_INT, 0),
                Integer.toUnsignedLong(uid),
                Integer.toUnsignedLong(memory.credentials.get(ValueLayout.JAVA_INT, 8)));
    }

    // ---- options

    /**
     * Sets an option of its socket; those of TCP it has not.
     *
     * @throws UsageException EBADF where it has no socket; EINVAL where {@code value} is null or out of range
     * @throws SystemException ENOTSOCK, ENOTSUP and others of setsockopt(2)
     */
    public <T> void set(SocketOption<T> option, T value) {
        requireSocket("setsockopt");
        UsageException.requireArgument(option, "option").require(UsageException.requireArgument(value, "value"));
        option.set(fd(), value);
    }

    /**
     * An option of its socket as the kernel has it.
     *
     * @throws UsageException EBADF where it has no socket
     * @throws SystemException ENOTSOCK, ENOTSUP and others of getsockopt(2)
     */
    public <T> T get(SocketOption<T> option) {
        requireSocket("getsockopt");
        return UsageException.requireArgument(option, "option").read(fd());
    }

    private void requireSocket(String call) {
        loop().core().checkThread();
        if (fd() < 0) {
            throw new UsageException("EBADF", call + " without a socket: " + this);
        }
    }

    // ---- closing

    /** The file goes first: while the socket is open, no other file has its inode number. */
    @Override
    protected void release() {
        if (boundPath != null && hasItsFile()) {
            Descriptors.unlink(boundPath);
        }
        boundPath = null;
        super.release();
    }
}
