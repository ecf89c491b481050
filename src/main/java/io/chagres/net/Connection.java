package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.handle.Completion;
import io.chagres.jfr.Flight;
import io.chagres.loop.internal.LeakReports;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.ReadSlab;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.ReadListener;
import io.chagres.socket.SocketHandle;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The established connection of a {@link Socket}: its handle, and the bytes that were counted. It reads into the slab of the loop, or
 * into the user's buffer, and writes without a request as far as the kernel takes the bytes at once. When the socket is destroyed, the
 * handle is given up; the counters stay, and so does the peer's address if it was asked for.
 *
 * <p>It is its own read listener, and the close listener of the handle ({@link #run}): that saves two objects a connection.
 */
final class Connection implements ReadListener, Runnable {

    /** The peer has ended its writing side before this side did. */
    static final byte ENDED_BY_PEER = 1;

    private static final byte ENDED_HERE = 2;

    static {
        Flight.setStreamEnds(SocketEnds::of);
    }

    private final Socket socket;
    private final ReadSlab slab;
    private @Nullable SocketHandle handle;
    private boolean reading;
    /** True if bytes have arrived since the last write: an answer may be due. */
    private boolean owes;
    /** The side that has ended first: 0 before, ENDED_BY_PEER or ENDED_HERE. */
    private byte firstEnd;

    private long bytesRead;
    private long bytesWritten;
    private @Nullable SocketAddress remote;

    /** @param handle a connected handle */
    Connection(Socket socket, SocketHandle handle) {
        this.socket = socket;
        this.handle = handle;
        slab = ReadSlab.of(LoopCore.of(socket.loop()));
        handle.onClose(this);
        if (Flight.isOn()) {
            ConnectionRecord.opened(socket, handle);
        }
    }

    /** Called when the handle has closed. If the socket did not close it, the loop did, as it was closed itself. */
    @Override
    public void run() {
        if (handle != null) { // null: the socket has given it up, and may have been connected again since
            socket.destroy();
        }
    }

    /** Returns the handle; null once the socket is destroyed. */
    @Nullable
    SocketHandle handle() {
        return handle;
    }

    /** Returns the handle of a connection that was not closed. */
    SocketHandle open() {
        return Objects.requireNonNull(handle);
    }

    // ---- reading

    void read() {
        if (!reading && !open().isClosing()) {
            reading = true;
            open().readStart(this);
        }
    }

    void stopReading() {
        if (reading) {
            reading = false;
            open().readStop();
        }
    }

    @Override
    public @Nullable ByteBuffer onAllocate(int suggestedSize) {
        if (socket.lent != null) {
            return room(socket.lent);
        }
        return socket.lends() ? slab.ofLoans().room() : slab.room();
    }

    private @Nullable ByteBuffer room(LentBuffer lent) {
        try {
            return lent.room();
        } catch (UsageException readOnly) {
            socket.destroy(readOnly);
            return null;
        }
    }

    @Override
    public void onRead(int count, ByteBuffer buffer) {
        socket.touch();
        if (count > 0) {
            bytesRead += count;
            owes = true;
            if (!receive(count, buffer)) {
                stopReading();
            }
        }
    }

    private boolean receive(int count, ByteBuffer buffer) {
        if (socket.lent != null) {
            return socket.lent.reader().onRead(socket, buffer, count);
        }
        if (slab.isRoom(buffer)) {
            return socket.received(slab.take(count));
        }
        lendFrom(slab.ofLoans(), count);
        return true;
    }

    private void lendFrom(ReadSlab loans, int count) {
        if (socket.receivedLoan(loans.lend(count))) {
            loans.giveAway();
        } else {
            loans.takeBack();
        }
    }

    @Override
    public void onEnd() {
        socket.touch();
        reading = false;
        noteEnd(ENDED_BY_PEER);
        socket.receivedEnd();
    }

    @Override
    public void onError(SystemException error) {
        reading = false;
        if (remote == null && SocketSettings.clientHeaderOf(socket) == null) {
            remote = open().knownPeer(); // the error was made of it: no second system call
        }
        socket.destroy(error);
    }

    long bytesRead() {
        return bytesRead;
    }

    /** Counts bytes that were read before there was a socket. */
    void countUnread(int size) {
        bytesRead += size;
        owes = true;
    }

    /** Counts on from the numbers of the socket that had the connection before. */
    void countFrom(DetachedSocket earlier) {
        bytesRead = earlier.bytesRead();
        bytesWritten = earlier.bytesWritten();
        owes = !earlier.wasIdle();
    }

    // ---- writing

    void write(ByteBuffer data, Completion done) {
        socket.touch();
        int size = data.remaining();
        int taken;
        try {
            taken = open().tryWrite(data);
        } catch (ChagresException error) {
            done.onComplete(refusal(error));
            return;
        } catch (IllegalStateException | WrongThreadException closedArena) {
            done.onComplete(open().failure(Errno.EFAULT, "write").because(closedArena));
            return;
        }
        bytesWritten += size;
        owes = false;
        if (taken == size) {
            done.onComplete(null);
        } else {
            queue(new ByteBuffer[] {data.slice(data.position() + taken, size - taken)}, done);
        }
    }

    void write(ByteBuffer[] data, Completion done) {
        socket.touch();
        for (ByteBuffer buffer : data) {
            bytesWritten += buffer.remaining();
        }
        owes = false;
        try {
            queue(data, done);
        } catch (ChagresException error) {
            done.onComplete(refusal(error));
        } catch (IllegalStateException | WrongThreadException closedArena) {
            done.onComplete(open().failure(Errno.EFAULT, "write").because(closedArena));
        }
    }

    /** Returns the error of a refused write. Below the socket, a handle that was closed gives EBADF, as in Node. */
    private ChagresException refusal(ChagresException error) {
        return open().isClosing() ? SystemException.of(Errno.EBADF, "write") : error;
    }

    private void queue(ByteBuffer[] data, Completion done) {
        open().write(data, error -> {
            destroyWithHandle();
            if (socket.isDestroyed()) {
                done.onComplete(null);
            } else {
                socket.wrote(open().writeQueueSize());
                done.onComplete(error);
            }
        });
        socket.wrote(open().writeQueueSize());
    }

    /** Counts {@code size} bytes as written that have waited for the connection, and will be written now. */
    void owe(long size) {
        bytesWritten += size;
    }

    /** Returns the bytes that the kernel has not taken yet. */
    long queueSize() {
        return handle == null ? 0 : handle.writeQueueSize();
    }

    boolean isIdle() {
        return !owes && queueSize() == 0;
    }

    /** Returns the bytes that were written, those in the queue of the handle included. */
    long bytesWritten() {
        return bytesWritten;
    }

    /** Shuts the writing side down: the peer reads an end. A connection that the peer has reset has nothing to shut down. */
    void shutdown(Completion done) {
        noteEnd(ENDED_HERE);
        if (!open().isWritable()) {
            done.onComplete(null);
            return;
        }
        open().shutdown(error -> {
            destroyWithHandle();
            boolean isDown = error == null || error.code().equals("ENOTCONN");
            done.onComplete(isDown || socket.isDestroyed() ? null : error);
        });
    }

    // ---- the end

    private void noteEnd(byte side) {
        if (firstEnd == 0) {
            firstEnd = side;
        }
    }

    /** Destroys the socket if the loop has closed its handle. */
    private void destroyWithHandle() {
        if (!socket.isDestroyed() && open().isClosing()) {
            socket.destroy();
        }
    }

    /**
     * Closes the handle and gives it up.
     *
     * @param reset whether the peer gets a reset
     * @param onClosed the close callback of the handle
     * @return false if the loop has closed the handle already: {@code onClosed} is never called
     */
    boolean close(boolean reset, Runnable onClosed) {
        SocketHandle closing = open();
        if (Flight.isOn()) {
            ConnectionRecord.closed(socket, this, closing, reset, firstEnd);
        }
        if (LeakReports.areWanted()) {
            reportUnsent(closing);
        }
        handle = null;
        reading = false;
        if (closing.isClosing()) {
            return false;
        }
        if (reset) {
            closing.reset(onClosed);
        } else {
            closing.close(onClosed);
        }
        return true;
    }

    /** Gives the handle up, and leaves its descriptor open for another connection: returns it. */
    int detach() {
        rememberPeer();
        SocketHandle leaving = open();
        if (Flight.isOn()) {
            ConnectionRecord.detached(socket, this, leaving, firstEnd);
        }
        handle = null;
        reading = false;
        return leaving.detach();
    }

    private void reportUnsent(SocketHandle closing) {
        long unsent = Math.max(closing.writeQueueSize(), socket.writableLength());
        if (unsent > 0) {
            LeakReports.report("a socket was destroyed with " + unsent + " bytes unsent: " + socket);
        }
    }

    // ---- addresses

    /** Returns the text of its socket, for a dump of the handle; any thread. */
    @Override
    public String toString() {
        return socket.toString();
    }

    /** Adds both addresses; any thread. */
    void describe(StringJoiner text) {
        SocketHandle open = handle;
        ProxyHeader client = SocketSettings.clientHeaderOf(socket);
        if (client != null) {
            text.add(client.destination() == null ? "a Unix socket" : client.destination() + " -> " + client.source());
        }
        String ends = open != null ? open.describeEnds() : remote == null || client != null ? "" : "-> " + remote;
        if (!ends.isEmpty()) {
            text.add(client == null ? ends : "through " + ends);
        }
    }

    @Nullable
    SocketAddress localAddress() {
        ProxyHeader client = SocketSettings.clientHeaderOf(socket);
        return handle == null ? null : client != null ? client.destination() : handle.localAddress();
    }

    @Nullable
    SocketAddress remoteAddress() {
        rememberPeer();
        return remote;
    }

    /** Asks for the peer's address while there is a handle, for the events that follow its close. */
    void rememberPeer() {
        if (remote == null && handle != null) {
            ProxyHeader client = SocketSettings.clientHeaderOf(socket);
            remote = client != null ? client.source() : handle.peer();
        }
    }
}
