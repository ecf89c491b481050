package io.chagres.loop;

/**
 * What Chagres throws, and what it hands to error listeners. {@link #code()} is the stable part: a name of errno(3)
 * ("ECONNREFUSED"), or Node's code for what the kernel never saw ("ERR_STREAM_DESTROYED").
 *
 * <p>Two kinds: {@link SystemException}, the outside world said no; {@link UsageException}, a call was wrong and is
 * told so at the call.
 *
 * @see <a href="https://nodejs.org/api/errors.html#nodejs-error-codes">Node.js error codes</a>
 */
public class ChagresException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String code;

    /** An error that a loop reports: without a stack trace, since the stack of an event tells nothing about its cause. */
    public ChagresException(String code, String message) {
        this(code, message, false);
    }

    /** As {@link #ChagresException(String, String)}, because of {@code cause}, which may be null. */
    public ChagresException(String code, String message, Throwable cause) {
        super(message, cause, true, false);
        this.code = code;
    }

    ChagresException(String code, String message, boolean withStackTrace) {
        super(message, null, true, withStackTrace);
        this.code = code;
    }

    /** The name by which programs tell errors apart; never null. */
    public final String code() {
        return code;
    }
}
