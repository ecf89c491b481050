package io.chagres.socket;

import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;

/**
 * The descriptors that an ipc pipe sends and receives: SCM_RIGHTS of unix(7).
 *
 * <p>A descriptor travels with the first byte of its write. It arrives with the read that brings this byte, and waits in {@link
 * ReceivedDescriptors} until it is accepted.
 */
final class Ipc {

    private final Pipe pipe;
    private final ReceivedDescriptors received;

    Ipc(Pipe pipe, IpcTransport transport) {
        this.pipe = pipe;
        this.received = transport.received();
        pipe.watcher().carryDescriptors(transport);
    }

    // ---- sending

    void write(ByteBuffer[] data, SocketHandle toSend, Completion callback) {
        requireSendable(toSend);
        WriteRequest request = new WriteRequest(data, callback);
        request.toSend = toSend;
        requireBytes(request.remaining);
        toSend.watcher().share();
        pipe.enqueue(request);
    }

    int tryWrite(ByteBuffer data, SocketHandle toSend) {
        requireSendable(toSend);
        requireBytes(data.remaining());
        Buffers.requireAccessible(data);
        toSend.watcher().share();
        Gather gather = Gather.of(pipe.core());
        gather.clear(Integer.MAX_VALUE);
        gather.add(data);
        return Transport.taken(pipe, gather.send(pipe.fd(), toSend.fd()));
    }

    private void requireSendable(SocketHandle toSend) {
        UsageException.requireArgument(toSend, "toSend");
        if (toSend.loop() != pipe.loop()) {
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

    // ---- receiving

    int pendingCount() {
        return received.count();
    }

    DescriptorKind pendingType() {
        return received.count() == 0 ? DescriptorKind.UNKNOWN : DescriptorKind.of(received.peek());
    }

    int take() {
        requirePending();
        return received.take();
    }

    private void requirePending() {
        if (received.count() == 0) {
            throw new UsageException("EAGAIN", "no descriptor waits to be accepted: " + pipe);
        }
    }

    /** Gives the first descriptor to {@code client}. If {@code client} refuses it, it stays and can be given to another handle. */
    void handOver(SocketHandle client) {
        requirePending();
        DescriptorKind kind = pendingType();
        if (!client.takes(kind)) {
            throw new UsageException(
                    "EINVAL", "a descriptor of kind " + kind + " waits, which " + client + " can't take");
        }
        client.adopt(received.peek());
        received.take();
        client.onAccepted();
    }

    void closeAll() {
        received.closeAll();
    }
}
