package io.chagres.net;

/**
 * Which ways a socket is open.
 *
 * @see Socket#readyState()
 */
public enum ReadyState {
    /** It connects. */
    OPENING,
    /** It can be read and written; so can one that has never been connected, as far as it knows. */
    OPEN,
    /** It can only be read: it has ended its own side. */
    READ_ONLY,
    /** It can only be written: the peer has ended. */
    WRITE_ONLY,
    /** It can be neither read nor written. */
    CLOSED
}
