package io.chagres.net;

import io.chagres.loop.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.loop.UsageException;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Completion;
import io.chagres.stream.Duplex;
import io.chagres.stream.Listeners;
import io.chagres.stream.StreamHandle;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A connection over TCP or a Unix socket: net.Socket. Clients get one from {@link Net#connect}, servers one per connection.
 *
 * <p>What goes wrong arrives at {@link #onError}, once; the last event is {@link #onClose}. A socket that nobody reads does
 * not end: who doesn't want the data calls {@link #resume()}.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netsocket">net.Socket</a>
 */
public final class Socket extends Duplex {

    private final boolean allowHalfOpen;
    private final SocketSettings settings = new SocketSettings();
    /** From the connect on; after it was destroyed, for what can be asked then. */
    private Connection connection;
    private Server server;
    /** Its neighbours among the open connections of its server: see {@link ServerConnections}. */
    Socket previous;
    Socket next;
    private Opening opening;
    private IdleTimeout idle;
    private boolean reset;
    private Listeners<Runnable> connectListeners;
    private Listeners<Runnable> timeoutListeners;

    /** A socket to be connected. */
    Socket(Loop loop, Options options) {
        super(loop, options);
        allowHalfOpen = options.allowHalfOpen();
    }

    /** A socket of a connection that a server has accepted, over TCP or a Unix socket. */
    Socket(Loop loop, Options options, StreamHandle accepted, Server server, boolean paused) {
        this(loop, options);
        connection = new Connection(this, accepted);
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
    void connected(StreamHandle handle) {
        Opening opened = opening;
        opening = null;
        connection = new Connection(this, handle);
        touch();
        settings.applyTo(handle, this::destroy);
        tell(isConnected() ? connectListeners : null);
        opened.catchUp();
        if (isConnected() && !isPaused()) {
            pull();
        }
    }

    private boolean isConnected() {
        return connection != null && connection.handle() != null;
    }

    private StreamHandle handle() {
        return connection == null ? null : connection.handle();
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
        } else if (isConnected()) {
            connection.read();
        }
    }

    boolean received(ByteBuffer chunk) {
        return push(chunk);
    }

    void receivedEnd() {
        pushEnd();
        pull();
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

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        if (isConnected()) {
            connection.write(data, done);
        } else {
            writeUnconnected(new ByteBuffer[] {data}, done);
        }
    }

    @Override
    protected boolean isVectored() {
        return true;
    }

    @Override
    protected void doWriteVector(ByteBuffer[] data, Completion done) {
        if (isConnected()) {
            connection.write(data, done);
        } else {
            writeUnconnected(data, done);
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

    /** The socket's own end is a shutdown: the peer reads an end. */
    @Override
    protected void doFinal(Completion done) {
        if (opening != null) {
            opening.deferFinal(done);
        } else if (isConnected()) {
            connection.shutdown(done);
        } else {
            done.onComplete(null);
        }
    }

    @Override
    protected void doDestroy(ChagresException error, Completion done) {
        Opening unopened = opening;
        opening = null;
        if (idle != null) {
            idle.close();
            idle = null;
        }
        if (unopened != null) {
            unopened.cancel();
        }
        boolean closesLater = isConnected() && connection.close(reset, () -> emitClose(error != null));
        done.onComplete(error);
        if (!closesLater) {
            tick(() -> {
                if (unopened != null) {
                    unopened.failWrite();
                }
                emitClose(error != null);
            });
        }
        if (server != null) {
            server.connectionGone(this);
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
     *
     * @throws UsageException ERR_INVALID_HANDLE_TYPE over a Unix socket, which has no resets
     */
    public Socket resetAndDestroy() {
        checkThread();
        if (handle() != null && !(handle() instanceof Tcp)) {
            throw new UsageException("ERR_INVALID_HANDLE_TYPE", "There are no resets over a Unix socket");
        }
        reset = true;
        destroy(handle() == null && opening == null ? closedError() : null);
        return this;
    }

    /** Sends small writes at once; remembered while it connects. No system call where it is so already. */
    public Socket setNoDelay(boolean on) {
        checkThread();
        settings.setNoDelay(on, handle());
        return this;
    }

    /**
     * Probes a silent peer; remembered while it connects. No system call where it is so already.
     *
     * @param initialDelayMillis the silence before the first probe, cut to whole seconds; 0 leaves what the system has
     */
    public Socket setKeepAlive(boolean on, long initialDelayMillis) {
        checkThread();
        settings.setKeepAlive(on, initialDelayMillis, handle());
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
                idle = new IdleTimeout(loop(), () -> connection == null ? 0 : connection.queueSize(),
                    () -> Listeners.run(timeoutListeners));
            }
            idle.start(millis);
        } else if (idle != null) {
            idle.stop();
        }
        return this;
    }

    /** There was activity. */
    void touch() {
        if (idle != null) {
            idle.touch();
        }
    }

    /** A write has left {@code queued} bytes waiting. */
    void wrote(long queued) {
        if (idle != null) {
            idle.wrote(queued);
        }
    }

    /** Makes the loop run as long as it is read; it does from the start. */
    public Socket ref() {
        checkThread();
        settings.setReferenced(true, handle());
        return this;
    }

    /** Makes the loop not run for it alone. */
    public Socket unref() {
        checkThread();
        settings.setReferenced(false, handle());
        return this;
    }

    /** Its own address; null while it connects, after it was destroyed, and over a Unix socket. */
    public SocketAddress localAddress() {
        checkThread();
        return connection == null ? null : connection.localAddress();
    }

    /** The peer's address; null while it connects, and over a Unix socket. Asked once before the close, it is known after it. */
    public SocketAddress remoteAddress() {
        checkThread();
        return connection == null ? null : connection.remoteAddress();
    }

    /** The bytes that have come. */
    public long bytesRead() {
        checkThread();
        return connection == null ? 0 : connection.bytesRead();
    }

    /** The bytes that were written, those that still wait included. */
    public long bytesWritten() {
        checkThread();
        return (connection == null ? 0 : connection.bytesWritten()) + waitingLength()
            + (opening == null ? 0 : opening.deferredLength());
    }

    /**
     * Whether nothing is under way, as far as the stream knows: it is connected, all that was written has gone, all that came was
     * taken, and the last thing that passed was a write, or nothing has passed. One that is paused is not idle.
     */
    boolean isIdle() {
        return isConnected() && connection.isIdle() && writableLength() == 0 && readableLength() == 0 && !isPaused();
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
