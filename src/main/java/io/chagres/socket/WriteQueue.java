package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Buffers;
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

    /** Bytes that would have to be copied are sent from where they are from this size on; below, one copy costs less than a call. */
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
    private boolean hasLostBytes;

    /** {@link StreamHandle#afterWrites} of {@code stream} runs whenever all callbacks that were due have been called. */
    WriteQueue(StreamHandle stream) {
        this.stream = stream;
        this.core = LoopCore.of(stream.loop());
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

    /** Whether bytes of a write could not be sent any more. */
    boolean hasLostBytes() {
        return hasLostBytes;
    }

    /** Queues a write, and tries it at once unless others are before it or {@code mayWrite} is false. */
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

    /** As {@link #flush}, if there is something to send and the kernel takes some of it; else false. */
    boolean flushesMore() {
        long before = size;
        if (first != null) {
            flush();
        }
        return size < before;
    }

    private void sendWhatFits(int fd) {
        for (int calls = 0; first != null && calls < CALLS_PER_FLUSH; calls++) {
            if (first.remaining == 0) {
                finishFirst(0);
                continue;
            }
            long sent = sendUnlessLost(fd);
            if (sent >= 0) {
                boolean all = sent == offered;
                advance(sent);
                if (!all) {
                    return;
                }
            } else if (sent == -Errno.EAGAIN || sent == -Errno.ENOBUFS) {
                return; // ENOBUFS may leave it writable: level-triggered, the next iteration tries again
            } else if (sent != -Errno.EINTR) {
                finishFirst((int) -sent);
            }
        }
    }

    /** 0 if it is lost, and nothing is left to send. */
    private long sendUnlessLost(int fd) {
        try {
            return send(fd);
        } catch (IllegalStateException | WrongThreadException closedArena) {
            lose(closedArena);
            return 0;
        }
    }

    /** The arena of the next bytes was closed before they were sent: neither other memory nor what follows goes in their place. */
    private void lose(RuntimeException closedArena) {
        hasLostBytes = true;
        stream.writeFailed();
        first.closedArena = closedArena;
        finishFirst(Errno.EFAULT);
        while (first != null) {
            finishFirst(Errno.ECANCELED);
        }
    }

    private long send(int fd) {
        if (first.toSend != null) {
            return sendAlong(fd);
        }
        ByteBuffer buffer = first.firstBuffer();
        boolean alone = first.next == null && first.remaining == buffer.remaining();
        if (alone || buffer.remaining() >= WORTH_ITS_OWN_CALL && !Buffers.stays(buffer)) {
            offered = Math.min(buffer.remaining(), watcher.transport().mostPerWrite());
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
        gather.clear(watcher.transport().mostPerWrite());
        WriteRequest request = first;
        do {
            request = gathers(request) ? request.next : null;
        } while (request != null && request.toSend == null);
        offered = gather.total();
    }

    /** Whether all of {@code request} was added. Lost memory behind other bytes waits until those are sent. */
    private boolean gathers(WriteRequest request) {
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
            core.pend(this::complete);
            tellingSoon = true;
        }
    }

    /** Calls the callbacks that are due now; those of writes that they make themselves wait for the next round. */
    void complete() {
        tellingSoon = false;
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
