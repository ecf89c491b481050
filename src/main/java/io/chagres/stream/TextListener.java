package io.chagres.stream;

import io.chagres.UsageException;
import io.chagres.loop.internal.Borrower;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.function.Consumer;

/** A data listener that decodes chunks for a listener of {@link Readable#onText}. */
final class TextListener implements Borrower {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final CharsetDecoder decoder;
    private final Consumer<String> listener;
    private final Runnable atEnd = this::end;
    private ByteBuffer cut = NOTHING; // the bytes of a character that the last chunk has cut

    TextListener(Charset charset, Consumer<String> listener) {
        decoder = UsageException.requireArgument(charset, "charset")
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        this.listener = listener;
    }

    /** Starts to decode. Its end listener is the first, so that a last character comes before the end event. */
    void listenTo(Duplex stream) {
        stream.onData(this);
        stream.reading.beforeEnd(atEnd);
    }

    /** Returns the bytes of a character that the last chunk has cut. */
    ByteBuffer unfinished() {
        return cut.duplicate();
    }

    boolean decodesFor(Consumer<String> asked) {
        return listener == asked;
    }

    /** Stops decoding. What other data listeners have received is not put back: they would get it twice. */
    void leave(Duplex stream) {
        stream.offData(this);
        stream.offEnd(atEnd);
        ByteBuffer unfinished = cut;
        cut = NOTHING;
        if (unfinished.hasRemaining() && !stream.reading.hasDataListeners()) {
            stream.unshift(unfinished);
        }
    }

    @Override
    public boolean borrows() {
        return true;
    }

    @Override
    public void accept(ByteBuffer chunk) {
        ByteBuffer bytes = cut.hasRemaining() ? join(cut, chunk) : chunk.duplicate();
        CharBuffer text = room(bytes);
        decoder.decode(bytes, text, false);
        cut = bytes.hasRemaining() ? join(bytes, NOTHING) : NOTHING;
        hand(text);
    }

    /** Returns true. The bytes of the earlier life are not part of a character of the next one. */
    @Override
    public boolean isKeptOnReopen() {
        decoder.reset();
        cut = NOTHING;
        return true;
    }

    private void end() {
        CharBuffer text = room(cut);
        decoder.decode(cut, text, true);
        decoder.flush(text);
        hand(text);
    }

    private CharBuffer room(ByteBuffer bytes) {
        return CharBuffer.allocate((int) Math.ceil((bytes.remaining() + 1) * (double) decoder.maxCharsPerByte()));
    }

    private void hand(CharBuffer text) {
        if (text.flip().hasRemaining()) {
            listener.accept(text.toString());
        }
    }

    private static ByteBuffer join(ByteBuffer first, ByteBuffer second) {
        return ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second.duplicate())
                .flip();
    }
}
