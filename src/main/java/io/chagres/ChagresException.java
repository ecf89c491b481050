package io.chagres;

import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    /** The stream, socket or server that had no listener for this error; null if it had one, or was not asked. */
    private String unheardBy;

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

    /** Returns {@code thrown} itself, or ERR_UNHANDLED_ERROR with it as the cause: for error listeners, which take this type. */
    public static ChagresException of(Throwable thrown) {
        return thrown instanceof ChagresException error
                ? error
                : new ChagresException("ERR_UNHANDLED_ERROR", "Unhandled error. (" + thrown + ")", thrown);
    }

    /** The name by which programs tell errors apart; never null. */
    public final String code() {
        return code;
    }

    /** Notes that {@code emitter} had no listener for this error; {@link #toString} says so. The loop calls it. */
    public final void unheardBy(Object emitter) {
        unheardBy = emitter.toString();
    }

    /** What the text names besides the message; of several errors in one, which has no message in Node, those. */
    String details() {
        return getMessage() == null || getMessage().isEmpty()
                ? Stream.of(getSuppressed()).map(Throwable::getMessage).collect(Collectors.joining("; "))
                : "";
    }

    /** Returns class and message and, of an error event without a listener, the stream, socket or server that it is of. */
    @Override
    public String toString() {
        String text = super.toString() + details();
        return unheardBy == null ? text : text + "; no onError listener on " + unheardBy;
    }
}
