package io.chagres.group;

/**
 * The ways to spread the connections of a {@link GroupServer} over its loops. docs/many-loops.md has the balance that was measured.
 *
 * <table>
 * <caption>What each is good for</caption>
 * <tr><th>way</th><th>good for</th><th>not for</th></tr>
 * <tr><td>{@link #REUSE_PORT}</td><td>many short connections; the least work for each</td><td>few long ones: chance decides</td></tr>
 * <tr><td>{@link #CPU}</td><td>a network card whose queues have a core each</td><td>traffic that arrives on few cores</td></tr>
 * <tr><td>{@link #SHARED}</td><td>a loop that is busy must not get connections</td><td>few connections at a time: one loop takes all</td></tr>
 * <tr><td>{@link #DEALER}</td><td>long-lived connections; Unix sockets</td><td>very many short connections: one loop accepts all</td></tr>
 * </table>
 */
public enum Sharing {

    /**
     * A socket for each loop, SO_REUSEPORT: the kernel chooses the loop by a hash of the addresses and ports. A connection stays in the
     * backlog of its loop, even if that loop is busy and others are not. TCP only.
     *
     * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
     */
    REUSE_PORT,

    /**
     * A socket for each loop, and the connection goes to the loop that is pinned to the processor on which it has arrived: a program of
     * two or three instructions, SO_ATTACH_REUSEPORT_CBPF. Connections of other processors are spread by the number of the processor. The
     * loops must be {@linkplain GroupOptions#pinned pinned}. TCP only.
     */
    CPU,

    /**
     * One socket that all loops watch, EPOLLEXCLUSIVE: a loop that waits gets the connection. If several wait, the kernel always prefers
     * the same one, so loads are even only if the loops are busy.
     *
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
     */
    SHARED,

    /**
     * One socket, and the first loop accepts and deals each connection to the loop that has the fewest, itself included. A connection
     * moves before its first byte is read. That costs a message to another thread and up to six system calls.
     */
    DEALER;

    /** Returns whether each loop has a socket of its own. */
    boolean hasSocketPerLoop() {
        return this == REUSE_PORT || this == CPU;
    }
}
