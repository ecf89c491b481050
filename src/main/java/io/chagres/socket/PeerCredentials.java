package io.chagres.socket;

/**
 * Who made the other end of a Unix socket, as the kernel vouches: whoever called connect(2), listen(2) or socketpair(2) there.
 *
 * @param pid the process, at that time; 0 where it is of another PID namespace
 * @param uid its effective user
 * @param gid its effective group
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7), SO_PEERCRED</a>
 */
public record PeerCredentials(int pid, long uid, long gid) {}
