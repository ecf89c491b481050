package io.chagres;

/**
 * A call that cannot be carried out as it was made: a bad argument, a closed handle, a second listen. It is thrown by
 * that call, changes nothing, and no callback follows.
 */
public final class UsageException extends ChagresException {

    private static final long serialVersionUID = 1;

    /**
     * @param code what kind of mistake: an errno name where libuv returns one (EINVAL, EBUSY), else Node's ERR_ code
     * @param message names the argument and what was given
     */
    public UsageException(String code, String message) {
        super(code, message, true);
    }

    /** Throws EINVAL with {@code "<name> must not be null"} where {@code argument} is null. */
    public static <T> T requireArgument(T argument, String name) {
        if (argument == null) {
            throw new UsageException("EINVAL", name + " must not be null");
        }
        return argument;
    }

    /** Throws ERR_OUT_OF_RANGE, with Node's text, unless {@code argument} lies between the two. */
    public static long requireRange(long argument, long least, long most, String name) {
        if (argument < least || argument > most) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"" + name + "\" is out of range. It must be >= " + least + " && <= " + most
                            + ". Received " + argument);
        }
        return argument;
    }
}
