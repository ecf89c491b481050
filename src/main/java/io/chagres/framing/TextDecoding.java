package io.chagres.framing;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.function.Consumer;

/** A frame listener that decodes frames for a listener of {@link FrameReader#onText}. */
final class TextDecoding implements Consumer<ByteBuffer> {

    private final Charset charset;
    private final Consumer<String> listener;

    TextDecoding(Charset charset, Consumer<String> listener) {
        this.charset = charset;
        this.listener = listener;
    }

    boolean decodesFor(Consumer<String> asked) {
        return listener == asked;
    }

    @Override
    public void accept(ByteBuffer frame) {
        accept(frame, frame.position(), frame.limit());
    }

    /** Decodes the bytes from {@code from} to {@code to}, without a view of them. */
    void accept(ByteBuffer bytes, int from, int to) {
        listener.accept(text(bytes, from, to - from));
    }

    private String text(ByteBuffer bytes, int from, int length) {
        if (bytes.hasArray()) {
            return new String(bytes.array(), bytes.arrayOffset() + from, length, charset);
        }
        byte[] copy = new byte[length];
        bytes.get(from, copy);
        return new String(copy, charset);
    }
}
