package io.chagres.net;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.socket.DeferredOptions;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortSignal;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options that a {@link Socket} is made with, for all its connections: those of Node's {@code new net.Socket}. The options of one
 * connect are {@link ConnectOptions}. Options are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * SocketOptions options = SocketOptions.defaults().noDelay(true).allowHalfOpen(true);
 * Socket socket = Net.connect(loop, options, ConnectOptions.to("example.org", 80));
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/net.html#new-netsocketoptions">new net.Socket(options)</a>
 */
@CheckReturnValue
public final class SocketOptions {

    private static final int MAX_TYPE_OF_SERVICE = 255;
    private static final int NONE = -1;
    private static final SocketOptions DEFAULTS = new SocketOptions(new Values());

    private static final class Values implements Cloneable {
        private DuplexOptions duplex =
                DuplexOptions.defaults().allowHalfOpen(false).emitClose(false);
        private boolean noDelay;
        private KeepAlive keepAlive = KeepAlive.OFF;
        private int typeOfService = NONE;
        private DeferredOptions kernelOptions = DeferredOptions.NONE;
        private @Nullable LentBuffer lent;
        private @Nullable AbortSignal signal;
        private @Nullable BlockList blockList;
        private int fd = NONE;
        private @Nullable SocketHandle handle;

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private SocketOptions(Values values) {
        this.values = values;
    }

    private SocketOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new SocketOptions(changed);
    }

    /** Returns Node's defaults. */
    public static SocketOptions defaults() {
        return DEFAULTS;
    }

    // ---- of the stream

    /**
     * Sets whether the socket can still be written after the peer has ended; if not, it ends itself a tick after the peer. False by
     * default.
     */
    public SocketOptions allowHalfOpen(boolean allow) {
        return with(values -> values.duplex = values.duplex.allowHalfOpen(allow));
    }

    /**
     * Sets the high-water mark of both directions, in bytes: how much is buffered before a write returns false, and before reading
     * pauses. 64 KiB by default.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code bytes} is negative
     */
    public SocketOptions highWaterMark(int bytes) {
        return with(values -> values.duplex = values.duplex.highWaterMark(bytes));
    }

    /**
     * Reads into {@code buffer}, from its position to its limit, and lends it to {@code reader}: there are no data events, and no
     * garbage. The reader must copy what it keeps. All sockets of a loop can share one buffer. Position and limit are read during this
     * call only, and set again before each read.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code buffer} has no room, or is read-only
     * @throws IllegalStateException if the arena of {@code buffer} is closed
     * @throws WrongThreadException if the arena of {@code buffer} is confined to another thread
     */
    public SocketOptions onRead(ByteBuffer buffer, BufferReader reader) {
        LentBuffer lent = LentBuffer.of(buffer, reader);
        return with(values -> values.lent = lent);
    }

    /**
     * Like {@link #onRead(ByteBuffer, BufferReader)}, with a supplier that is asked for the buffer before each read. A buffer that is
     * read-only, or of a closed arena, destroys the socket with ERR_INVALID_ARG_VALUE or EFAULT.
     */
    public SocketOptions onRead(Supplier<ByteBuffer> buffers, BufferReader reader) {
        LentBuffer lent = new LentBuffer(buffers, reader);
        return with(values -> values.lent = lent);
    }

    // ---- of the connection

    /** Sets whether small writes are sent at once, see {@link Socket#setNoDelay(boolean)}. False by default. */
    public SocketOptions noDelay(boolean on) {
        return with(values -> values.noDelay = on);
    }

    /**
     * Sets the keep-alive with the silence before the first probe only, see {@link Socket#setKeepAlive(boolean, long)}. Off by default.
     *
     * @param initialDelayMillis cut to whole seconds; 0, or a negative one, leaves what the system has
     */
    public SocketOptions keepAlive(boolean on, long initialDelayMillis) {
        return keepAlive(SocketSettings.keepAlive(on, initialDelayMillis));
    }

    /**
     * Sets the keep-alive, see {@link Socket#setKeepAlive(KeepAlive)}. Off by default.
     *
     * @throws UsageException EINVAL if a number is out of range
     */
    public SocketOptions keepAlive(KeepAlive keepAlive) {
        SocketOption.KEEP_ALIVE.require(UsageException.requireArgument(keepAlive, "keepAlive"));
        return with(values -> values.keepAlive = keepAlive);
    }

    /**
     * Sets the type of service, 0 to 255, see {@link Socket#setTypeOfService}. 0 by default.
     *
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public SocketOptions typeOfService(int tos) {
        requireTypeOfService(tos, "options.typeOfService");
        return with(values -> values.typeOfService = tos);
    }

    @CanIgnoreReturnValue
    static int requireTypeOfService(int tos, String name) {
        return (int) UsageException.requireRange(tos, 0, MAX_TYPE_OF_SERVICE, name);
    }

    /**
     * Sets an option of the kernel's socket, see {@link Socket#set}. The last value of an option counts.
     *
     * @throws UsageException EINVAL if {@code value} is null or out of range
     */
    public <T> SocketOptions set(SocketOption<T> option, T value) {
        DeferredOptions changed = values.kernelOptions.with(option, value);
        return with(values -> values.kernelOptions = changed);
    }

    /**
     * Sets the addresses that the socket must not connect to. If no other address is left, the connect fails with ERR_IP_BLOCKED. By
     * default no address is blocked. The list itself is asked at each attempt: unlike options, it can be changed at any time. It has no
     * effect on Unix sockets.
     */
    public SocketOptions blockList(BlockList blockList) {
        UsageException.requireArgument(blockList, "blockList");
        return with(values -> values.blockList = blockList);
    }

    // ---- of its life

    /** Sets a signal that destroys the socket, with code ABORT_ERR, when it is aborted; at once if it is aborted already. */
    public SocketOptions signal(AbortSignal signal) {
        UsageException.requireArgument(signal, "signal");
        return with(values -> values.signal = signal);
    }

    /**
     * Sets a descriptor that the socket takes over: a TCP or Unix socket, connected or to be connected; or an end of a pipe(7) or FIFO,
     * which can only be read, or only be written. By default the socket makes one.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code fd} is negative; ERR_INCOMPATIBLE_OPTION_PAIR if there is a handle
     */
    public SocketOptions fd(int fd) {
        UsageException.requireRange(fd, 0, Integer.MAX_VALUE, "options.fd");
        requireNone(values.handle != null, "handle", "fd");
        return with(values -> values.fd = fd);
    }

    /**
     * Sets a {@link Tcp} or {@link Pipe} of the socket's loop that the socket takes over, connected or to be connected: one that is bound,
     * like Node's BoundSocket, for example. By default the socket makes one.
     *
     * @throws UsageException ERR_INVALID_ARG_TYPE if {@code handle} is null or of another kind; ERR_INCOMPATIBLE_OPTION_PAIR if there is a
     *     descriptor
     */
    public SocketOptions handle(SocketHandle handle) {
        requireHandle(handle);
        requireNone(values.fd >= 0, "fd", "handle");
        return with(values -> values.handle = handle);
    }

    static void requireHandle(SocketHandle handle) {
        if (handle == null) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE", "The \"options.handle\" property must be a Tcp or a Pipe. Received null");
        }
    }

    /** Throws ERR_INCOMPATIBLE_OPTION_PAIR, with Node's text, if {@code isSet} says that {@code other} is set. */
    static void requireNone(boolean isSet, String other, String name) {
        if (isSet) {
            throw new UsageException(
                    "ERR_INCOMPATIBLE_OPTION_PAIR",
                    "Option \"" + name + "\" cannot be used in combination with option \"" + other + "\"");
        }
    }

    // ---- for the socket

    /** The options of the stream: of a descriptor, for the directions that it was opened for. */
    DuplexOptions duplex() {
        return values.fd < 0 ? values.duplex : GivenDescriptor.asOpened(values.fd, values.duplex);
    }

    @Nullable
    LentBuffer lent() {
        return values.lent;
    }

    @Nullable
    AbortSignal signal() {
        return values.signal;
    }

    @Nullable
    BlockList blockList() {
        return values.blockList;
    }

    int fd() {
        return values.fd;
    }

    @Nullable
    SocketHandle handle() {
        return values.handle;
    }

    /** Applies what concerns the connection: a socket that is not connected keeps it until then. */
    void applyTo(Socket socket) {
        if (values.noDelay) {
            socket.setNoDelay();
        }
        if (values.keepAlive.isOn()) {
            socket.setKeepAlive(values.keepAlive);
        }
        if (values.typeOfService >= 0) {
            socket.setTypeOfService(values.typeOfService);
        }
        if (values.kernelOptions != DeferredOptions.NONE) {
            values.kernelOptions.applyTo(socket::set);
        }
    }

    private OptionList list() {
        return addTo(new OptionList("SocketOptions"))
                .add("fd", values.fd, NONE)
                .add("handle", values.handle, null)
                .add("typeOfService", values.typeOfService, NONE)
                .add("blockList", values.blockList, null)
                .add("signal", values.signal, null)
                .add("options", values.kernelOptions, DeferredOptions.NONE);
    }

    /** Adds the options that a server has for its sockets. */
    OptionList addTo(OptionList list) {
        return list.addFlag("allowHalfOpen", values.duplex.allowHalfOpen())
                .addFlag("noDelay", values.noDelay)
                .add("keepAlive", values.keepAlive, KeepAlive.OFF)
                .add("highWaterMark", values.duplex.readableHighWaterMark(), DuplexOptions.DEFAULT_HIGH_WATER_MARK)
                .addPresence("onRead", values.lent);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SocketOptions options && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns the options that differ from their defaults. */
    @Override
    public String toString() {
        return list().toString();
    }
}
