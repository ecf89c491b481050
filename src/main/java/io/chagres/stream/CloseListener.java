package io.chagres.stream;

/** Is told that a stream has closed. */
@FunctionalInterface
public interface CloseListener {

    /** @param hadError whether it was destroyed with an error */
    void onClose(boolean hadError);
}
