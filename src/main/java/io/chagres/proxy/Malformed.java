package io.chagres.proxy;

import io.chagres.ChagresException;

/** The errors of a header that was received. */
final class Malformed {

    private Malformed() {}

    /** Returns the error of a header that the specification forbids. */
    static ChagresException because(String reason) {
        return new ChagresException("ERR_PROXY_HEADER_MALFORMED", "malformed header of the PROXY protocol: " + reason);
    }

    /** Returns the error of bytes that begin no header. */
    static ChagresException missing() {
        return new ChagresException("ERR_PROXY_HEADER_MISSING", "the bytes begin no header of the PROXY protocol");
    }

    /** Returns the error of a header that is longer than the receiver allows. */
    static ChagresException tooLong(int length, int max) {
        return new ChagresException(
                "ERR_PROXY_HEADER_TOO_LONG",
                "a header of the PROXY protocol of " + length + " bytes, more than " + max);
    }
}
