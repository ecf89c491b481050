package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.handle.Completion;
import io.chagres.loop.internal.Borrower;
import io.chagres.socket.KeepAlive;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A stream over another stream: it encrypts, compresses or frames what it is given, and hands the result to the stream below. TLS is
 * one, and users can make their own. The stream below is a {@link Socket}, another layer, or any other {@link Duplex}.
 *
 * <p>A layer answers for the socket below it, so that a program that has only the layer lacks nothing: addresses, idle timeout, server
 * and options are those of the socket. A server that closes asks the layer whether it is idle, and ends the layer instead of the socket,
 * see {@link Socket#setLayer}.
 *
 * <p>A subclass overrides {@link #received} and {@link Duplex#doWrite}, and {@link #doFinal} if it has last bytes to write:
 *
 * <pre>{@code
 * final class Rot13 extends Layer {
 *     Rot13(Duplex below) { super(below, DuplexOptions.defaults()); }
 *     protected boolean received(ByteBuffer chunk) { return push(rotated(chunk)); }
 *     protected void doWrite(ByteBuffer data, Completion done) { below().write(rotated(data), done); }
 * }
 * }</pre>
 *
 * <p>The stream below must not have another data listener, pipe or layer. What this class does by itself: it reads below as long as there
 * is room here, and pauses the stream below otherwise; the end below is the end here; an error or a close below destroys the layer; the
 * end of the layer ends the stream below, and a layer that is destroyed destroys it. A layer that can be half open needs a stream below
 * that can: {@link SocketOptions#allowHalfOpen}, {@link ServerOptions#allowHalfOpen}.
 */
public abstract class Layer extends Duplex {

    private final Duplex below;
    private final Feed feed = new Feed();

    /** The data, end, error and close listener of the stream below: one object for four. */
    private final class Feed implements Borrower {

        @Override
        public boolean borrows() {
            return borrowsChunks();
        }

        @Override
        public boolean isKeptOnReopen() {
            return false;
        }

        @Override
        public void accept(ByteBuffer chunk) {
            if (!isDestroyed() && !received(chunk)) {
                below.pause();
            }
        }
    }

    /**
     * A layer over {@code below}, on the same loop. It reads below from the next tick on.
     *
     * @throws UsageException EINVAL if an argument is null
     */
    protected Layer(Duplex below, DuplexOptions options) {
        super(UsageException.requireArgument(below, "below").loop(), options);
        this.below = below;
        Socket socket = socket();
        if (socket != null) {
            socket.setLayer(this);
        }
        below.onData(feed).onEnd(this::endBelow).onError(this::failBelow).onClose(hadError -> closedBelow());
    }

    private void endBelow() {
        if (!isDestroyed()) {
            receivedEnd();
        }
    }

    private void failBelow(ChagresException error) {
        if (!isDestroyed()) {
            receivedError(error);
        }
    }

    private void closedBelow() {
        if (!isDestroyed() && !below.isReadableEnded()) {
            receivedClose();
        }
    }

    /** Returns the stream that this one is over. */
    public final Duplex below() {
        return below;
    }

    /** Returns the socket at the bottom, below this layer and the layers that it is over; null if the lowest stream is no socket. */
    public final @Nullable Socket socket() {
        return below instanceof Socket socket ? socket : below instanceof Layer layer ? layer.socket() : null;
    }

    private Socket requireSocket(String call) {
        checkThread();
        Socket socket = socket();
        if (socket == null) {
            throw new UsageException("ENOTSOCK", call + " of a layer that is over no socket: " + this);
        }
        return socket;
    }

    // ---- for subclasses

    /**
     * Called with bytes that have arrived below. The subclass {@linkplain #push pushes} what it makes of them.
     *
     * @param chunk owned by the layer, unless {@link #borrowsChunks()} returns true
     * @return whether to go on; if not, the stream below is paused until {@link #doRead()}
     */
    protected abstract boolean received(ByteBuffer chunk);

    /**
     * Returns whether {@link #received} uses its chunk during the call only. If so, the socket below may read into the same memory again
     * and again. False by default: each chunk has its own memory.
     */
    protected boolean borrowsChunks() {
        return false;
    }

    /** Called when the stream below has ended. It ends the reading side; a layer that knows that bytes are missing destroys itself. */
    protected void receivedEnd() {
        pushEnd();
    }

    /** Called with the error of the stream below. It destroys the layer with the error. */
    protected void receivedError(ChagresException error) {
        destroy(error);
    }

    /**
     * Called when the stream below has closed, without an end, before this layer was destroyed. It destroys the layer, without an error.
     * After an end the layer lives on until what has arrived was read.
     */
    protected void receivedClose() {
        destroy();
    }

    /** Goes on reading below. */
    @Override
    protected void doRead() {
        below.resume();
    }

    /** Ends the stream below. */
    @Override
    protected void doFinal(Completion done) {
        below.end(done);
    }

    /** Destroys the stream below. */
    @Override
    protected void doDestroy(@Nullable ChagresException error, Completion done) {
        below.destroy();
        done.onComplete(error);
    }

    /** Ends it, and destroys it at the finish, once all bytes are written. */
    public final void destroySoon() {
        checkThread();
        if (isWritableFinished()) {
            destroy();
        } else {
            end(error -> {
                if (error == null) {
                    tick(this::destroy);
                }
            });
        }
    }

    // ---- what the socket below answers

    /** Returns the socket's own address, see {@link Socket#localAddress()}; null if there is no socket below. */
    public final @Nullable SocketAddress localAddress() {
        Socket socket = socket();
        return socket == null ? null : socket.localAddress();
    }

    /** Returns the address of the peer, see {@link Socket#remoteAddress()}; null if there is no socket below. */
    public final @Nullable SocketAddress remoteAddress() {
        Socket socket = socket();
        return socket == null ? null : socket.remoteAddress();
    }

    /** Returns the server that has accepted the socket below, or null. */
    public final @Nullable Server server() {
        Socket socket = socket();
        return socket == null ? null : socket.server();
    }

    /** Returns whether the layer has nothing to do, see {@link Duplex#isIdle()}, and the stream below has sent all bytes. */
    @Override
    public boolean isIdle() {
        return super.isIdle() && below.writableLength() == 0;
    }

    /**
     * Calls {@link #onTimeout} when nothing has passed on the socket below for {@code millis}; 0 turns it off. See {@link
     * Socket#setTimeout(long)}.
     *
     * @throws UsageException ENOTSOCK if there is no socket below; ERR_OUT_OF_RANGE if {@code millis} is negative
     */
    public Layer setTimeout(long millis) {
        requireSocket("setTimeout").setTimeout(millis);
        return this;
    }

    /** Returns the timeout that was set, in milliseconds; 0 if there is none. */
    public final long timeoutMillis() {
        checkThread();
        Socket socket = socket();
        return socket == null ? 0 : socket.timeoutMillis();
    }

    /**
     * Adds a listener for idleness, see {@link #setTimeout}.
     *
     * @throws UsageException ENOTSOCK if there is no socket below
     */
    public Layer onTimeout(Runnable listener) {
        requireSocket("onTimeout").onTimeout(listener);
        return this;
    }

    /** Removes a listener of {@link #onTimeout}. */
    public final void offTimeout(Runnable listener) {
        requireSocket("offTimeout").offTimeout(listener);
    }

    /**
     * Sets whether small writes are sent at once, see {@link Socket#setNoDelay(boolean)}.
     *
     * @throws UsageException ENOTSOCK if there is no socket below
     */
    public Layer setNoDelay(boolean on) {
        requireSocket("setNoDelay").setNoDelay(on);
        return this;
    }

    /**
     * Sets whether a silent peer is probed, see {@link Socket#setKeepAlive(KeepAlive)}.
     *
     * @throws UsageException ENOTSOCK if there is no socket below; EINVAL if a value is out of range
     */
    public Layer setKeepAlive(KeepAlive keepAlive) {
        requireSocket("setKeepAlive").setKeepAlive(keepAlive);
        return this;
    }

    /**
     * Makes the loop run as long as the socket below is read; this is the default.
     *
     * @throws UsageException ENOTSOCK if there is no socket below
     */
    public Layer ref() {
        requireSocket("ref").ref();
        return this;
    }

    /**
     * Lets the loop end although the socket below is open.
     *
     * @throws UsageException ENOTSOCK if there is no socket below
     */
    public Layer unref() {
        requireSocket("unref").unref();
        return this;
    }

    /** Adds the stream below. */
    @Override
    protected void describe(StringJoiner text) {
        text.add("over " + below);
    }
}
