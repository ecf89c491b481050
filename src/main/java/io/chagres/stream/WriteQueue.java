package io.chagres.stream;

import io.chagres.loop.LoopCore;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;

/**
 * The writes of a stream that are not over yet: first those that are through, or failed, and wait for their callback to be
 * called; behind them those that still have bytes for the kernel. Callbacks come in the order of the writes.
 */
final class WriteQueue {

    /** System calls per flush: a peer that reads as fast as we write must not hold the loop. */
    private static final int CALLS_PER_FLUSH = 32;

    /** Bytes on the heap are sent straight from there from this size on; below, one copy costs less than one more call. */
    private static final int WORTH_ITS_OWN_CALL = 16 * 1024;

    private final LoopCore core;
    private final StreamWatcher watcher;
    private final StreamHandle stream;
    private final Gather gather;
    private WriteRequest finishedFirst;
    private WriteRequest finishedLast;
    private WriteRequest first;
    private WriteRequest last;
    private long size;
    /** What the last {@link #send} offered to the kernel. */
    private long offered;
    private boolean tellingSoon;

    /** {@link StreamHandle#afterWrites} of {@code stream} runs whenever all callbacks that were due have been called. */
    WriteQueue(StreamHandle stream) {
        this.stream = stream;
        this.core = stream.loop().core();
        this.watcher = stream.watcher();
        this.gather = Gather.of(core);
    }

    /** The bytes that wait for the kernel; those of a failed write count until its callback is called. */
    long size() {
        return size;
    }

    /** Whether no write waits for the kernel. */
    boolean isFlushed() {
        return first == null;
    }

    /** Whether there is no write at all, not even one that waits for its callback. */
    boolean isEmpty() {
        return first == null && finishedFirst == null;
    }

    /** Queues a write, and tries it at once unless others are before it or {@code mayWrite} is false. */
    void add(WriteRequest request, boolean mayWrite) {
        core.hold();
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
        if (first == null) {
            first = request;
        } else {
            last.next = request;
        }
        last = request;
    }

    /** Gives the kernel as much as it takes now, and waits for it to take the rest. */
    void flush() {
        sendWhatFits(watcher.fd());
        if (first == null) {
            watcher.remove(Epoll.EPOLLOUT);
        } else {
            watcher.add(Epoll.EPOLLOUT);
        }
        tellSoon();
    }

    private void sendWhatFits(int fd) {
        for (int calls = 0; first != null && calls < CALLS_PER_FLUSH; calls++) {
            if (first.remaining == 0) {
                finishFirst(0);
                continue;
            }
            long sent = send(fd);
            if (sent >= 0) {
                boolean all = sent == offered;
                advance(sent);
                if (!all) {
                    return;
                }
            } else if (sent == -Errno.EAGAIN || sent == -Errno.ENOBUFS) {
                return;   // ENOBUFS may leave it writable: level-triggered, the next iteration tries again
            } else if (sent != -Errno.EINTR) {
                finishFirst((int) -sent);
            }
        }
    }

    private long send(int fd) {
        if (first.toSend != null) {
            return sendAlong(fd);
        }
        ByteBuffer buffer = first.firstBuffer();
        boolean alone = first.next == null && first.remaining == buffer.remaining();
        if (alone || !buffer.isDirect() && buffer.remaining() >= WORTH_ITS_OWN_CALL) {
            offered = buffer.remaining();
            return watcher.transport().write(fd, buffer);
        }
        gather();
        return watcher.transport().write(fd, gather);
    }

    /** A descriptor goes with the first byte of its own write: no earlier write may be in the same message. */
    private long sendAlong(int fd) {
        int descriptor = first.toSend.fd();
        if (descriptor < 0) {
            return -Errno.EBADF;
        }
        gather();
        long sent = gather.send(fd, descriptor);
        if (sent > 0) {
            first.toSend = null;
        }
        return sent;
    }

    private void gather() {
        gather.clear();
        WriteRequest request = first;
        do {
            request = gather.add(request) ? request.next : null;
        } while (request != null && request.toSend == null);
        offered = gather.total();
    }

    private void advance(long sent) {
        size -= sent;
        while (first != null && sent >= first.remaining) {
            sent -= first.remaining;
            first.remaining = 0;
            finishFirst(0);
        }
        if (sent > 0) {
            first.advance(sent);
        }
    }

    /** All that is not through fails with {@code errno}; the callbacks come later. */
    void fail(int errno) {
        while (first != null) {
            finishFirst(errno);
        }
        tellSoon();
    }

    private void finishFirst(int errno) {
        WriteRequest request = first;
        first = request.next;
        if (first == null) {
            last = null;
        }
        request.next = null;
        request.errno = errno;
        if (finishedFirst == null) {
            finishedFirst = request;
        } else {
            finishedLast.next = request;
        }
        finishedLast = request;
    }

    private void tellSoon() {
        if (finishedFirst != null && !tellingSoon) {
            tellingSoon = true;
            core.pend(this::tell);
        }
    }

    /** Calls the callbacks that are due now; those of writes that they make themselves wait for the next round. */
    void tell() {
        tellingSoon = false;
        WriteRequest request = finishedFirst;
        WriteRequest dueLast = finishedLast;
        while (request != null) {
            boolean isLast = request == dueLast;
            takeFinished(request);
            size -= request.remaining;
            Requests.complete(stream, request.callback(), request.errno, "write");
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
