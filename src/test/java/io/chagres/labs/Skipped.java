package io.chagres.labs;

/** The end of a check that this machine does not allow. */
final class Skipped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Skipped(String reason) {
        super(reason);
    }
}
