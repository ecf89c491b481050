package io.chagres;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An error that Chagres throws or hands to an error listener.
 *
 * <p>{@link #code()} is the stable part, by which programs tell errors apart: a name of errno(3) ("ECONNREFUSED"), or
 * Node's code for an error that the kernel has no number for ("ERR_STREAM_DESTROYED"). The message is for people.
 *
 * <pre>{@code
 * socket.onError(error -> {
 *     switch (error.code()) {
 *         case "ECONNREFUSED" -> retryLater();
 *         case "ECONNRESET" -> {} // the peer has gone
 *         default -> throw error;
 *     }
 * });
 * }</pre>
 *
 * <p>There are two kinds. A {@link SystemException} is a refusal of the outside world, for instance of the kernel or
 * a name server. A {@link UsageException} is a wrong call, and that call throws it.
 *
 * @see <a href="https://nodejs.org/api/errors.html#nodejs-error-codes">Node.js error codes</a>
 */
public class ChagresException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String code;
    /**
     * The stream, socket or server that had no listener for this error. It is null if there was a listener, or no
     * listener was looked for.
     */
    private @Nullable String unheardBy;

    /**
     * Creates an error that a loop reports. It has no stack trace, because the stack of an event tells nothing about
     * its cause.
     *
     * @param code the name of the error, as {@link #code()} returns it
     * @param message the text for people
     */
    public ChagresException(String code, String message) {
        this(code, message, false);
    }

    /**
     * Creates an error that a loop reports, without a stack trace, with a cause.
     *
     * @param cause the exception that led to this error; null for none
     */
    public ChagresException(String code, String message, @Nullable Throwable cause) {
        super(message, cause, true, false);
        this.code = code;
    }

    ChagresException(String code, String message, boolean withStackTrace) {
        super(message, null, true, withStackTrace);
        this.code = code;
    }

    /**
     * Returns {@code thrown} as an error for error listeners, which take this type: {@code thrown} itself if it is a
     * ChagresException, otherwise ERR_UNHANDLED_ERROR with {@code thrown} as its cause.
     *
     * @see <a href="https://nodejs.org/api/errors.html#err_unhandled_error">Node.js: ERR_UNHANDLED_ERROR</a>
     */
    public static ChagresException of(Throwable thrown) {
        return thrown instanceof ChagresException error
                ? error
                : new ChagresException("ERR_UNHANDLED_ERROR", "Unhandled error. (" + thrown + ")", thrown);
    }

    /** Returns the name by which programs tell errors apart; never null. */
    public final String code() {
        return code;
    }

    /**
     * Notes that {@code emitter} had no listener for this error, so that {@link #toString} names it. The library
     * calls this method.
     */
    public final void unheardBy(Object emitter) {
        unheardBy = emitter.toString();
    }

    /**
     * Returns the part of {@link #toString} that follows the message. An error that stands for several others has no
     * message in Node: then it is the messages of those.
     */
    String details() {
        String message = getMessage();
        return message == null || message.isEmpty()
                ? Stream.of(getSuppressed()).map(Throwable::getMessage).collect(Collectors.joining("; "))
                : "";
    }

    /**
     * Returns the class and the message. If an {@code error} event had no listener, the text also names the stream,
     * socket or server that emitted it.
     */
    @Override
    public String toString() {
        String text = super.toString() + details();
        return unheardBy == null ? text : text + "; no onError listener on " + unheardBy;
    }
}
