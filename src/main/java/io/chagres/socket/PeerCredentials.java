package io.chagres.socket;

/**
 * The identity of the process that made the other end of a Unix socket. The kernel records it when that process calls connect(2),
 * listen(2) or socketpair(2), and guarantees it: the process can't forge it. A server uses it to decide what a client may do.
 *
 * <pre>{@code
 * if (pipe.peerCredentials().uid() != 0) {
 *     pipe.close();
 * }
 * }</pre>
 *
 * @param pid the id of the process at that time; 0 if the process is in another PID namespace. The process may have ended since, and
 *     its id may be in use again
 * @param uid the effective user id of the process
 * @param gid the effective group id of the process
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7), SO_PEERCRED</a>
 */
public record PeerCredentials(int pid, long uid, long gid) {}
