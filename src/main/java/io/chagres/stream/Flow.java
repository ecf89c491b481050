package io.chagres.stream;

/** Whether a readable side hands on chunks as they arrive: Node's readableFlowing, which is null, false or true. */
enum Flow {
    /** Nothing is decided: the first data listener makes it flow. */
    UNDECIDED,
    PAUSED,
    FLOWING
}
