package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.handle.Completion;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.ReadSlab;
import io.chagres.socket.ReadListener;
import io.chagres.socket.SocketHandle;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;
import java.util.StringJoiner;

/**
 * What a {@link Socket} stands on once it is connected: its handle, which it reads into the slab of the loop, or into a buffer
 * of the user's, and writes to without a request as far as the kernel takes the bytes at once. When the socket is destroyed the
 * handle goes; what was counted stays, and the peer's address if somebody has asked for it.
 */
final class Connection implements ReadListener, Runnable {

    private final Socket socket;
    private final ReadSlab slab;
    private SocketHandle handle;
    private boolean reading;
    /** Whether bytes have come since the last write: somebody may be at work on an answer. */
    private boolean owes;

    private long bytesRead;
    private long bytesWritten;
    private SocketAddress remote;

    /** @param handle is connected */
    Connection(Socket socket, SocketHandle handle) {
        this.socket = socket;
        this.handle = handle;
        slab = ReadSlab.of(LoopCore.of(socket.loop()));
        handle.onClose(this);
    }

    /** Somebody else has closed the handle: the loop, as it is closed itself. */
    @Override
    public void run() {
        if (handle != null) { // else the socket has seen it already, and may have been connected again since
            socket.destroy();
        }
    }

    /** Null where the socket was destroyed. */
    SocketHandle handle() {
        return handle;
    }

    // ---- reading

    void read() {
        if (!reading && !handle.isClosing()) {
            reading = true;
            handle.readStart(this);
        }
    }

    void stopReading() {
        if (reading) {
            reading = false;
            handle.readStop();
        }
    }

    @Override
    public ByteBuffer onAllocate(int suggestedSize) {
        if (socket.lent != null) {
            return lentRoom();
        }
        return socket.lends() ? slab.ofLoans().room() : slab.room();
    }

    private ByteBuffer lentRoom() {
        try {
            return socket.lent.room();
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
        socket.receivedEnd();
    }

    @Override
    public void onError(SystemException error) {
        reading = false;
        if (remote == null) {
            remote = handle.knownPeer(); // the error was made of it: no second system call
        }
        socket.destroy(error);
    }

    long bytesRead() {
        return bytesRead;
    }

    // ---- writing

    void write(ByteBuffer data, Completion done) {
        socket.touch();
        int size = data.remaining();
        int taken;
        try {
            taken = handle.tryWrite(data);
        } catch (ChagresException error) {
            done.onComplete(refusal(error));
            return;
        } catch (IllegalStateException | WrongThreadException closedArena) {
            done.onComplete(handle.failure(Errno.EFAULT, "write").because(closedArena));
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
            done.onComplete(handle.failure(Errno.EFAULT, "write").because(closedArena));
        }
    }

    /** As Node has it for a handle that was closed below the socket. */
    private ChagresException refusal(ChagresException error) {
        return handle.isClosing() ? SystemException.of(Errno.EBADF, "write") : error;
    }

    private void queue(ByteBuffer[] data, Completion done) {
        handle.write(data, error -> {
            if (isOver()) {
                done.onComplete(null);
            } else {
                socket.wrote(handle.writeQueueSize());
                done.onComplete(error);
            }
        });
        socket.wrote(handle.writeQueueSize());
    }

    /** Counts {@code size} bytes as written that are going to be: they waited for the connection. */
    void owe(long size) {
        bytesWritten += size;
    }

    /** The bytes that the kernel has not taken yet. */
    long queueSize() {
        return handle == null ? 0 : handle.writeQueueSize();
    }

    boolean isIdle() {
        return !owes && queueSize() == 0;
    }

    /** The bytes that were written, those that wait in the handle's queue included. */
    long bytesWritten() {
        return bytesWritten;
    }

    /** The peer reads an end. A connection that the peer has reset has nothing to shut down. */
    void shutdown(Completion done) {
        if (!handle.isWritable()) {
            done.onComplete(null);
            return;
        }
        handle.shutdown(error ->
                done.onComplete(isOver() || error == null || error.code().equals("ENOTCONN") ? null : error));
    }

    // ---- the end

    /** Whether the socket is destroyed; it is from now on, where the loop has closed the handle under it. */
    private boolean isOver() {
        if (!socket.isDestroyed() && handle.isClosing()) {
            socket.destroy();
        }
        return socket.isDestroyed();
    }

    /**
     * Gives the handle up.
     *
     * @param reset whether the peer shall get a reset, which there is only over TCP
     * @param onClosed the handle's close callback
     * @return false where the loop has closed the handle already, so that {@code onClosed} never comes
     */
    boolean close(boolean reset, Runnable onClosed) {
        SocketHandle closing = handle;
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

    // ---- addresses

    /** Any thread. */
    void describe(StringJoiner text) {
        SocketHandle open = handle;
        String ends = open != null ? open.describeEnds() : remote == null ? "" : "-> " + remote;
        if (!ends.isEmpty()) {
            text.add(ends);
        }
    }

    SocketAddress localAddress() {
        return handle == null ? null : handle.localAddress();
    }

    SocketAddress remoteAddress() {
        rememberPeer();
        return remote;
    }

    /** Asks for the peer's address while there is a handle, for events that come after it is closed. */
    void rememberPeer() {
        if (remote == null && handle != null) {
            remote = handle.peer();
        }
    }
}
