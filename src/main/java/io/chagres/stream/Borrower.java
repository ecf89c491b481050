package io.chagres.stream;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A data listener that neither keeps nor moves a chunk: if all are, a source reads into the same memory again and again. */
interface Borrower extends Consumer<ByteBuffer> {

    /** Whether it will be done with the next chunk when it returns, unless it then says otherwise: {@link ReadableState#keep}. */
    boolean borrows();

    /** The stream that it listens to is opened again, with this listener or without: whether it stays. */
    boolean isKeptOnReopen();
}
