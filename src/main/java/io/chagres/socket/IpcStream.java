package io.chagres.socket;

import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;

/**
 * A stream between processes of one machine. Made for it, it carries descriptors besides bytes: {@link #write(ByteBuffer,
 * StreamHandle, Completion)} sends the socket of another handle along, and {@link #accept} takes what the peer has sent.
 *
 * <p>A descriptor travels with the first byte of its write, and arrives with the read that brings this byte: {@link
 * #pendingCount()} tells of it in {@link ReadListener#onRead}. Both sides then have the socket, and each closes its own.
 * Descriptors that are not taken are closed with the stream.
 *
 * <p>A peer can't use up the descriptors of the process. At most {@link #MAX_PENDING} wait in a stream to be taken; when more
 * arrive, reading fails with ETOOMANYREFS, and those that wait can still be taken. The last 16 numbers of the process are left
 * to others, as by a server that sheds connections: a descriptor that gets one of them is closed, and its bytes arrive without
 * it. The kernel does the same if there is no number left (EMFILE).
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/pipe.html">uv_pipe_t</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7), SCM_RIGHTS</a>
 */
public abstract class IpcStream extends StreamHandle {

    /** The number of descriptors that wait in a stream to be taken: as many as one message can carry, SCM_MAX_FD. */
    public static final int MAX_PENDING = 253;

    /** Null where it carries bytes only. */
    private final IpcTransport ipc;

    /** A stream without a socket; {@code ipc} makes it one that carries descriptors. */
    protected IpcStream(Loop loop, boolean ipc) {
        this(loop, ipc ? IpcTransport.on(loop) : null);
    }

    private IpcStream(Loop loop, IpcTransport ipc) {
        super(loop);
        this.ipc = ipc;
        if (ipc != null) {
            watcher().carryDescriptors(ipc);
        }
    }

    /** Whether it carries descriptors. */
    public final boolean isIpc() {
        return ipc != null;
    }

    // ---- sending

    /**
     * As {@link #write(ByteBuffer, Completion)}, and sends the descriptor of {@code toSend} along, which may be closed from the
     * callback on; where it is closed before, the write fails with EBADF.
     *
     * @param data at least one byte
     * @param toSend a stream of the same loop
     * @throws UsageException EINVAL where this is no ipc stream; EBADF where {@code toSend} has no socket; and as without it
     */
    public final void write(ByteBuffer data, StreamHandle toSend, Completion callback) {
        write(new ByteBuffer[] {UsageException.requireArgument(data, "data")}, toSend, callback);
    }

    /** As {@link #write(ByteBuffer, StreamHandle, Completion)}, of several buffers. */
    public final void write(ByteBuffer[] data, StreamHandle toSend, Completion callback) {
        core().checkThread();
        requireSendable(toSend);
        WriteRequest request = new WriteRequest(data, callback);
        request.toSend = toSend;
        requireBytes(request.remaining);
        toSend.watcher().share();
        enqueue(request);
    }

    /**
     * As {@link #tryWrite(ByteBuffer)}, and sends the descriptor of {@code toSend} along: where the result is not 0, it has gone
     * with these bytes.
     *
     * @throws UsageException as {@link #write(ByteBuffer, StreamHandle, Completion)}
     */
    public final int tryWrite(ByteBuffer data, StreamHandle toSend) {
        WriteRequest.requireSize(UsageException.requireArgument(data, "data").remaining());
        if (mustQueue()) {
            return 0;
        }
        requireWritable();
        requireSendable(toSend);
        requireBytes(data.remaining());
        Buffers.requireAccessible(data);
        toSend.watcher().share();
        Gather gather = Gather.of(core());
        gather.clear(Integer.MAX_VALUE);
        gather.add(data);
        return Transport.taken(this, gather.send(fd(), toSend.fd()));
    }

    private void requireSendable(StreamHandle toSend) {
        requireIpc();
        UsageException.requireArgument(toSend, "toSend");
        if (toSend.loop() != loop()) {
            throw new UsageException("EINVAL", "toSend belongs to another loop: " + toSend);
        }
        if (toSend.fd() < 0) {
            throw new UsageException("EBADF", "toSend has no socket: " + toSend);
        }
    }

    private static void requireBytes(long count) {
        if (count == 0) {
            throw new UsageException("EINVAL", "data is empty, and a descriptor travels with at least one byte");
        }
    }

    private void requireIpc() {
        if (ipc == null) {
            throw new UsageException("EINVAL", "it is not made to carry descriptors: " + this);
        }
    }

    // ---- receiving

    /** How many descriptors have come and were not taken. */
    public final int pendingCount() {
        core().checkThread();
        return ipc == null ? 0 : ipc.received().count();
    }

    /** What the first of them is; UNKNOWN where there is none. */
    public final DescriptorKind pendingType() {
        return pendingCount() == 0
                ? DescriptorKind.UNKNOWN
                : DescriptorKind.of(ipc.received().peek());
    }

    /**
     * Takes the first descriptor that has come as it is: for kinds that no handle takes. It is close-on-exec, and the caller's to
     * close.
     *
     * @throws UsageException EAGAIN where none has come; EINVAL where this is no ipc stream
     */
    public final int acceptDescriptor() {
        requireOpen("acceptDescriptor");
        requireIpc();
        requirePending();
        return ipc.received().take();
    }

    private void requirePending() {
        if (pendingCount() == 0) {
            throw new UsageException("EAGAIN", "no descriptor waits to be accepted: " + this);
        }
    }

    /** What is refused stays, and can be given to another handle. */
    @Override
    final void handOver(StreamHandle client) {
        if (ipc == null) {
            super.handOver(client);
            return;
        }
        requirePending();
        DescriptorKind kind = pendingType();
        if (!client.takes(kind)) {
            throw new UsageException("EINVAL", "a descriptor of kind " + kind + " waits, which is not for " + client);
        }
        client.adopt(ipc.received().peek());
        ipc.received().take();
        client.onAccepted();
    }

    @Override
    protected void release() {
        try {
            super.release();
        } finally {
            if (ipc != null) {
                ipc.received().closeAll();
            }
        }
    }
}
