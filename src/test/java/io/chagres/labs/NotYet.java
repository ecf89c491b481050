package io.chagres.labs;

/** The end of a check that has found something else than it expected. */
final class NotYet extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotYet(String message) {
        super(message);
    }

    NotYet(String message, Throwable cause) {
        super(message, cause);
    }
}
