package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketHandle;
import io.chagres.stream.DuplexOptions;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.StringJoiner;

/**
 * A connection over TCP or a Unix socket: net.Socket. Clients get one from {@link Net#connect}, or make one and
 * {@link #connect} it; servers one per connection.
 *
 * <p>What goes wrong arrives at {@link #onError}, once; the last event is {@link #onClose}. A socket that nobody reads does
 * not end: who doesn't want the data calls {@link #resume()}. After the close it may be connected anew; its listeners stay.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netsocket">net.Socket</a>
 */
public final class Socket extends ConnectableSocket {

    private final boolean allowHalfOpen;
    /** Null where it has data events. */
    final LentBuffer lent;
    /** From the connect on; after it was destroyed, for what can be asked then. */
    private Connection connection;

    private Server server;
    /** Its neighbours among the open connections of its server: see {@link ServerConnections}. */
    Socket previous;

    Socket next;
    private boolean reset;
    private boolean wantsRead;

    /** A socket to {@link #connect}, with Node's defaults. */
    public Socket(Loop loop) {
        this(loop, SocketOptions.defaults());
    }

    /**
     * A socket to {@link #connect}; or one that is connected already, if the descriptor or the handle of the options is:
     * {@link SocketOptions#fd}, {@link SocketOptions#handle}.
     *
     * @throws UsageException ERR_INVALID_FD_TYPE where the descriptor is neither a stream socket nor of a pipe; EINVAL where the
     *     handle is closed, or of another loop
     * @throws io.chagres.SystemException EBADF
     */
    public Socket(Loop loop, SocketOptions options) {
        super(loop, UsageException.requireArgument(options, "options").duplex());
        allowHalfOpen = options().allowHalfOpen();
        lent = options.lent();
        options.applyTo(this);
        if (options.blockList() != null) {
            client().blockList = options.blockList();
        }
        if (options.handle() != null) {
            take(GivenDescriptor.require(options.handle(), loop));
        } else if (options.fd() >= 0) {
            take(GivenDescriptor.open(loop, options.fd()));
        }
        if (options.signal() != null) {
            client().signal = options.signal();
            client().follow(this);
        }
    }

    /** A socket of a connection that a server has accepted, over TCP or a Unix socket. */
    Socket(Loop loop, DuplexOptions options, LentBuffer lent, SocketHandle accepted, Server server, boolean paused) {
        super(loop, options);
        allowHalfOpen = options.allowHalfOpen();
        this.lent = lent;
        this.server = server;
        stand(accepted, paused);
    }

    private void stand(SocketHandle handle, boolean paused) {
        connection = new Connection(this, handle);
        if (paused) {
            pause();
        } else {
            pull();
        }
    }

    /** Where it is connected it is read; otherwise it waits to be. */
    private void take(SocketHandle given) {
        if (given.hasPeer()) {
            connection = new Connection(this, given);
            applyConnected(given, false);
            if (isConnected()) {
                pull();
            }
        } else {
            client().unconnected = given;
            given.onClose(this::destroy);
        }
    }

    // ---- connecting

    @Override
    void beginAnew() {
        reopen(options().readable(true).writable(true));
        connection = null;
        server = null;
        reset = false;
        wantsRead = false;
        client().begin(this);
    }

    /** The connection stands; what was asked for meanwhile is done now. */
    void connected(SocketHandle handle, boolean hasOptions) {
        Connection made = new Connection(this, handle); // should that fail, the opening still knows who waits
        Opening opened = opening;
        opening = null;
        connection = made;
        connection.owe(opened.deferredLength());
        touch();
        applyConnected(handle, hasOptions);
        if (isConnected()) {
            emitConnect();
        }
        connection.owe(-opened.deferredLength());
        opened.catchUp();
        if (isConnected()) {
            emitReady();
        }
        readOn();
    }

    private void readOn() {
        if (isConnected() && wantsRead) {
            connection.read();
        }
        wantsRead = false;
        if (isConnected() && !isPaused()) {
            pull();
        }
    }

    @Override
    boolean isConnected() {
        return connection != null && connection.handle() != null;
    }

    @Override
    SocketHandle handle() {
        return connection == null ? null : connection.handle();
    }

    @Override
    SocketHandle target() {
        return opening != null ? opening.handle() : handle();
    }

    @Override
    long queueSize() {
        return connection == null ? 0 : connection.queueSize();
    }

    /** Whether there is no connection: not yet, or no more. */
    public boolean isPending() {
        checkThread();
        return !isConnected();
    }

    /** Which ways it is open. */
    public ReadyState readyState() {
        if (isConnecting()) {
            return ReadyState.OPENING;
        }
        if (isReadable()) {
            return isWritable() ? ReadyState.OPEN : ReadyState.READ_ONLY;
        }
        return isWritable() ? ReadyState.WRITE_ONLY : ReadyState.CLOSED;
    }

    // ---- reading

    @Override
    protected void doRead() {
        if (isConnected()) {
            connection.read();
        } else {
            wantsRead = true;
        }
    }

    @Override
    public Socket pause() {
        super.pause();
        if (lent != null && isConnected()) {
            connection.stopReading();
        }
        return this;
    }

    @Override
    public Socket resume() {
        super.resume();
        if (lent != null && isConnected()) {
            connection.read();
        }
        return this;
    }

    /** Takes a chunk that was read, for good; returns whether to go on. */
    boolean received(ByteBuffer chunk) {
        return pushOwned(chunk);
    }

    /** Whether what comes next goes through pipes that are done with it at once. */
    boolean lends() {
        return canLend();
    }

    /** Whether the loan was kept. */
    boolean receivedLoan(ByteBuffer loan) {
        return lend(loan);
    }

    void receivedEnd() {
        pushEnd();
        pull();
    }

    // ---- writing

    /**
     * As {@link io.chagres.stream.Writable#write(ByteBuffer, Completion)}. When the peer has ended and this side ended after
     * it, as it does by default, the error has code EPIPE: "This socket has been ended by the other party".
     */
    @Override
    public boolean write(ByteBuffer data, Completion callback) {
        if (data != null && isReadableEnded() && !allowHalfOpen && isWritableEnded()) {
            return refuseWrite(
                    callback, new ChagresException("EPIPE", "This socket has been ended by the other party"));
        }
        return super.write(data, callback);
    }

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        if (isConnected()) {
            connection.write(data, done);
        } else {
            writeUnconnected(new ByteBuffer[] {Buffers.view(data)}, done);
        }
    }

    @Override
    protected boolean releasesBuffers() {
        return true;
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

    // ---- the end

    @Override
    protected void doDestroy(ChagresException error, Completion done) {
        Opening unopened = opening;
        opening = null;
        endTimeout();
        forgetThoseToldOnce();
        if (unopened != null) {
            unopened.cancel();
        }
        if (clientOrNull() != null) {
            clientOrNull().leave();
        }
        if (isConnected() && (error != null || hasCloseListeners())) {
            connection.rememberPeer();
        }
        boolean closesLater = isConnected() && connection.close(reset, () -> emitClose(error != null));
        done.onComplete(error);
        if (!closesLater) {
            closeSoon(unopened, error != null);
        }
        if (server != null) {
            server.connectionGone(this);
        }
    }

    private void closeSoon(Opening unopened, boolean hadError) {
        try {
            tick(() -> closeNow(unopened, hadError));
        } catch (Error noMemory) {
            closeNow(unopened, hadError); // too soon is better than never
        }
    }

    private void closeNow(Opening unopened, boolean hadError) {
        if (unopened != null) {
            unopened.failWrite();
        }
        emitClose(hadError);
    }

    /** Ends it, and destroys it at the finish, when all that was written is through. */
    public void destroySoon() {
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

    /**
     * Destroys it with a reset (RST), so that the peer gets ECONNRESET; while it connects, once it is connected. Where it does
     * neither, it is destroyed with ERR_SOCKET_CLOSED.
     *
     * @throws UsageException ERR_INVALID_HANDLE_TYPE over a Unix socket, which has no resets
     */
    public Socket resetAndDestroy() {
        checkThread();
        if (target() != null && !target().canReset()) {
            throw new UsageException("ERR_INVALID_HANDLE_TYPE", "There are no resets over a Unix socket: " + this);
        }
        if (opening != null) {
            opening.deferReset();
            return this;
        }
        reset = true;
        return destroy(handle() == null ? closedError() : null);
    }

    // ---- what it is

    /** As {@link #localAddress()}. */
    public SocketAddress address() {
        return localAddress();
    }

    /** Its own address; null while it connects, after it was destroyed, and over a Unix socket. */
    public SocketAddress localAddress() {
        checkThread();
        return connection == null ? null : connection.localAddress();
    }

    /**
     * Returns the peer's address; null while the socket connects, and over a Unix socket. Listeners of {@link #onError} and
     * {@link #onClose} still get it, and so does every caller after that, until the socket is connected again. Without such an
     * event, of a socket that is destroyed without an error and has no close listener, it is known after the close only if it
     * was asked for before; the same holds if another owner, or the loop, has closed the handle.
     */
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
        return (connection == null ? 0 : connection.bytesWritten())
                + waitingLength()
                + (opening == null ? 0 : opening.deferredLength());
    }

    /**
     * Returns whether the connection has nothing to do, as far as the socket knows: all that was written has been sent, all that
     * arrived was taken, and the last thing that passed was a write, or nothing has passed. A paused socket is not idle.
     */
    @Override
    public boolean isIdle() {
        return isConnected() && connection.isIdle() && writableLength() == 0 && readableLength() == 0 && !isPaused();
    }

    /** Adds both addresses, or where it connects to. */
    @Override
    protected void describe(StringJoiner text) {
        Opening pending = opening;
        Connection present = connection;
        if (pending != null) {
            text.add("connecting to " + pending.destination());
        } else if (present != null) {
            present.describe(text);
        } else {
            text.add("not connected");
        }
    }

    /** The server that accepted it, or null. */
    public Server server() {
        return server;
    }
}
