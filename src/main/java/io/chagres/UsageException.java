package io.chagres;

import org.jspecify.annotations.Nullable;

/**
 * A call that cannot be carried out: it has a bad argument, its handle is closed, or it must not be made twice. The
 * call throws the exception and changes nothing, and no callback follows.
 *
 * <pre>{@code
 * server.listen(8080);
 * server.listen(8081);   // UsageException, code ERR_SERVER_ALREADY_LISTEN
 * }</pre>
 */
public final class UsageException extends ChagresException {

    private static final long serialVersionUID = 1;

    /**
     * Creates an exception for the caller of a wrong call.
     *
     * @param code the kind of the mistake: an errno name if libuv returns one (EINVAL, EBUSY), otherwise Node's ERR_
     *     code
     * @param message a text that names the argument and the value that was given
     */
    public UsageException(String code, String message) {
        super(code, message, true);
    }

    /**
     * Returns {@code argument} if it is not null.
     *
     * @param name the name of the parameter, for the message
     * @throws UsageException EINVAL, {@code "<name> must not be null"}, if {@code argument} is null
     */
    public static <T> T requireArgument(@Nullable T argument, String name) {
        if (argument == null) {
            throw new UsageException("EINVAL", name + " must not be null");
        }
        return argument;
    }

    /**
     * Returns {@code argument} if it is in the range from {@code min} to {@code max}, both included.
     *
     * @param name the name of the parameter, for the message
     * @throws UsageException ERR_OUT_OF_RANGE, with Node's text, if {@code argument} is out of the range
     */
    public static long requireRange(long argument, long min, long max, String name) {
        if (argument < min || argument > max) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"" + name + "\" is out of range. It must be >= " + min + " && <= " + max
                            + ". Received " + argument);
        }
        return argument;
    }
}
