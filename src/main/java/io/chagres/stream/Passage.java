package io.chagres.stream;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A data listener that keeps no chunk: where all are, a source reads into the same memory again and again. */
interface Passage extends Consumer<ByteBuffer> {

    /** Whether it will be done with the next chunk when it returns, as far as can be foreseen: see {@link ReadableState#keep}. */
    boolean passes();
}
