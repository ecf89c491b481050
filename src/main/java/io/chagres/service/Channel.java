package io.chagres.service;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.loop.Loop;
import io.chagres.socket.DescriptorKind;
import io.chagres.socket.Pipe;
import io.chagres.socket.ReadListener;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import io.chagres.sys.FileIdentity;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The Unix socket between the two processes of a handover: it sends and receives frames, some of them with a descriptor.
 *
 * <p>The kernel passes a descriptor with the first byte of its frame, and a receiver without a free number gets the bytes alone. So each
 * frame names the inode of its descriptor: a frame never takes the descriptor of another one.
 */
final class Channel implements ReadListener {

    /** Receives the frames. After {@link #onGone} it is not called any more. */
    interface Receiver {
        void onFrame(Frame frame);

        /** Called once if the peer has gone, or has sent what is no frame. The channel is closed. */
        void onGone(String reason);
    }

    private static final int READ_BYTES = 1 << 16;

    private final Pipe pipe;
    private final Receiver receiver;
    private final ByteBuffer room = ByteBuffer.allocate(READ_BYTES);
    private ByteBuffer input = ByteBuffer.allocate(0);

    /** @param pipe a connected pipe that carries descriptors */
    Channel(Pipe pipe, Receiver receiver) {
        this.pipe = pipe;
        this.receiver = receiver;
    }

    void begin() {
        pipe.readStart(this);
    }

    /** Returns whether the peer has the user id of this process, or is root. */
    static boolean isTrusted(Pipe peer) {
        long uid = peer.peerCredentials().uid();
        return uid == 0 || uid == ownUid(peer.loop());
    }

    /** Asks the kernel for the credentials of a socket pair of this process. */
    private static long ownUid(Loop loop) {
        int[] pair = Pipe.socketpair();
        Pipe own = new Pipe(loop);
        try {
            own.open(pair[0]);
            return own.peerCredentials().uid();
        } finally {
            own.close();
            Descriptors.close(pair[1]);
        }
    }

    // ---- sending

    void send(Frame frame) {
        if (!pipe.isClosing() && pipe.isWritable()) {
            pipe.write(frame.encode(), error -> {
                if (error != null) {
                    gone(String.valueOf(error.getMessage()));
                }
            });
        }
    }

    /** Sends {@code frame} and closes the channel. The receiver is not called any more. */
    void sendLast(Frame frame) {
        pipe.readStop();
        pipe.write(frame.encode(), error -> pipe.close());
    }

    /**
     * Sends {@code frame} with a duplicate of {@code fd}, which stays open.
     *
     * @throws SystemException EMFILE and others
     */
    void send(Frame frame, int fd) {
        SocketHandle carrier = carrier(pipe.loop(), fd);
        try {
            pipe.write(frame.encode(), carrier, error -> {
                carrier.close();
                if (error != null) {
                    gone(String.valueOf(error.getMessage()));
                }
            });
        } catch (Throwable refused) {
            carrier.close();
            throw refused;
        }
    }

    private static SocketHandle carrier(Loop loop, int fd) {
        SocketHandle handle = DescriptorKind.of(fd) == DescriptorKind.TCP ? new Tcp(loop) : new Pipe(loop);
        int duplicate = Descriptors.fcntl(fd, Descriptors.F_DUPFD_CLOEXEC, 0);
        try {
            handle.open(check(duplicate, "fcntl"));
        } catch (Throwable refused) {
            handle.close();
            if (duplicate >= 0) {
                Descriptors.close(duplicate);
            }
            throw refused;
        }
        return handle;
    }

    /** Returns the inode of {@code fd}; 0 if the kernel does not tell it. */
    static long inode(int fd) {
        FileIdentity file = FileIdentity.of(fd);
        return file == null ? 0 : file.inode();
    }

    // ---- receiving

    /** Takes the descriptor of a frame, which names its inode. The caller owns it. */
    int takeDescriptor(long inode) {
        if (pipe.pendingCount() == 0) {
            throw new IllegalArgumentException("a descriptor was lost, since the process has none to spare");
        }
        int fd = pipe.acceptDescriptor();
        if (inode != inode(fd)) {
            Descriptors.close(fd);
            throw new IllegalArgumentException("a descriptor was lost, since the process has none to spare");
        }
        return fd;
    }

    @Override
    public ByteBuffer onAllocate(int suggestedSize) {
        return room;
    }

    @Override
    public void onRead(int count, ByteBuffer buffer) {
        if (count == 0) {
            return;
        }
        input = ByteBuffer.allocate(input.remaining() + count)
                .put(input)
                .put(buffer.slice(buffer.position(), count))
                .flip();
        try {
            while (!pipe.isClosing() && hasFrame()) {
                int length = input.getInt();
                Frame.Type type = Frame.type(input.get());
                ByteBuffer payload = input.slice(input.position(), length - 1);
                input.position(input.position() + length - 1);
                receiver.onFrame(new Frame(type, payload));
            }
        } catch (IllegalArgumentException | BufferUnderflowException | NegativeArraySizeException wrong) {
            gone("it does not keep to the protocol: " + wrong.getMessage());
        }
    }

    private boolean hasFrame() {
        if (input.remaining() < Frame.HEAD) {
            return false;
        }
        int length = input.getInt(input.position());
        if (length < 1 || length > Frame.MAX_BYTES) {
            throw new IllegalArgumentException("a frame of " + length + " bytes");
        }
        return input.remaining() >= Integer.BYTES + length;
    }

    @Override
    public void onEnd() {
        gone("it has closed the channel");
    }

    @Override
    public void onError(SystemException error) {
        gone(String.valueOf(error.getMessage()));
    }

    private void gone(String reason) {
        if (!pipe.isClosing()) {
            pipe.close();
            receiver.onGone(reason);
        }
    }

    // ---- the end

    boolean isClosed() {
        return pipe.isClosing();
    }

    void close() {
        pipe.close();
    }

    /** Closes the channel, and leaves its socket open for another one: returns the descriptor. */
    int detach() {
        return pipe.detach();
    }
}
