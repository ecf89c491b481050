package io.chagres.net;

import io.chagres.loop.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.loop.SystemException;
import io.chagres.loop.UsageException;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Completion;
import io.chagres.stream.Duplex;
import io.chagres.stream.Listeners;
import io.chagres.stream.ReadListener;
import io.chagres.stream.ReadSlab;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A TCP connection: net.Socket. Clients get one from {@link Net#connect}, servers one per connection.
 *
 * <p>What goes wrong arrives at {@link #onError}, once; the last event is {@link #onClose}. A socket that nobody reads does
 * not end: who doesn't want the data calls {@link #resume()}.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netsocket">net.Socket</a>
 */
public final class Socket extends Duplex {

    private final boolean allowHalfOpen;
    private final ReadSlab slab;
    private final Reader reader = new Reader();
    private final SocketSettings settings = new SocketSettings();
    private Tcp handle;
    private Server server;
    private Opening opening;
    private IdleTimeout idle;
    private boolean reading;
    private boolean reset;
    private long bytesRead;
    private long bytesDispatched;
    private Listeners<Runnable> connectListeners;
    private Listeners<Runnable> timeoutListeners;
    private SocketAddress remote;

    /** A socket to be connected. */
    Socket(Loop loop, Options options) {
        super(loop, options);
        allowHalfOpen = options.allowHalfOpen();
        slab = ReadSlab.of(loop.core());
    }

    /** A socket of a connection that a server has accepted. */
    Socket(Loop loop, Options options, Tcp connection, Server server, boolean paused) {
        this(loop, options);
        adopt(connection);
        this.server = server;
        if (paused) {
            pause();
        } else {
            pull();
        }
    }

    void connect(String host, int port, SocketAddress local) {
        opening = new Opening(this, port, local);
        touch();
        opening.begin(host);
    }

    /** The connection stands; what was asked for meanwhile is done now. */
    void connected(Tcp connection) {
        Opening opened = opening;
        opening = null;
        adopt(connection);
        touch();
        settings.applyTo(handle, this::destroy);
        tell(handle == null ? null : connectListeners);
        opened.catchUp();
        if (handle != null && !isPaused()) {
            pull();
        }
    }

    private void adopt(Tcp connection) {
        handle = connection;
        handle.onClose(this::destroy);
    }

    /** Whether it is not connected yet, and going to be. */
    public boolean isConnecting() {
        checkThread();
        return opening != null;
    }

    @Override
    protected void doRead() {
        if (opening != null) {
            opening.deferRead();
        } else if (handle != null && !reading) {
            reading = true;
            handle.readStart(reader);
        }
    }

    private final class Reader implements ReadListener {

        @Override
        public ByteBuffer onAllocate(int suggestedSize) {
            return slab.room();
        }

        @Override
        public void onRead(int count, ByteBuffer buffer) {
            touch();
            if (count > 0) {
                bytesRead += count;
                if (!push(slab.take(count)) && reading) {
                    reading = false;
                    handle.readStop();
                }
            }
        }

        @Override
        public void onEnd() {
            touch();
            reading = false;
            pushEnd();
            pull();
        }

        @Override
        public void onError(SystemException error) {
            reading = false;
            destroy(error);
        }
    }

    /**
     * As {@link io.chagres.stream.Writable#write(ByteBuffer, Completion)}. When the peer has ended and this side ended after
     * it, as it does by default, the error has code EPIPE: "This socket has been ended by the other party".
     */
    @Override
    public boolean write(ByteBuffer data, Completion callback) {
        if (data != null && isReadableEnded() && !allowHalfOpen && isWritableEnded()) {
            return refuseWrite(callback,
                new ChagresException("EPIPE", "This socket has been ended by the other party"));
        }
        return super.write(data, callback);
    }

    /** Straight to the kernel, without a request, as far as it takes the bytes now. */
    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        if (handle == null) {
            writeUnconnected(new ByteBuffer[] {data}, done);
            return;
        }
        touch();
        int size = data.remaining();
        int taken;
        try {
            taken = handle.tryWrite(data);
        } catch (ChagresException error) {
            done.onComplete(error);
            return;
        }
        bytesDispatched += size;
        if (taken == size) {
            done.onComplete(null);
        } else {
            queue(new ByteBuffer[] {data.slice(data.position() + taken, size - taken)}, done);
        }
    }

    @Override
    protected boolean isVectored() {
        return true;
    }

    @Override
    protected void doWriteVector(ByteBuffer[] data, Completion done) {
        if (handle == null) {
            writeUnconnected(data, done);
        } else {
            dispatch(data, done);
        }
    }

    private void writeUnconnected(ByteBuffer[] data, Completion done) {
        if (opening != null) {
            opening.deferWrite(data, done);
        } else {
            done.onComplete(closedError());
        }
    }

    private static ChagresException closedError() {
        return new ChagresException("ERR_SOCKET_CLOSED", "Socket is closed");
    }

    void dispatch(ByteBuffer[] data, Completion done) {
        touch();
        for (ByteBuffer buffer : data) {
            bytesDispatched += buffer.remaining();
        }
        try {
            queue(data, done);
        } catch (ChagresException error) {
            done.onComplete(error);
        }
    }

    private void queue(ByteBuffer[] data, Completion done) {
        handle.write(data, error -> {
            if (isOver()) {
                done.onComplete(null);
            } else {
                touch();
                done.onComplete(error);
            }
        });
        if (idle != null) {
            idle.wrote(handle.writeQueueSize());
        }
    }

    /** Whether it is destroyed; it is from now on, where the loop has closed the handle under it. */
    private boolean isOver() {
        if (!isDestroyed() && handle.isClosing()) {
            destroy();
        }
        return isDestroyed();
    }

    /** The socket's own end is a shutdown: the peer reads an end. One that the peer has reset has nothing to shut down. */
    @Override
    protected void doFinal(Completion done) {
        if (opening != null) {
            opening.deferFinal(done);
        } else if (handle == null || !handle.isWritable()) {
            done.onComplete(null);
        } else {
            handle.shutdown(error ->
                done.onComplete(isOver() || error == null || error.code().equals("ENOTCONN") ? null : error));
        }
    }

    @Override
    protected void doDestroy(ChagresException error, Completion done) {
        Opening unopened = opening;
        Tcp closing = handle != null && !handle.isClosing() ? handle : null;
        opening = null;
        handle = null;
        reading = false;
        if (idle != null) {
            idle.close();
            idle = null;
        }
        if (unopened != null) {
            unopened.cancel();
        }
        if (closing != null) {
            Runnable onClosed = () -> emitClose(error != null);
            if (reset) {
                closing.reset(onClosed);
            } else {
                closing.close(onClosed);
            }
            done.onComplete(error);
        } else {
            done.onComplete(error);
            tick(() -> {
                if (unopened != null) {
                    unopened.failWrite();
                }
                emitClose(error != null);
            });
        }
        if (server != null) {
            server.connectionGone();
        }
    }

    /** Ends the socket when all that was written is through: ends the writing side, and destroys it at the finish. */
    public void destroySoon() {
        checkThread();
        if (isWritable()) {
            end();
        }
        if (isWritableFinished()) {
            destroy();
        } else {
            onFinish(this::destroy);
        }
    }

    /**
     * Destroys it with a reset (RST), so that the peer gets ECONNRESET. Where there is no connection, it is destroyed with
     * ERR_SOCKET_CLOSED; while it connects, without a reset.
     */
    public Socket resetAndDestroy() {
        checkThread();
        reset = true;
        destroy(handle == null && opening == null ? closedError() : null);
        return this;
    }

    /** Sends small writes at once; remembered while it connects. No system call where it is so already. */
    public Socket setNoDelay(boolean on) {
        checkThread();
        settings.setNoDelay(on, handle);
        return this;
    }

    /**
     * Probes a silent peer; remembered while it connects. No system call where it is so already.
     *
     * @param initialDelayMillis the silence before the first probe, cut to whole seconds; 0 leaves what the system has
     */
    public Socket setKeepAlive(boolean on, long initialDelayMillis) {
        checkThread();
        settings.setKeepAlive(on, initialDelayMillis, handle);
        return this;
    }

    /**
     * Tells {@link #onTimeout} when nothing has happened for {@code millis}; 0 turns it off. The socket stays as it is: who
     * wants it closed closes it. It does not keep the loop alive, and does not count while a slow write makes progress.
     *
     * @throws UsageException ERR_OUT_OF_RANGE where it is negative
     */
    public Socket setTimeout(long millis) {
        checkThread();
        IdleTimeout.requireMillis(millis);
        if (isDestroyed()) {
            return this;
        }
        if (millis > 0) {
            if (idle == null) {
                idle = new IdleTimeout(loop(), () -> handle == null ? 0 : handle.writeQueueSize(),
                    () -> Listeners.run(timeoutListeners));
            }
            idle.start(millis);
        } else if (idle != null) {
            idle.stop();
        }
        return this;
    }

    void touch() {
        if (idle != null) {
            idle.touch();
        }
    }

    /** Makes the loop run as long as it is read; it does from the start. */
    public Socket ref() {
        checkThread();
        settings.setReferenced(true, handle);
        return this;
    }

    /** Makes the loop not run for it alone. */
    public Socket unref() {
        checkThread();
        settings.setReferenced(false, handle);
        return this;
    }

    /** Its own address; null while it connects, and after it was destroyed. */
    public SocketAddress localAddress() {
        checkThread();
        return handle == null ? null : handle.localAddress();
    }

    /** The peer's address; null while it connects. Asked once before the close, it is known after it too. */
    public SocketAddress remoteAddress() {
        checkThread();
        if (remote == null && handle != null) {
            remote = handle.remoteAddressIfAny();
        }
        return remote;
    }

    /** The bytes that have come. */
    public long bytesRead() {
        checkThread();
        return bytesRead;
    }

    /** The bytes that were written, those that still wait included. */
    public long bytesWritten() {
        checkThread();
        return bytesDispatched + waitingLength() + (opening == null ? 0 : opening.deferredLength());
    }

    /** The server that accepted it, or null. */
    public Server server() {
        return server;
    }

    /** Adds a listener for "it is connected". */
    public Socket onConnect(Runnable listener) {
        checkThread();
        connectListeners = Listeners.add(connectListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Adds a listener for idleness, see {@link #setTimeout}. */
    public Socket onTimeout(Runnable listener) {
        checkThread();
        timeoutListeners = Listeners.add(timeoutListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    @Override
    public Socket onData(Consumer<? super ByteBuffer> listener) {
        super.onData(listener);
        return this;
    }

    @Override
    public Socket onEnd(Runnable listener) {
        super.onEnd(listener);
        return this;
    }

    @Override
    public Socket onDrain(Runnable listener) {
        super.onDrain(listener);
        return this;
    }

    @Override
    public Socket onFinish(Runnable listener) {
        super.onFinish(listener);
        return this;
    }

    @Override
    public Socket onError(Consumer<? super ChagresException> listener) {
        super.onError(listener);
        return this;
    }

    @Override
    public Socket onClose(CloseListener listener) {
        super.onClose(listener);
        return this;
    }
}
