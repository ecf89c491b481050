package io.chagres.socket;

/**
 * Keep-alive: how the kernel finds out that a silent peer is gone. After {@code idleSeconds} without a word it sends a probe, and
 * again after each {@code intervalSeconds}; after {@code count} of them without an answer the connection ends with ETIMEDOUT.
 *
 * <p>It works on connections that are idle. While data is unacknowledged no probes are sent, and the kernel goes on sending the
 * data again, for a quarter of an hour by default: {@link SocketOption#TCP_USER_TIMEOUT} bounds that, and should be set too.
 *
 * @param on whether there are probes; with false, nothing else is told the kernel
 * @param idleSeconds 1 to 32767; 0 leaves what the socket has, at first the system's: 7200
 * @param intervalSeconds 1 to 32767; 0 leaves what the socket has, at first the system's: 75
 * @param count 1 to 127; 0 leaves what the socket has, at first the system's: 9
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7): TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT</a>
 */
public record KeepAlive(boolean on, int idleSeconds, int intervalSeconds, int count) {

    /** MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL of the kernel's include/net/tcp.h. */
    public static final int MAX_SECONDS = 32767;
    /** MAX_TCP_KEEPCNT. */
    static final int MOST_PROBES = 127;

    /** No probes. */
    public static final KeepAlive OFF = new KeepAlive(false, 0, 0, 0);

    /** Probes; the numbers are checked where they are set, {@link Tcp#setKeepAlive(KeepAlive)}. */
    public static KeepAlive of(int idleSeconds, int intervalSeconds, int count) {
        return new KeepAlive(true, idleSeconds, intervalSeconds, count);
    }
}
