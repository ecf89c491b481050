package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.sys.Sockets;
import java.time.Duration;

/**
 * An option of a socket, for {@link Tcp#set} and {@link Pipe#set}, under the kernel's name. Where a constant is missing,
 * {@link #ofInt} and {@link #ofBytes} make one.
 *
 * @param <T> the type of its value
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
public abstract class SocketOption<T> {

    private static final int CONGESTION_ROOM = 16; // TCP_CA_NAME_MAX

    // ---- of any socket

    /**
     * Lets several sockets listen on the same port, all of which must have it before they are bound; the kernel spreads the
     * connections over them. Off by default.
     */
    public static final SocketOption<Boolean> SO_REUSEPORT =
            flag("SO_REUSEPORT", Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT);

    /** Keep-alive and its three numbers in one. Off by default. */
    public static final SocketOption<KeepAlive> KEEP_ALIVE = new KeepAliveOption();

    /**
     * How many seconds close(2) waits for what was written to be acknowledged, 0 to 65535; with 0 the connection is reset
     * instead. -1 by default: close does not wait, and the kernel goes on sending. <b>The wait blocks the loop.</b>
     */
    public static final SocketOption<Integer> SO_LINGER = new MemoryOption.Linger();

    /** The send buffer in bytes. The kernel doubles what it is told, for its own needs, and tells the double. */
    public static final SocketOption<Integer> SO_SNDBUF =
            number("SO_SNDBUF", Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, 0, Integer.MAX_VALUE);

    /** The receive buffer in bytes, likewise; to widen a connection's window it must be set before listen or connect. */
    public static final SocketOption<Integer> SO_RCVBUF =
            number("SO_RCVBUF", Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, 0, Integer.MAX_VALUE);

    /** The CPU on which the connection's packets arrive, -1 where none did. On listeners with SO_REUSEPORT: which to serve. */
    public static final SocketOption<Integer> SO_INCOMING_CPU =
            number("SO_INCOMING_CPU", Sockets.SOL_SOCKET, Sockets.SO_INCOMING_CPU, -1, Integer.MAX_VALUE);

    /** IP_TOS of an IPv4 socket, IPV6_TCLASS of an IPv6 one: DSCP and ECN bits, 0 to 255. 0 by default; ip(7), ipv6(7). */
    public static final SocketOption<Integer> TRAFFIC_CLASS = new TrafficClassOption();

    // ---- of TCP

    /** Sends small writes at once instead of gathering them while data is unacknowledged. Off by default. */
    public static final SocketOption<Boolean> TCP_NODELAY =
            flag("TCP_NODELAY", Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY);

    /** Sends only full segments while it is on, for at most 200 ms. Off by default. */
    public static final SocketOption<Boolean> TCP_CORK = flag("TCP_CORK", Sockets.IPPROTO_TCP, Sockets.TCP_CORK);

    /** Acknowledges at once instead of after 40 to 200 ms. Not for good: the kernel changes it as it sees fit. */
    public static final SocketOption<Boolean> TCP_QUICKACK =
            flag("TCP_QUICKACK", Sockets.IPPROTO_TCP, Sockets.TCP_QUICKACK);

    /**
     * How long sent data may stay unacknowledged until the connection ends with ETIMEDOUT; with {@link #KEEP_ALIVE} also how
     * long an idle peer may leave probes unanswered, instead of their count. Whole milliseconds, rounded up; 0, the default,
     * leaves it to net.ipv4.tcp_retries2: about a quarter of an hour.
     */
    public static final SocketOption<Duration> TCP_USER_TIMEOUT =
            new IntOption.Millis("TCP_USER_TIMEOUT", Sockets.IPPROTO_TCP, Sockets.TCP_USER_TIMEOUT);

    /** How many bytes may wait in the kernel, unsent, until it takes no more; 0 leaves it to net.ipv4.tcp_notsent_lowat. */
    public static final SocketOption<Integer> TCP_NOTSENT_LOWAT =
            number("TCP_NOTSENT_LOWAT", Sockets.IPPROTO_TCP, Sockets.TCP_NOTSENT_LOWAT, 0, Integer.MAX_VALUE);

    /** On a listener: for about how many seconds a connection may wait for its first data before it is accepted; 0 is off. */
    public static final SocketOption<Integer> TCP_DEFER_ACCEPT =
            number("TCP_DEFER_ACCEPT", Sockets.IPPROTO_TCP, Sockets.TCP_DEFER_ACCEPT, 0, Integer.MAX_VALUE);

    /** On a listener: how many connections may be opened with data in their SYN at a time, RFC 7413; 0 is off. */
    public static final SocketOption<Integer> TCP_FASTOPEN =
            number("TCP_FASTOPEN", Sockets.IPPROTO_TCP, Sockets.TCP_FASTOPEN, 0, Integer.MAX_VALUE);

    /** On a client, before it connects: sends the first write with the SYN where the server is known to take it. */
    public static final SocketOption<Boolean> TCP_FASTOPEN_CONNECT =
            flag("TCP_FASTOPEN_CONNECT", Sockets.IPPROTO_TCP, Sockets.TCP_FASTOPEN_CONNECT);

    /** The congestion control: "cubic", "reno", "bbr" or what else net.ipv4.tcp_available_congestion_control has. */
    public static final SocketOption<String> TCP_CONGESTION =
            new MemoryOption.Text("TCP_CONGESTION", Sockets.IPPROTO_TCP, Sockets.TCP_CONGESTION, CONGESTION_ROOM);

    // ---- others

    /** An option that is an int, by its numbers in the kernel's headers; {@code name} is what errors call it by. */
    public static SocketOption<Integer> ofInt(String name, int level, int number) {
        return number(
                UsageException.requireArgument(name, "name"), level, number, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /**
     * An option that is a struct or a string, as the kernel has it in memory; a get has room for {@code mostBytes}. An array
     * that is set before there is a socket is copied.
     */
    public static SocketOption<byte[]> ofBytes(String name, int level, int number, int mostBytes) {
        if (mostBytes < 0) {
            throw new UsageException("EINVAL", "mostBytes must not be negative: " + mostBytes);
        }
        return new MemoryOption.Bytes(UsageException.requireArgument(name, "name"), level, number, mostBytes);
    }

    private static SocketOption<Boolean> flag(String name, int level, int number) {
        return new IntOption.Flag(name, level, number);
    }

    private static SocketOption<Integer> number(String name, int level, int number, int least, int most) {
        return new IntOption.Number(name, level, number, least, most);
    }

    private final String name;

    SocketOption(String name) {
        this.name = name;
    }

    /** The kernel's name for it. */
    public final String name() {
        return name;
    }

    @Override
    public final String toString() {
        return name;
    }

    // ---- what it can do

    /** Throws EINVAL if the option can't have {@code value}. */
    public abstract void require(T value);

    /** {@code value}, or a copy if the caller could change it. */
    T own(T value) {
        return value;
    }

    /** setsockopt(2) with a value that it can have: 0 or -errno. */
    abstract int write(int fd, T value);

    /** getsockopt(2). */
    abstract T read(int fd);

    /** Throws {@link SystemException} where the kernel refuses. */
    final void set(int fd, T value) {
        check(write(fd, value), "setsockopt", name);
    }

    /** Throws EINVAL unless {@code value} lies between the two. */
    final void requireRange(long value, long least, long most) {
        requireRange(value, least, most, name);
    }

    static void requireRange(long value, long least, long most, String what) {
        if (value < least || value > most) {
            throw new UsageException("EINVAL", what + " must be " + least + " to " + most + ": " + value);
        }
    }
}
