package io.chagres.loop.internal;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A data listener that neither keeps nor moves a chunk. If all data listeners of a source borrow, the source reads into the same memory
 * again and again.
 */
public interface Borrower extends Consumer<ByteBuffer> {

    /**
     * Returns whether it will not need the next chunk any more when {@link #accept} returns. If it then keeps the chunk all the same, it
     * says so to its stream.
     */
    boolean borrows();

    /** Called when its stream is opened again. Returns whether it stays a listener. */
    boolean isKeptOnReopen();
}
