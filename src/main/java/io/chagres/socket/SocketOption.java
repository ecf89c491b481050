package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.sys.Sockets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * An option of the kernel's socket, under the kernel's name. {@link SocketHandle#set} sets it, and {@link SocketHandle#get} reads it.
 * {@link #ofInt} and {@link #ofBytes} make an option that has no constant here. The defaults below are those of the kernel.
 *
 * <pre>{@code
 * tcp.set(SocketOption.TCP_USER_TIMEOUT, Duration.ofSeconds(20));
 * int bytes = tcp.get(SocketOption.SO_RCVBUF);
 *
 * SocketOption<Integer> synRetries = SocketOption.ofInt("TCP_SYNCNT", 6, 7);   // IPPROTO_TCP, TCP_SYNCNT
 * }</pre>
 *
 * @param <T> the type of the value
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
public abstract class SocketOption<T> {

    private static final int CONGESTION_ROOM = 16; // TCP_CA_NAME_MAX

    // ---- of any socket

    /**
     * Lets several sockets listen on the same port, if all of them have it before they are bound. The kernel distributes the connections
     * over them. False by default.
     */
    public static final SocketOption<Boolean> SO_REUSEPORT =
            flag("SO_REUSEPORT", Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT);

    /** The keep-alive: SO_KEEPALIVE with TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT. Off by default. */
    public static final SocketOption<KeepAlive> KEEP_ALIVE = new KeepAliveOption();

    /**
     * The time that close(2) waits until all written data is acknowledged, at most 65,535 seconds, rounded up to whole seconds. With zero
     * the connection is reset instead. A negative time, the default, is off: close does not wait, and the kernel continues to send.
     * <b>The wait blocks the loop.</b>
     */
    public static final SocketOption<Duration> SO_LINGER = new MemoryOption.Linger();

    /** The size of the send buffer, in bytes. The kernel doubles the value for its own data, and returns the double. */
    public static final SocketOption<Integer> SO_SNDBUF =
            number("SO_SNDBUF", Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, 0, Integer.MAX_VALUE);

    /**
     * The size of the receive buffer, in bytes. The kernel doubles the value for its own data, and returns the double. It must be set
     * before listen or connect to enlarge the window of a connection.
     */
    public static final SocketOption<Integer> SO_RCVBUF =
            number("SO_RCVBUF", Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, 0, Integer.MAX_VALUE);

    /**
     * The CPU on which the last packet of the connection arrived; -1 before the first packet. On a listener with SO_REUSEPORT, it is the
     * CPU whose connections the listener prefers.
     */
    public static final SocketOption<Integer> SO_INCOMING_CPU =
            number("SO_INCOMING_CPU", Sockets.SOL_SOCKET, Sockets.SO_INCOMING_CPU, -1, Integer.MAX_VALUE);

    /** The DSCP and ECN bits, 0 to 255: IP_TOS of an IPv4 socket, IPV6_TCLASS of an IPv6 socket. 0 by default. See ip(7), ipv6(7). */
    public static final SocketOption<Integer> TRAFFIC_CLASS = new TrafficClassOption();

    // ---- of TCP

    /** Sends small writes at once, instead of collecting them while data is unacknowledged. False by default. */
    public static final SocketOption<Boolean> TCP_NODELAY =
            flag("TCP_NODELAY", Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY);

    /** Holds back partial segments while it is on. The kernel sends them after 200 ms in any case. False by default. */
    public static final SocketOption<Boolean> TCP_CORK = flag("TCP_CORK", Sockets.IPPROTO_TCP, Sockets.TCP_CORK);

    /** Acknowledges at once instead of after 40 to 200 ms. The kernel may change the value by itself later. */
    public static final SocketOption<Boolean> TCP_QUICKACK =
            flag("TCP_QUICKACK", Sockets.IPPROTO_TCP, Sockets.TCP_QUICKACK);

    /**
     * The time that sent data can be unacknowledged before the connection ends with ETIMEDOUT. With {@link #KEEP_ALIVE} it is also the
     * time that an idle peer can leave probes unanswered, instead of their count. Rounded up to whole milliseconds. Zero, the default,
     * leaves it to net.ipv4.tcp_retries2: about a quarter of an hour.
     */
    public static final SocketOption<Duration> TCP_USER_TIMEOUT =
            new IntOption.Time("TCP_USER_TIMEOUT", Sockets.IPPROTO_TCP, Sockets.TCP_USER_TIMEOUT, ChronoUnit.MILLIS);

    /** The number of unsent bytes at which the kernel takes no more. 0 leaves it to net.ipv4.tcp_notsent_lowat. */
    public static final SocketOption<Integer> TCP_NOTSENT_LOWAT =
            number("TCP_NOTSENT_LOWAT", Sockets.IPPROTO_TCP, Sockets.TCP_NOTSENT_LOWAT, 0, Integer.MAX_VALUE);

    /**
     * The time that a connection to this listener can wait for its first data before it is accepted. The kernel rounds it up to
     * retransmissions of the SYN-ACK. Zero, the default, accepts at once.
     */
    public static final SocketOption<Duration> TCP_DEFER_ACCEPT =
            new IntOption.Time("TCP_DEFER_ACCEPT", Sockets.IPPROTO_TCP, Sockets.TCP_DEFER_ACCEPT, ChronoUnit.SECONDS);

    /** The number of connections to this listener that can be opening with data in their SYN, RFC 7413. 0, the default, is off. */
    public static final SocketOption<Integer> TCP_FASTOPEN =
            number("TCP_FASTOPEN", Sockets.IPPROTO_TCP, Sockets.TCP_FASTOPEN, 0, Integer.MAX_VALUE);

    /** Sends the first write with the SYN, if the server is known to take it. A client sets it before the connect. False by default. */
    public static final SocketOption<Boolean> TCP_FASTOPEN_CONNECT =
            flag("TCP_FASTOPEN_CONNECT", Sockets.IPPROTO_TCP, Sockets.TCP_FASTOPEN_CONNECT);

    /** The name of the congestion control: "cubic", "reno", "bbr" or another of net.ipv4.tcp_available_congestion_control. */
    public static final SocketOption<String> TCP_CONGESTION =
            new MemoryOption.Text("TCP_CONGESTION", Sockets.IPPROTO_TCP, Sockets.TCP_CONGESTION, CONGESTION_ROOM);

    // ---- others

    /**
     * Returns an option whose value is an int.
     *
     * @param name the name that errors have
     * @param level the level in the kernel's headers, IPPROTO_TCP for example
     * @param number the number in the kernel's headers
     */
    public static SocketOption<Integer> ofInt(String name, int level, int number) {
        return number(
                UsageException.requireArgument(name, "name"), level, number, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /**
     * Returns an option whose value is a struct or a string, in the layout of the kernel. Arrays are copied.
     *
     * @param name the name that errors have
     * @param level the level in the kernel's headers, IPPROTO_TCP for example
     * @param number the number in the kernel's headers
     * @param maxBytes the length that a get can return
     * @throws UsageException EINVAL if {@code maxBytes} is negative
     */
    public static SocketOption<byte[]> ofBytes(String name, int level, int number, int maxBytes) {
        if (maxBytes < 0) {
            throw new UsageException("EINVAL", "maxBytes must not be negative: " + maxBytes);
        }
        return new MemoryOption.Bytes(UsageException.requireArgument(name, "name"), level, number, maxBytes);
    }

    private static SocketOption<Boolean> flag(String name, int level, int number) {
        return new IntOption.Flag(name, level, number);
    }

    private static SocketOption<Integer> number(String name, int level, int number, int min, int max) {
        return new IntOption.Number(name, level, number, min, max);
    }

    private final String name;

    SocketOption(String name) {
        this.name = name;
    }

    /** Returns the kernel's name of the option. */
    public final String name() {
        return name;
    }

    /** Returns the kernel's name of the option. */
    @Override
    public final String toString() {
        return name;
    }

    /** Returns whether the option belongs to IP or TCP. A Unix socket does not have it then. */
    abstract boolean isOfInternet();

    // ---- values

    /**
     * Checks that the option can have {@code value}.
     *
     * @throws UsageException EINVAL if the option can't have {@code value}
     */
    public abstract void require(T value);

    /** Returns {@code value}, or a copy if the caller could change it. */
    T own(T value) {
        return value;
    }

    /** Calls setsockopt(2) with a value that the option can have; returns 0 or -errno. */
    abstract int write(int fd, T value);

    /** Calls getsockopt(2). */
    abstract T read(int fd);

    /** Sets the option; throws {@link SystemException} if the kernel refuses the value. */
    final void set(int fd, T value) {
        check(write(fd, value), "setsockopt", name);
    }

    /** Throws EINVAL unless {@code value} is in the range. */
    final void requireRange(long value, long min, long max) {
        requireRange(value, min, max, name);
    }

    static void requireRange(long value, long min, long max, String name) {
        if (value < min || value > max) {
            throw new UsageException("EINVAL", name + " must be " + min + " to " + max + ": " + value);
        }
    }

    /** Throws EINVAL unless {@code time} is 0 to {@code max}. */
    final void requireTime(Duration time, Duration max) {
        if (time.isNegative() || time.compareTo(max) > 0) {
            throw new UsageException("EINVAL", name + " must be " + Duration.ZERO + " to " + max + ": " + time);
        }
    }

    /** Returns the number of units in {@code time}, rounded up: a short time must not become 0, which usually means no limit. */
    static long units(Duration time, Duration unit) {
        return Math.ceilDiv(time.toNanos(), unit.toNanos());
    }
}
