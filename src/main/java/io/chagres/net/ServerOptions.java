package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketOption;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * How a server's sockets shall behave: the options of Node's net.createServer.
 *
 * @see <a href="https://nodejs.org/api/net.html#netcreateserveroptions-connectionlistener">net.createServer</a>
 */
public final class ServerOptions {

    private boolean allowHalfOpen;
    private boolean pauseOnConnect;
    private boolean noDelay;
    private KeepAlive keepAlive = KeepAlive.OFF;
    private LentBuffer lent;
    private BlockList blockList;
    private int highWaterMark = Duplex.DEFAULT_HIGH_WATER_MARK;

    /** Node's defaults. */
    public ServerOptions() {}

    /** Whether writing may go on when the peer has ended; by default a socket ends itself a tick after its peer. */
    public ServerOptions allowHalfOpen(boolean allow) {
        this.allowHalfOpen = allow;
        return this;
    }

    /** Whether sockets are not read before {@link Socket#resume()}; by default they are, from the start. */
    public ServerOptions pauseOnConnect(boolean pause) {
        this.pauseOnConnect = pause;
        return this;
    }

    /** See {@link Socket#setNoDelay}; by default false. */
    public ServerOptions noDelay(boolean on) {
        this.noDelay = on;
        return this;
    }

    /** See {@link Socket#setKeepAlive(boolean, long)}; by default off. */
    public ServerOptions keepAlive(boolean on, long initialDelayMillis) {
        return keepAlive(SocketSettings.keepAlive(on, initialDelayMillis));
    }

    /** See {@link Socket#setKeepAlive(KeepAlive)}; by default off. */
    public ServerOptions keepAlive(KeepAlive keepAlive) {
        SocketOption.KEEP_ALIVE.require(UsageException.requireArgument(keepAlive, "keepAlive"));
        this.keepAlive = keepAlive;
        return this;
    }

    /** How many bytes each direction of a socket buffers before it asks for a pause; by default 64 KiB. */
    public ServerOptions highWaterMark(int bytes) {
        this.highWaterMark = SocketSettings.requireHighWaterMark(bytes);
        return this;
    }

    /**
     * Connections from addresses in {@code blockList} are closed at once, without an event; by default there is no list. The list
     * itself is asked at each connection: unlike options, it may be changed at any time.
     */
    public ServerOptions blockList(BlockList blockList) {
        this.blockList = UsageException.requireArgument(blockList, "blockList");
        return this;
    }

    /**
     * Reads all connections into {@code buffer}, from its position to its limit, and lends that to {@code reader}, instead of
     * data events: no garbage, but what is to be kept must be copied. Position and limit are read during this call only, and
     * set again before each read.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code buffer} has no room, or is read-only
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if its arena is confined to another thread
     */
    public ServerOptions onRead(ByteBuffer buffer, BufferReader reader) {
        lent = LentBuffer.of(buffer, reader);
        return this;
    }

    /**
     * As {@link #onRead(ByteBuffer, BufferReader)}, with a buffer that is asked for before each read. One that is read-only, or of a
     * closed arena, destroys the socket with ERR_INVALID_ARG_VALUE or EFAULT.
     */
    public ServerOptions onRead(Supplier<ByteBuffer> buffers, BufferReader reader) {
        lent = new LentBuffer(buffers, reader);
        return this;
    }

    /** A server's sockets are as the options were when it was made. */
    ServerOptions copy() {
        ServerOptions copy = new ServerOptions();
        copy.allowHalfOpen = allowHalfOpen;
        copy.pauseOnConnect = pauseOnConnect;
        copy.noDelay = noDelay;
        copy.keepAlive = keepAlive;
        copy.lent = lent;
        copy.blockList = blockList;
        copy.highWaterMark = highWaterMark;
        return copy;
    }

    LentBuffer lent() {
        return lent;
    }

    BlockList blockList() {
        return blockList;
    }

    boolean pauseOnConnect() {
        return pauseOnConnect;
    }

    DuplexOptions duplex() {
        return DuplexOptions.defaults()
                .allowHalfOpen(allowHalfOpen)
                .highWaterMark(highWaterMark)
                .emitClose(false);
    }

    /** Applies what each accepted socket gets before anybody sees it. */
    void applyTo(Socket socket) {
        if (noDelay) {
            socket.setNoDelay();
        }
        if (keepAlive.on()) {
            socket.setKeepAlive(keepAlive);
        }
    }

    /** Returns the options that differ from their defaults. */
    @Override
    public String toString() {
        return new OptionText("ServerOptions")
                .addFlag("allowHalfOpen", allowHalfOpen)
                .addFlag("pauseOnConnect", pauseOnConnect)
                .addFlag("noDelay", noDelay)
                .add("keepAlive", keepAlive, KeepAlive.OFF)
                .add("highWaterMark", highWaterMark, Duplex.DEFAULT_HIGH_WATER_MARK)
                .addFlag("onRead", lent != null)
                .add("blockList", blockList, null)
                .toString();
    }
}
