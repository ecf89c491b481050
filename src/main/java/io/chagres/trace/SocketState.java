package io.chagres.trace;

/**
 * The state of a TCP socket, as the kernel reports it in {@code /proc/net/tcp}. A socket that no process has any more can still have a
 * state there, such as TIME_WAIT.
 *
 * @param local the address of this end: {@code 127.0.0.1:9297}, {@code [::1]:9297}
 * @param peer the address of the other end; {@code 0.0.0.0:0} or {@code [::]:0} for a socket that listens
 * @param state LISTEN, SYN_SENT, SYN_RECV, ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, CLOSING, TIME_WAIT or CLOSE
 */
public record SocketState(String local, String peer, String state) {}
