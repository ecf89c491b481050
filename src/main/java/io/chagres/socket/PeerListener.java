package io.chagres.socket;

/**
 * Receives the end of the peer of a {@link StreamHandle}, even while the stream is not read: see {@link StreamHandle#watchPeer}.
 *
 * <pre>{@code
 * tcp.watchPeer(failed -> request.cancel());   // the client has gone: the answer is not needed any more
 * }</pre>
 */
@FunctionalInterface
public interface PeerListener {

    /**
     * Called once, in the poll phase, when the peer has ended its side or the connection has failed. Bytes that arrived before can
     * still be read. The next read or write reports the end or the error.
     *
     * @param failed whether the connection has failed: usually a reset, or a timeout of keep-alive or TCP_USER_TIMEOUT. False if the
     *     peer has ended its side in order
     */
    void onPeerGone(boolean failed);
}
