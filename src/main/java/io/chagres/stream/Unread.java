package io.chagres.stream;

import java.nio.ByteBuffer;

/** The bytes that have arrived in a stream, and that none of its listeners has taken: the next owner of its source must get them. */
final class Unread {

    private Unread() {}

    /** Takes the bytes out without a call of a listener. The result is a copy. */
    static ByteBuffer takeFrom(ReadableState reading) {
        ByteBuffer cut = cutCharacter(reading);
        Chunks waiting = reading.chunks;
        reading.chunks = null;
        int size = waiting == null ? 0 : Math.toIntExact(waiting.length());
        ByteBuffer unread =
                ByteBuffer.allocate(Math.addExact(cut.remaining(), size)).put(cut);
        if (waiting != null && size > 0) {
            unread.put(waiting.take(size));
        }
        return unread.flip();
    }

    /** Returns the bytes of a character that the only data listener, a decoder of text, has not completed. */
    private static ByteBuffer cutCharacter(ReadableState reading) {
        var only = reading.dataListeners();
        return only != null && only.next() == null && only.listener() instanceof TextListener decoder
                ? decoder.unfinished()
                : ByteBuffer.allocate(0);
    }
}
