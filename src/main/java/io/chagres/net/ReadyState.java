package io.chagres.net;

/**
 * The directions in which a socket is open: Node's readyState.
 *
 * @see Socket#readyState()
 */
public enum ReadyState {
    /** It connects. */
    OPENING,
    /** It can be read and written. A socket that was never connected is in this state too, as in Node. */
    OPEN,
    /** It can only be read: it has ended its own side. */
    READ_ONLY,
    /** It can only be written: the peer has ended. */
    WRITE_ONLY,
    /** It can be neither read nor written. */
    CLOSED;

    /** Returns the state of a socket that does not connect. */
    static ReadyState of(boolean isReadable, boolean isWritable) {
        if (isReadable) {
            return isWritable ? OPEN : READ_ONLY;
        }
        return isWritable ? WRITE_ONLY : CLOSED;
    }
}
