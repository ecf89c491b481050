package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.proxy.ProxyHeader;
import io.chagres.proxy.ProxyHeaderParser;
import io.chagres.sys.Descriptors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A connection between two sockets: {@link Socket#detach()} has taken it out of one, and {@link Server#adopt(DetachedSocket)} makes the
 * next one of it, on the same loop, on another, or in another process.
 *
 * <pre>{@code
 * DetachedSocket connection = socket.detach();             // on the loop of the socket
 * other.execute(() -> {
 *     if (!server.adopt(connection)) connection.close();   // on the loop of the server
 * });
 * }</pre>
 *
 * <p>No byte is lost or changes its place. Bytes that the old socket had received, and that no listener had taken, are the first data of
 * the new one. Bytes that the kernel has, and the end of the peer, come after them. Of a character that {@link Socket#onText} could
 * not complete, the bytes are among the first data too, if the text listener was the only data listener.
 *
 * <p>These belong to the connection and move with it: {@link Socket#bytesRead()} and {@link Socket#bytesWritten()}, the idle timeout,
 * which begins again, {@link ServerOptions#allowHalfOpen}, and all that the kernel's socket has, such as TCP_NODELAY and the keep-alive,
 * and the header of the PROXY protocol.
 * Listeners, pipes, marks of the buffers and {@link Socket#unref()} belong to the socket and do not move: the new socket gets those of the
 * server that adopts it. If the peer has ended, and the old socket has emitted that end, the new socket emits it again.
 *
 * <p>A connection in a layer, TLS for example, can't move, since the state of the layer would be lost. Neither can one with bytes that
 * are not sent yet: the callback of the last write says when they are.
 *
 * <p>This object owns the descriptor until a server has adopted it, or until {@link #close()}. It belongs to no thread. One thread at a time
 * may use it, and it must be passed on safely, as {@link io.chagres.loop.Loop#execute} does. A connection that is neither adopted nor
 * closed is a leak: no collector closes it.
 *
 * <h2>To another process</h2>
 *
 * SCM_RIGHTS of unix(7) carries the descriptor, {@link #state()} is the rest as bytes, and {@link #of(int, ByteBuffer)} puts the two
 * together again. Once the other process has them, {@link #close()} closes the descriptor of this process; the connection stays open.
 */
public final class DetachedSocket implements AutoCloseable {

    private static final int NONE = -1;
    private static final int HALF_OPEN = 1;
    private static final int IDLE = 2;
    private static final int HEADER = 4;
    private static final int MAX_HEADER = ProxyHeaderParser.MAX_MAX_LENGTH;
    private static final int STATE_BYTES = 3 * Long.BYTES + 1;

    /** The numbers and flags that the new socket goes on with. */
    record State(
            long bytesRead,
            long bytesWritten,
            long timeoutMillis,
            boolean allowHalfOpen,
            boolean wasIdle,
            @Nullable ProxyHeader proxyHeader) {}

    private int fd;
    private final ByteBuffer unread;
    private final State state;

    DetachedSocket(int fd, ByteBuffer unread, State state) {
        this.fd = fd;
        this.unread = unread;
        this.state = state;
    }

    /**
     * Returns a connection that is made by hand: nothing was read, it has no timeout, and it does not stay half open.
     *
     * @param fd a connected stream socket, which belongs to the result from now on
     * @throws UsageException EINVAL if {@code fd} is negative
     */
    public static DetachedSocket of(int fd) {
        return new DetachedSocket(requireDescriptor(fd), ByteBuffer.allocate(0), new State(0, 0, 0, false, true, null));
    }

    /**
     * Returns a connection of a descriptor and the bytes of {@link #state()}, in this process or another one that has the same version of
     * Chagres.
     *
     * @param fd a connected stream socket, which belongs to the result from now on
     * @param state read from its position to its limit; it is copied, and not moved
     * @throws UsageException EINVAL if {@code fd} is negative, or {@code state} is no such state; the caller still owns {@code fd}
     */
    public static DetachedSocket of(int fd, ByteBuffer state) {
        requireDescriptor(fd);
        ByteBuffer from =
                UsageException.requireArgument(state, "state").duplicate().order(ByteOrder.BIG_ENDIAN);
        if (from.remaining() < STATE_BYTES) {
            throw new UsageException(
                    "EINVAL",
                    "the state of a connection has at least " + STATE_BYTES + " bytes. Received " + from.remaining());
        }
        long bytesRead = from.getLong();
        long bytesWritten = from.getLong();
        long timeoutMillis = from.getLong();
        int flags = from.get();
        if (bytesRead < 0 || bytesWritten < 0 || timeoutMillis < 0 || (flags & ~(HALF_OPEN | IDLE | HEADER)) != 0) {
            throw new UsageException("EINVAL", "this is not the state of a connection: " + state);
        }
        ProxyHeader header = (flags & HEADER) == 0 ? null : new ProxyHeaderParser(MAX_HEADER).parse(from);
        ByteBuffer unread = ByteBuffer.allocate(from.remaining()).put(from).flip();
        boolean allowHalfOpen = (flags & HALF_OPEN) != 0;
        boolean wasIdle = (flags & IDLE) != 0;
        return new DetachedSocket(
                fd, unread, new State(bytesRead, bytesWritten, timeoutMillis, allowHalfOpen, wasIdle, header));
    }

    private static int requireDescriptor(int fd) {
        if (fd < 0) {
            throw new UsageException("EINVAL", "fd must not be negative. Received " + fd);
        }
        return fd;
    }

    /** Returns everything but the descriptor as bytes, the {@link #unread()} bytes included, for {@link #of(int, ByteBuffer)}. */
    public ByteBuffer state() {
        ByteBuffer header = state.proxyHeader == null ? ByteBuffer.allocate(0) : state.proxyHeader.encode();
        int flags = (state.allowHalfOpen ? HALF_OPEN : 0)
                | (state.wasIdle ? IDLE : 0)
                | (state.proxyHeader != null ? HEADER : 0);
        return ByteBuffer.allocate(STATE_BYTES + header.remaining() + unread.remaining())
                .putLong(state.bytesRead)
                .putLong(state.bytesWritten)
                .putLong(state.timeoutMillis)
                .put((byte) flags)
                .put(header)
                .put(unread.duplicate())
                .flip();
    }

    /** Returns the descriptor, which this object owns; -1 once a server has adopted it, or it was closed. */
    public int fd() {
        return fd;
    }

    /** Returns the bytes that have arrived, and that no listener has taken: a read-only view. */
    public ByteBuffer unread() {
        return unread.asReadOnlyBuffer();
    }

    /** Returns the number of bytes that have arrived, those of {@link #unread()} included. */
    public long bytesRead() {
        return state.bytesRead;
    }

    /** Returns the number of bytes that were written. All of them were sent. */
    public long bytesWritten() {
        return state.bytesWritten;
    }

    /** Returns the idle timeout in milliseconds; 0 if there is none. */
    public long timeoutMillis() {
        return state.timeoutMillis;
    }

    /** Returns whether the connection can still be written after its peer has ended. */
    public boolean allowHalfOpen() {
        return state.allowHalfOpen;
    }

    /** Returns the header of the PROXY protocol that the connection has begun with, or null. */
    public @Nullable ProxyHeader proxyHeader() {
        return state.proxyHeader;
    }

    boolean wasIdle() {
        return state.wasIdle;
    }

    /** Returns the bytes of {@link #unread()} for the new socket, whose listeners may change them. */
    ByteBuffer rest() {
        return unread.duplicate();
    }

    /** Returns the descriptor, which belongs to the caller from now on. */
    int take() {
        if (fd < 0) {
            throw new UsageException("EBADF", "the connection was adopted or closed already: " + this);
        }
        int taken = fd;
        fd = NONE;
        return taken;
    }

    /** Takes the descriptor back that {@link #take} has given away: the connection was not adopted. */
    void putBack(int descriptor) {
        fd = descriptor;
    }

    /** Closes the descriptor. Without effect if a server has adopted the connection, or it was closed before. */
    @Override
    public void close() {
        if (fd >= 0) {
            Descriptors.close(take());
        }
    }

    /** Returns the descriptor and the number of unread bytes, as in "DetachedSocket (fd 7, 12 bytes to read)". */
    @Override
    public String toString() {
        return "DetachedSocket (" + (fd < 0 ? "adopted or closed" : "fd " + fd) + ", " + unread.remaining()
                + " bytes to read)";
    }
}
