package io.chagres.net;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import io.chagres.address.Ip;
import io.chagres.address.SocketAddress;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortSignal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of one listen: where, and how. Those of Node's server.listen. The options that a server is made with are
 * {@link ServerOptions}. Options are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * server.listen(ListenOptions.at("127.0.0.1", 9297).reusePort(true));
 * server.listen(ListenOptions.atPath("/run/echo.sock").writableAll(true));
 * }</pre>
 *
 * <p>The options of a port, {@link #ipv6Only} and {@link #reusePort}, can't be switched on for another place, nor those of a path,
 * {@link #readableAll} and {@link #writableAll}: they are refused with ERR_INCOMPATIBLE_OPTION_PAIR.
 *
 * @see <a href="https://nodejs.org/api/net.html#serverlistenoptions-callback">server.listen(options)</a>
 */
@CheckReturnValue
public final class ListenOptions {

    private static final int NONE = -1;

    private static final class Values implements Cloneable {
        private @Nullable String host;
        private int port = NONE;
        private @Nullable String path;
        private int fd = NONE;
        private @Nullable SocketHandle handle;
        private int backlog = Tcp.DEFAULT_BACKLOG;
        private boolean ipv6Only;
        private boolean reusePort;
        private boolean epollExclusive;
        private boolean readableAll;
        private boolean writableAll;
        private @Nullable AbortSignal signal;

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private ListenOptions(Values values) {
        this.values = values;
    }

    private static ListenOptions of(Consumer<Values> place) {
        return new ListenOptions(new Values()).with(place);
    }

    private ListenOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new ListenOptions(changed);
    }

    // ---- where

    /**
     * Returns the options of a listen on {@code port} of all addresses of this machine, IPv6 and IPv4.
     *
     * @param port 0 to 65535; 0 for a port that is free
     * @throws UsageException ERR_SOCKET_BAD_PORT
     */
    public static ListenOptions at(int port) {
        return at(null, port);
    }

    /**
     * Returns the options of a listen on {@code port} of {@code host}.
     *
     * @param host an address of this machine, or a name to look up; null for all addresses
     * @param port 0 to 65535; 0 for a port that is free
     * @throws UsageException ERR_INVALID_ARG_TYPE if {@code host} is empty; ERR_SOCKET_BAD_PORT
     */
    public static ListenOptions at(@Nullable String host, int port) {
        SocketAddress.requirePort(port, "options.port");
        if (host != null && host.isEmpty()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE",
                    "The \"options.host\" property must be a host name or an IP address. Received ''");
        }
        return of(values -> {
            values.host = host;
            values.port = port;
        });
    }

    /**
     * Returns the options of a listen on a Unix socket: a path, whose file is made by the listen and removed by the close, or a name of
     * the abstract namespace, which begins with a NUL. See {@link Pipe#bind}.
     *
     * @throws UsageException ERR_INVALID_ARG_TYPE if {@code path} is null; ERR_INVALID_ARG_VALUE if it is empty, has a NUL after its first
     *     character, or is a number, as in Node: {@link #at(int)} is for ports, and a socket file of that name is "./9297"
     */
    public static ListenOptions atPath(String path) {
        if (path != null && PortText.isNumber(path)) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The property 'options.path' is a number. Received '" + path + "': at() is for a port, and './"
                            + path + "' is a path");
        }
        ConnectOptions.requirePath(path);
        return of(values -> values.path = path);
    }

    /** The options of a listen on a port, if {@code portOrPath} is a number, or else on a path. */
    static ListenOptions atPortOrPath(String portOrPath) {
        int port = PortText.port(portOrPath);
        return port < 0 ? atPath(portOrPath) : at(port);
    }

    /**
     * Returns the options of a listen on a descriptor of this process, of a TCP or Unix socket that is bound or listens already: inherited,
     * or received from another process. The server takes the descriptor over, and closes it at its own close, but never 0, 1 and 2. The
     * descriptor is non-blocking meanwhile: see {@link Pipe#open}. If the listen fails, the descriptor stays the caller's, open and
     * unchanged.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code fd} is negative
     */
    public static ListenOptions atFd(int fd) {
        if (fd < 0) {
            throw new UsageException("ERR_INVALID_ARG_VALUE", "The property 'options.fd' must be >= 0. Received " + fd);
        }
        return of(values -> values.fd = fd);
    }

    /**
     * Returns the options of a listen on a {@link Tcp} or {@link Pipe} of the server's loop, which is bound or listens already. The server
     * takes the handle over and closes it, also if the listen fails.
     *
     * @throws UsageException ERR_INVALID_ARG_TYPE if {@code handle} is null or of another kind
     */
    public static ListenOptions atHandle(SocketHandle handle) {
        SocketOptions.requireHandle(handle);
        return of(values -> values.handle = handle);
    }

    // ---- how

    /** Sets how many connections can wait to be accepted; 511 by default. The kernel limits it to net.core.somaxconn. */
    public ListenOptions backlog(int backlog) {
        return with(values -> values.backlog = backlog);
    }

    /**
     * Sets whether an IPv6 address takes IPv6 connections only. False by default: it takes IPv4 connections too.
     *
     * @throws UsageException ERR_INCOMPATIBLE_OPTION_PAIR if the place is not a port
     */
    public ListenOptions ipv6Only(boolean only) {
        requirePort(only, "ipv6Only");
        return with(values -> values.ipv6Only = only);
    }

    /**
     * Sets whether several servers can listen on the port, of one loop or several, of one process or several of the same user, if all of
     * them set this. The kernel distributes the connections over them: SO_REUSEPORT. False by default.
     *
     * @throws UsageException ERR_INCOMPATIBLE_OPTION_PAIR if the place is not a port
     * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
     */
    public ListenOptions reusePort(boolean reuse) {
        requirePort(reuse, "reusePort");
        return with(values -> values.reusePort = reuse);
    }

    /**
     * Sets whether a connection wakes only one of the loops that listen on duplicates of one descriptor ({@link #atFd}), or a few, instead
     * of all. False by default. See {@link SocketHandle#acceptExclusively}.
     */
    public ListenOptions epollExclusive(boolean exclusive) {
        return with(values -> values.epollExclusive = exclusive);
    }

    /**
     * Sets whether all users can read the socket file of the path. False by default: the umask decides.
     *
     * @throws UsageException ERR_INCOMPATIBLE_OPTION_PAIR if the place is not a path; ERR_INVALID_ARG_VALUE if it is a name of the
     *     abstract namespace
     */
    public ListenOptions readableAll(boolean all) {
        requireFile(all, "readableAll");
        return with(values -> values.readableAll = all);
    }

    /**
     * Sets whether all users can write the socket file of the path, which is what a connect needs. False by default: the umask decides.
     *
     * @throws UsageException ERR_INCOMPATIBLE_OPTION_PAIR if the place is not a path; ERR_INVALID_ARG_VALUE if it is a name of the
     *     abstract namespace
     */
    public ListenOptions writableAll(boolean all) {
        requireFile(all, "writableAll");
        return with(values -> values.writableAll = all);
    }

    /** Sets a signal that closes the server when it is aborted, as {@link Server#close()} does; on a tick if it is aborted already. */
    public ListenOptions signal(AbortSignal signal) {
        UsageException.requireArgument(signal, "signal");
        return with(values -> values.signal = signal);
    }

    private void requirePort(boolean on, String name) {
        SocketOptions.requireNone(on && values.port < 0, place(), name);
    }

    private void requireFile(boolean on, String name) {
        SocketOptions.requireNone(on && values.path == null, place(), name);
        if (on && values.path != null && values.path.charAt(0) == 0) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The argument 'options' can not set readableAll or writableAll to "
                            + "true when path is abstract unix socket. Received '" + values.path.replace("\0", "\\0")
                            + "'");
        }
    }

    private String place() {
        if (values.handle != null) {
            return "handle";
        }
        return isDescriptor() ? "fd" : isPath() ? "path" : "port";
    }

    // ---- for the server

    boolean opensToAll() {
        return values.readableAll || values.writableAll;
    }

    /** Returns whether the place is a path. */
    boolean isPath() {
        return values.path != null;
    }

    /** Returns whether the place is a descriptor. */
    boolean isDescriptor() {
        return values.fd >= 0;
    }

    /** Returns whether the host of the place is a name. */
    @Nullable
    String name() {
        return values.host != null && Ip.version(values.host) == 0 ? values.host : null;
    }

    @Nullable
    SocketHandle handle() {
        return values.handle;
    }

    int fd() {
        return values.fd;
    }

    int port() {
        return values.port;
    }

    @Nullable
    String path() {
        return values.path;
    }

    @Nullable
    String host() {
        return values.host;
    }

    int backlog() {
        return values.backlog;
    }

    boolean ipv6Only() {
        return values.ipv6Only;
    }

    boolean reusePort() {
        return values.reusePort;
    }

    boolean epollExclusive() {
        return values.epollExclusive;
    }

    /** Returns a copy for another port. */
    ListenOptions withPort(int port) {
        return with(values -> values.port = port);
    }

    boolean readableAll() {
        return values.readableAll;
    }

    boolean writableAll() {
        return values.writableAll;
    }

    @Nullable
    AbortSignal signal() {
        return values.signal;
    }

    private OptionList list() {
        return new OptionList("ListenOptions")
                .add("handle", values.handle, null)
                .add("fd", values.fd, NONE)
                .add("port", values.port, NONE)
                .add("host", values.host, null)
                .addName("path", values.path)
                .add("backlog", values.backlog, Tcp.DEFAULT_BACKLOG)
                .addFlag("ipv6Only", values.ipv6Only)
                .addFlag("reusePort", values.reusePort)
                .addFlag("epollExclusive", values.epollExclusive)
                .addFlag("readableAll", values.readableAll)
                .addFlag("writableAll", values.writableAll)
                .add("signal", values.signal, null);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ListenOptions options && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns the place, and the options that differ from their defaults. */
    @Override
    public String toString() {
        return list().toString();
    }
}
