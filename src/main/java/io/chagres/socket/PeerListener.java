package io.chagres.socket;

/** Is told that the peer of a {@link StreamHandle} has gone: see {@link StreamHandle#watchPeer}. */
@FunctionalInterface
public interface PeerListener {

    /**
     * The peer has ended its side, or the connection is broken; once, from the poll phase. What came before can still be read,
     * and the next read or write tells what has happened.
     *
     * @param failed whether it is broken: reset, mostly, or given up by keep-alive or TCP_USER_TIMEOUT
     */
    void onPeerGone(boolean failed);
}
