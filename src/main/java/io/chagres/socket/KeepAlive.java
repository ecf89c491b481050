package io.chagres.socket;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import java.time.Duration;
import java.util.List;

/**
 * The keep-alive of a TCP socket: how the kernel detects that a silent peer is gone. When a connection has been silent for
 * {@link #idle()}, the kernel sends a probe, and another one every {@link #interval()}. If {@link #count()} probes have no answer, the
 * connection ends with ETIMEDOUT. Values are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * socket.setKeepAlive(KeepAlive.every(Duration.ofSeconds(30)));
 * socket.setKeepAlive(KeepAlive.ON.idle(Duration.ofMinutes(5)).interval(Duration.ofSeconds(10)).count(3));
 * }</pre>
 *
 * <p>Keep-alive works on connections that are idle. While data is unacknowledged no probes are sent: the kernel sends the data again, for
 * a quarter of an hour by default. Set {@link SocketOption#TCP_USER_TIMEOUT} as well to detect a lost peer in that state.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7): TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT</a>
 */
@CheckReturnValue
public final class KeepAlive {

    // MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL of the kernel's include/net/tcp.h
    private static final int MAX_SECONDS = 32767;

    /** The maximum of {@link #idle(Duration)} and {@link #interval(Duration)}: 32,767 seconds, a limit of the kernel. */
    public static final Duration MAX_TIME = Duration.ofSeconds(MAX_SECONDS);

    private static final int MAX_COUNT = 127; // MAX_TCP_KEEPCNT

    /** A keep-alive without probes. The numbers of the socket stay as they are. */
    public static final KeepAlive OFF = new KeepAlive(false, 0, 0, 0);

    /**
     * A keep-alive with the numbers that the socket has. A new socket has those of the system, usually idle 2 hours, interval 75
     * seconds and count 9: net.ipv4.tcp_keepalive_time, tcp_keepalive_intvl, tcp_keepalive_probes.
     */
    public static final KeepAlive ON = new KeepAlive(true, 0, 0, 0);

    private final boolean on;
    private final int idleSeconds;
    private final int intervalSeconds;
    private final int count;

    /** A keep-alive with the numbers of the kernel. A number of 0 leaves that of the socket as it is. */
    KeepAlive(boolean on, int idleSeconds, int intervalSeconds, int count) {
        this.on = on;
        this.idleSeconds = idleSeconds;
        this.intervalSeconds = intervalSeconds;
        this.count = count;
    }

    /**
     * Returns a keep-alive that sends the first probe after a silence of {@code time}, and another one every {@code time}.
     *
     * @param time whole seconds, 1 to 32,767
     * @throws UsageException EINVAL if {@code time} is out of range, or not of whole seconds
     */
    public static KeepAlive every(Duration time) {
        return ON.idle(time).interval(time);
    }

    /**
     * Sets the silence before the first probe.
     *
     * @param idle whole seconds, 1 to 32,767
     * @throws UsageException EINVAL if {@code idle} is out of range, or not of whole seconds, or if this keep-alive is off
     */
    public KeepAlive idle(Duration idle) {
        requireOn("idle");
        return new KeepAlive(true, requireSeconds(idle, "idle"), intervalSeconds, count);
    }

    /**
     * Sets the time between two probes.
     *
     * @param interval whole seconds, 1 to 32,767
     * @throws UsageException EINVAL if {@code interval} is out of range, or not of whole seconds, or if this keep-alive is off
     */
    public KeepAlive interval(Duration interval) {
        requireOn("interval");
        return new KeepAlive(true, idleSeconds, requireSeconds(interval, "interval"), count);
    }

    /**
     * Sets the number of unanswered probes after which the connection ends.
     *
     * @param count 1 to 127
     * @throws UsageException EINVAL if {@code count} is out of range, or if this keep-alive is off
     */
    public KeepAlive count(int count) {
        requireOn("count");
        SocketOption.requireRange(count, 1, MAX_COUNT, "count");
        return new KeepAlive(true, idleSeconds, intervalSeconds, count);
    }

    private void requireOn(String name) {
        if (!on) {
            throw new UsageException(
                    "EINVAL", name + " has no effect on a keep-alive that is off: KeepAlive.ON has probes");
        }
    }

    private static int requireSeconds(Duration time, String name) {
        UsageException.requireArgument(time, name);
        if (time.getNano() != 0 || time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(MAX_TIME) > 0) {
            throw new UsageException(
                    "EINVAL", name + " must be whole seconds, 1 to " + MAX_SECONDS + ". Received " + time);
        }
        return (int) time.toSeconds();
    }

    /** Throws EINVAL if the kernel would refuse the numbers. Numbers that a socket has from sysctl(8) may be greater than it takes. */
    void requireInRange() {
        if (on) {
            SocketOption.requireRange(idleSeconds, 0, MAX_SECONDS, "idle");
            SocketOption.requireRange(intervalSeconds, 0, MAX_SECONDS, "interval");
            SocketOption.requireRange(count, 0, MAX_COUNT, "count");
        }
    }

    int idleSeconds() {
        return idleSeconds;
    }

    int intervalSeconds() {
        return intervalSeconds;
    }

    /** Returns whether there are probes. */
    public boolean isOn() {
        return on;
    }

    /** Returns the silence before the first probe; zero if the socket keeps what it has. */
    public Duration idle() {
        return Duration.ofSeconds(idleSeconds);
    }

    /** Returns the time between two probes; zero if the socket keeps what it has. */
    public Duration interval() {
        return Duration.ofSeconds(intervalSeconds);
    }

    /** Returns the number of unanswered probes after which the connection ends; 0 if the socket keeps what it has. */
    public int count() {
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeepAlive that && list().equals(that.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    private List<Object> list() {
        return List.of(on, idleSeconds, intervalSeconds, count);
    }

    /** Returns the state and the numbers, as in "KeepAlive (on, idle 60 s, interval 10 s, count 3)". */
    @Override
    public String toString() {
        return "KeepAlive (" + (on ? "on" : "off")
                + (idleSeconds == 0 ? "" : ", idle " + idleSeconds + " s")
                + (intervalSeconds == 0 ? "" : ", interval " + intervalSeconds + " s")
                + (count == 0 ? "" : ", count " + count) + ")";
    }
}
