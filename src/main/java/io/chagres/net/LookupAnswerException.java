package io.chagres.net;

import io.chagres.ChagresException;

/**
 * The error of a connect whose lookup has returned an answer that is no IP address: ERR_INVALID_ADDRESS_FAMILY or
 * ERR_INVALID_IP_ADDRESS. It names the destination of the connect.
 *
 * @see <a href="https://nodejs.org/api/errors.html#err_invalid_address_family">Node.js: ERR_INVALID_ADDRESS_FAMILY</a>
 */
public final class LookupAnswerException extends ChagresException {

    private static final long serialVersionUID = 1;

    private final String host;
    private final int port;

    LookupAnswerException(String code, String message, String host, int port) {
        super(code, message);
        this.host = host;
        this.port = port;
    }

    /** Returns the host that was looked up. */
    public String host() {
        return host;
    }

    /** Returns the port of the connect, 0 to 65535. */
    public int port() {
        return port;
    }
}
