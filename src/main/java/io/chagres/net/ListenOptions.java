package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.address.Ip;
import io.chagres.address.SocketAddress;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortSignal;

/**
 * Where a server listens: the options of Node's server.listen. Of several places the first of these counts: a handle, a
 * descriptor, a port, a path; without any it is a port that is free.
 *
 * @see <a href="https://nodejs.org/api/net.html#serverlistenoptions-callback">server.listen(options)</a>
 */
public final class ListenOptions {

    private static final int NONE = -1;

    private SocketHandle handle;
    private int fd = NONE;
    private int port = NONE;
    private String path;
    private String host;
    private int backlog = Tcp.DEFAULT_BACKLOG;
    private boolean ipv6Only;
    private boolean reusePort;
    private boolean readableAll;
    private boolean writableAll;
    private AbortSignal signal;

    /** Any port that is free, on all addresses. */
    public ListenOptions() {}

    // ---- the place

    /** The port, 0 to 65535; 0, the default, takes one that is free. */
    public ListenOptions port(int port) {
        this.port = SocketAddress.requirePort(port, "options.port");
        return this;
    }

    /** An address of this machine, or a name to look up; by default all its IPv6 and IPv4 addresses. */
    public ListenOptions host(String host) {
        if (host != null && host.isEmpty()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE",
                    "The \"options.host\" property must be a host name or an IP address. Received ''");
        }
        this.host = host;
        return this;
    }

    /**
     * The name of a Unix socket: a path, whose file is made now and removed at the close; or one of the abstract namespace,
     * which begins with a NUL. See {@link Pipe#bind}.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if it is empty, has a NUL behind its first character, or is a number, as in Node:
     *     a port is set with {@link #port}, and a socket file of that name is "./9297"
     */
    public ListenOptions path(String path) {
        if (path != null && PortText.isNumber(path)) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The property 'options.path' is a number. Received '" + path + "': port() sets a port, and './"
                            + path + "' is a path");
        }
        this.path = ConnectOptions.requirePath(path);
        return this;
    }

    /**
     * A descriptor of this process, of a TCP or Unix socket that is bound or listens already: inherited, or received from
     * another process. The server takes it over and closes it at its own close, but never 0, 1 and 2. It is non-blocking
     * meanwhile: see {@link Pipe#open}. If the server can't listen, the descriptor stays the caller's, open and unchanged.
     */
    public ListenOptions fd(int fd) {
        if (fd < 0) {
            throw new UsageException("ERR_INVALID_ARG_VALUE", "The property 'options.fd' must be >= 0. Received " + fd);
        }
        this.fd = fd;
        return this;
    }

    /**
     * A {@link Tcp} or {@link Pipe} of the server's loop, which is bound or listens already. The server takes it over and closes
     * it, also where it can't listen.
     */
    public ListenOptions handle(SocketHandle handle) {
        if (handle == null) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE", "The \"options.handle\" property must be a Tcp or a Pipe. Received null");
        }
        this.handle = handle;
        return this;
    }

    // ---- how

    /** How many connections may wait to be accepted; by default 511. The kernel cuts it to net.core.somaxconn. */
    public ListenOptions backlog(int backlog) {
        this.backlog = backlog;
        return this;
    }

    /**
     * Whether the server shares its socket with nobody. It never does: in Node this is for the workers of a cluster, of which
     * there is none here. Processes that want to share a port say {@link #reusePort}, or pass a descriptor on.
     */
    public ListenOptions exclusive(boolean exclusive) {
        return this;
    }

    /** Whether an IPv6 address takes IPv6 connections only; by default IPv4 ones too. */
    public ListenOptions ipv6Only(boolean only) {
        this.ipv6Only = only;
        return this;
    }

    /**
     * Whether several servers, of one loop or many, of one process or many of the same user, may listen on the port, where all of
     * them say so; each connection then goes to one of them, as the kernel distributes them: SO_REUSEPORT. By default not.
     *
     * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
     */
    public ListenOptions reusePort(boolean reuse) {
        this.reusePort = reuse;
        return this;
    }

    /** Whether everybody may read the socket file of a path; by default who the umask lets. */
    public ListenOptions readableAll(boolean all) {
        this.readableAll = all;
        return this;
    }

    /** Whether everybody may write the socket file of a path, which is what a connect takes; by default who the umask lets. */
    public ListenOptions writableAll(boolean all) {
        this.writableAll = all;
        return this;
    }

    /** Closes the server when it is aborted, as {@link Server#close()} does; where it is already, on a tick. */
    public ListenOptions signal(AbortSignal signal) {
        this.signal = UsageException.requireArgument(signal, "signal");
        return this;
    }

    // ---- for the server

    /** What counts is how they are at the call, even where a lookup comes first. */
    ListenOptions copy() {
        ListenOptions copy = new ListenOptions();
        copy.handle = handle;
        copy.fd = fd;
        copy.port = port;
        copy.path = path;
        copy.host = host;
        copy.backlog = backlog;
        copy.ipv6Only = ipv6Only;
        copy.reusePort = reusePort;
        copy.readableAll = readableAll;
        copy.writableAll = writableAll;
        copy.signal = signal;
        return copy;
    }

    /** Throws ERR_INVALID_ARG_VALUE where one option contradicts another. */
    void requireConsistent() {
        if (isPath() && path.charAt(0) == 0 && opensToAll()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The argument 'options' can not set readableAll or writableAll to "
                            + "true when path is abstract unix socket. Received '" + path.replace("\0", "\\0") + "'");
        }
    }

    boolean opensToAll() {
        return readableAll || writableAll;
    }

    /** Whether the place is a path. */
    boolean isPath() {
        return handle == null && fd == NONE && port == NONE && path != null;
    }

    /** Whether the place is a descriptor. */
    boolean isDescriptor() {
        return handle == null && fd != NONE;
    }

    /** Whether the host of the place is a name. */
    boolean isNamed() {
        return handle == null && fd == NONE && !isPath() && host != null && Ip.version(host) == 0;
    }

    SocketHandle handle() {
        return handle;
    }

    int fd() {
        return fd;
    }

    int port() {
        return Math.max(port, 0);
    }

    String path() {
        return path;
    }

    String host() {
        return host;
    }

    int backlog() {
        return backlog;
    }

    boolean ipv6Only() {
        return ipv6Only;
    }

    boolean reusePort() {
        return reusePort;
    }

    boolean readableAll() {
        return readableAll;
    }

    boolean writableAll() {
        return writableAll;
    }

    AbortSignal signal() {
        return signal;
    }

    /** Returns the options that differ from their defaults. */
    @Override
    public String toString() {
        return new OptionText("ListenOptions")
                .add("handle", handle, null)
                .add("fd", fd, NONE)
                .add("port", port, NONE)
                .add("host", host, null)
                .addName("path", path, null)
                .add("backlog", backlog, Tcp.DEFAULT_BACKLOG)
                .addFlag("ipv6Only", ipv6Only)
                .addFlag("reusePort", reusePort)
                .addFlag("readableAll", readableAll)
                .addFlag("writableAll", writableAll)
                .add("signal", signal, null)
                .toString();
    }
}
