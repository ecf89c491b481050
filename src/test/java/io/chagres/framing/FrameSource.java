package io.chagres.framing;

import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A stream in memory: the test pushes what the reader reads, and sees what was written. Text is Latin-1, a byte a character. */
final class FrameSource extends Duplex {

    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    /** Called with each write. */
    Runnable onWrite = () -> {};

    FrameSource(Loop loop) {
        super(loop, DuplexOptions.defaults());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }

    boolean give(String text) {
        return push(ByteBuffer.wrap(bytes(text)));
    }

    /** Gives {@code text} in pieces of {@code size} bytes. */
    void give(String text, int size) {
        for (int from = 0; from < text.length(); from += size) {
            give(text.substring(from, Math.min(text.length(), from + size)));
        }
    }

    boolean give(ByteBuffer chunk) {
        return push(chunk);
    }

    void finish() {
        pushEnd();
    }

    @Override
    protected void doRead() {}

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        written.writeBytes(bytes(text(data)));
        onWrite.run();
        done.onComplete(null);
    }

    String writtenText() {
        return written.toString(StandardCharsets.ISO_8859_1);
    }
}
