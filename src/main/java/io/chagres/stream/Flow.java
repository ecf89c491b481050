package io.chagres.stream;

/** The flow of a readable side: Node's readableFlowing, which is null, false or true. */
enum Flow {
    /** Nothing is decided yet: chunks are buffered, and the first data listener makes the stream flow. */
    UNDECIDED,
    /** Chunks are buffered. */
    PAUSED,
    /** Chunks are handed on as they arrive. */
    FLOWING
}
