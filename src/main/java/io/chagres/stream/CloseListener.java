package io.chagres.stream;

/** A listener for the close of a stream: its last event. */
@FunctionalInterface
public interface CloseListener {

    /**
     * Called once, on the loop thread, after all other events of the stream.
     *
     * @param hadError whether the stream was destroyed with an error
     */
    void onClose(boolean hadError);
}
