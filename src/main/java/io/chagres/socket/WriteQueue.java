package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Buffers;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The pending writes of a stream, in two lists. The first has the <em>finished</em> writes: the kernel has their bytes, or they have
 * failed, and their callbacks are due. Behind them are the writes that still have bytes for the kernel. Callbacks are called in the order
 * of the writes.
 */
final class WriteQueue {

    /** The maximum of system calls per flush: a peer that reads as fast as this stream writes must not hold the loop. */
    private static final int CALLS_PER_FLUSH = 32;

    /** A heap buffer with at least this many bytes is sent alone, without a copy. For a smaller buffer, a copy costs less than a call. */
    private static final int MIN_BYTES_SENT_ALONE = 16 * 1024;

    private final LoopCore core;
    private final StreamWatcher watcher;
    private final StreamHandle stream;
    private final Gather gather;
    private @Nullable WriteRequest finishedFirst;
    private @Nullable WriteRequest finishedLast;
    private @Nullable WriteRequest first;
    private @Nullable WriteRequest last;
    private long size;
    /** The number of bytes that the last {@link #send} offered to the kernel. */
    private long offered;

    private boolean isCompletionDue;
    private boolean hasLostBytes;

    /** A queue that calls {@link StreamHandle#afterWrites} of {@code stream} each time the callbacks that were due have been called. */
    WriteQueue(StreamHandle stream) {
        this.stream = stream;
        this.core = LoopCore.of(stream.loop());
        this.watcher = stream.watcher();
        this.gather = Gather.of(core);
    }

    /** Returns the bytes that the kernel has not taken. The bytes of a failed write count until its callback is called. */
    long size() {
        return size;
    }

    /** Returns whether no write has bytes for the kernel. */
    boolean isFlushed() {
        return first == null;
    }

    /** Returns whether there is no pending write, not even one whose callback is due. */
    boolean isEmpty() {
        return first == null && finishedFirst == null;
    }

    /** Returns whether bytes of a write were lost, since their arena was closed before they were sent. */
    boolean hasLostBytes() {
        return hasLostBytes;
    }

    /** Queues a write. It is tried at once, unless other writes are before it or {@code mayWrite} is false. */
    void add(WriteRequest request, boolean mayWrite) {
        core.keepAlive();
        boolean isNext = size == 0;
        append(request);
        if (isNext && mayWrite) {
            flush();
        } else {
            watcher.add(Epoll.EPOLLOUT);
        }
    }

    private void append(WriteRequest request) {
        size += request.remaining;
        if (last == null) {
            first = request;
        } else {
            last.next = request;
        }
        last = request;
    }

    /** Gives the kernel the bytes that it takes now. If some are left, waits until the descriptor is writable. */
    void flush() {
        sendWhatFits(watcher.fd());
        if (first == null) {
            watcher.remove(Epoll.EPOLLOUT);
        } else {
            watcher.add(Epoll.EPOLLOUT);
        }
        completeSoon();
    }

    /** Flushes, if there are bytes to send. Returns whether the kernel took some. */
    boolean tryFlush() {
        long before = size;
        if (first != null) {
            flush();
        }
        return size < before;
    }

    private void sendWhatFits(int fd) {
        for (int calls = 0; first != null && calls < CALLS_PER_FLUSH; calls++) {
            WriteRequest request = first;
            if (request.remaining == 0) {
                finishFirst(request, 0);
                continue;
            }
            long sent = sendUnlessLost(fd, request);
            if (sent >= 0) {
                boolean all = sent == offered;
                advance(sent);
                if (!all) {
                    return;
                }
            } else if (sent == -Errno.EAGAIN || sent == -Errno.ENOBUFS) {
                return; // after ENOBUFS the descriptor may still be writable: level-triggered, so the next iteration
                // tries again
            } else if (sent != -Errno.EINTR) {
                finishFirst(request, (int) -sent);
            }
        }
    }

    /** Sends as {@link #send} does. If the arena of the bytes is closed, it fails all writes and returns 0. */
    private long sendUnlessLost(int fd, WriteRequest request) {
        try {
            return send(fd, request);
        } catch (IllegalStateException | WrongThreadException closedArena) {
            lose(request, closedArena);
            return 0;
        }
    }

    /**
     * Fails the first write with EFAULT, since the arena of its bytes was closed, and the writes behind it with ECANCELED. Their bytes must
     * not be sent in the place of the lost ones.
     */
    private void lose(WriteRequest request, RuntimeException closedArena) {
        hasLostBytes = true;
        stream.writeFailed();
        request.closedArena = closedArena;
        finishFirst(request, Errno.EFAULT);
        while (first != null) {
            finishFirst(first, Errno.ECANCELED);
        }
    }

    private long send(int fd, WriteRequest request) {
        SocketHandle toSend = request.toSend;
        if (toSend != null) {
            return sendWithDescriptor(fd, request, toSend);
        }
        ByteBuffer buffer = request.firstBuffer();
        boolean alone = request.next == null && request.remaining == buffer.remaining();
        if (alone || buffer.remaining() >= MIN_BYTES_SENT_ALONE && !Buffers.stays(buffer)) {
            offered = Math.min(buffer.remaining(), watcher.transport().maxBytesPerWrite());
            return watcher.transport().write(fd, buffer);
        }
        gather(request);
        return watcher.transport().write(fd, gather);
    }

    /** Sends the descriptor with the first byte of its write: no earlier write may be in the same message. */
    private long sendWithDescriptor(int fd, WriteRequest request, SocketHandle toSend) {
        int descriptor = toSend.fd();
        if (descriptor < 0) {
            return -Errno.EBADF;
        }
        gather(request);
        long sent = gather.send(fd, descriptor);
        if (sent > 0) {
            request.toSend = null;
        }
        return sent;
    }

    private void gather(WriteRequest start) {
        gather.clear(watcher.transport().maxBytesPerWrite());
        WriteRequest request = start;
        do {
            request = addToGather(request) ? request.next : null;
        } while (request != null && request.toSend == null);
        offered = gather.total();
    }

    /**
     * Adds the bytes of {@code request}; returns whether all of them fit. If their arena is closed and other bytes are before them, the
     * other bytes are sent first, and the next call throws.
     */
    private boolean addToGather(WriteRequest request) {
        try {
            return gather.add(request);
        } catch (IllegalStateException | WrongThreadException closedArena) {
            if (gather.total() == 0) {
                throw closedArena;
            }
            return false;
        }
    }

    private void advance(long sent) {
        size -= sent;
        while (first != null && sent >= first.remaining) {
            sent -= first.remaining;
            first.remaining = 0;
            finishFirst(first, 0);
        }
        if (first != null && sent > 0) {
            first.advance(sent);
        }
    }

    /** Fails all writes that still have bytes for the kernel with {@code errno}. Their callbacks are called later. */
    void fail(int errno) {
        while (first != null) {
            finishFirst(first, errno);
        }
        completeSoon();
    }

    private void finishFirst(WriteRequest request, int errno) {
        first = request.next;
        if (first == null) {
            last = null;
        }
        request.next = null;
        request.errno = errno;
        if (finishedLast == null) {
            finishedFirst = request;
        } else {
            finishedLast.next = request;
        }
        finishedLast = request;
    }

    /** Has the due callbacks called in the pending phase: a callback is never called inside the call that made the write. */
    private void completeSoon() {
        if (finishedFirst != null && !isCompletionDue) {
            core.pend(this::complete);
            isCompletionDue = true;
        }
    }

    /** Calls the callbacks that are due now. Writes that these callbacks make complete in the next round. */
    void complete() {
        isCompletionDue = false;
        WriteRequest request = finishedFirst;
        WriteRequest dueLast = finishedLast;
        while (request != null) {
            boolean isLast = request == dueLast;
            takeFinished(request);
            size -= request.remaining;
            Requests.complete(stream, request.callback(), request.failure(stream));
            request = isLast ? null : finishedFirst;
        }
        stream.afterWrites();
    }

    private void takeFinished(WriteRequest request) {
        finishedFirst = request.next;
        if (finishedFirst == null) {
            finishedLast = null;
        }
    }
}
