package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Handle;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopCore;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import java.util.StringJoiner;

/** A handle on a descriptor that bytes pass through: whose it is, which ways it is open, and whether its peer is there. */
abstract class DescriptorHandle extends Handle {

    private final StreamWatcher watcher;
    private PeerListener peer;
    boolean readable;
    boolean writable;

    DescriptorHandle(Loop loop) {
        this(loop, EventWatcher.on(loop));
    }

    private DescriptorHandle(Loop loop, EventWatcher watcher) {
        super(loop);
        this.watcher = watcher;
        watcher.handle = this;
    }

    // ---- descriptor

    /** The descriptor, or -1 where it has none, not yet or no more. It stays the handle's: nobody else may close it. */
    public final int fd() {
        core().checkThread();
        return watcher.fd();
    }

    /** Takes over {@code fd}, which is non-blocking. */
    protected final void attach(int fd) {
        watcher.attach(fd);
    }

    /**
     * Takes over {@code fd}, whose open file description others may have too: it is non-blocking until the close, and can be read
     * and written as far as it was opened for that. If it throws, nothing is changed.
     *
     * @throws UsageException EBUSY where the handle has a socket; EEXIST where another handle watches it; EINVAL where an ipc
     *     stream gets what is no socket
     * @throws SystemException EBADF
     */
    protected final void adopt(int fd) {
        if (watcher.fd() >= 0) {
            throw new UsageException("EBUSY", "it has a socket already: " + this);
        }
        int mode = watcher.adopt(fd, core());
        readable = mode != Descriptors.O_WRONLY;
        writable = mode != Descriptors.O_RDONLY;
    }

    /** Has the close leave the descriptor that was adopted open, and as it was: it belongs to the caller again. */
    protected final void disown() {
        watcher.disown();
    }

    /** Adds the descriptor. */
    @Override
    protected void describe(StringJoiner text) {
        int fd = watcher.fd();
        if (fd >= 0) {
            text.add("fd " + fd);
        }
    }

    final StreamWatcher watcher() {
        return watcher;
    }

    // ---- directions

    /** Declares it a connection: it can be read and written from now on. */
    protected final void becomeDuplex() {
        readable = true;
        writable = true;
    }

    /** Whether it can be read: it is connected, or connecting, and no read has failed. An end does not change it. */
    public final boolean isReadable() {
        core().checkThread();
        return readable && !isClosing();
    }

    /** Whether it can be written: it is connected, or connecting, and was not shut down. */
    public final boolean isWritable() {
        core().checkThread();
        return writable && !isClosing();
    }

    // ---- the peer

    /**
     * Has {@code listener} told when the peer goes, also while nothing is read, which else would find that out: EPOLLRDHUP of
     * epoll_ctl(2). Where somebody reads, it comes after the end or error of the reading. Until then, or until {@link
     * #unwatchPeer()}, the handle is active. Another listener replaces this one.
     *
     * @throws UsageException ENOTCONN where it is not connected, nor connecting; EINVAL
     */
    public final void watchPeer(PeerListener listener) {
        requireOpen("watchPeer");
        UsageException.requireArgument(listener, "listener");
        if (!readable && !writable) {
            throw new UsageException("ENOTCONN", "it has no peer: " + this);
        }
        peer = listener;
        watcher.add(Epoll.EPOLLRDHUP);
        activate();
    }

    /** Watches the peer no longer. Idempotent. */
    public final void unwatchPeer() {
        core().checkThread();
        if (peer != null) {
            peer = null;
            watcher.remove(Epoll.EPOLLRDHUP);
            deactivateWhenIdle();
        }
    }

    private void tellPeerGone(boolean failed) {
        if (peer != null && !isClosing()) {
            PeerListener listener = peer;
            unwatchPeer();
            listener.onPeerGone(failed);
        }
    }

    /** Whether somebody reads. */
    abstract boolean isReading();

    /** Reading, or watching the peer, has stopped. */
    final void deactivateWhenIdle() {
        if (!isReading() && peer == null) {
            deactivate();
        }
    }

    // ---- events

    /** Something of epoll_ctl(2) has happened. */
    abstract void ready(int events);

    /** The kernel can't watch the descriptor. */
    abstract void refused(int errno);

    private static final class EventWatcher extends StreamWatcher {

        private DescriptorHandle handle;

        private EventWatcher(LoopCore core) {
            super(core);
        }

        static EventWatcher on(Loop loop) {
            LoopCore core = UsageException.requireArgument(loop, "loop").core();
            core.checkThread();
            return new EventWatcher(core);
        }

        /** Where somebody reads, all bytes and their end come first; this event is reported again until then. */
        @Override
        protected void onReady(int events) {
            handle.ready(events);
            if (handle.peer != null
                    && !handle.isReading()
                    && (events & (Epoll.EPOLLRDHUP | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0) {
                handle.tellPeerGone((events & Epoll.EPOLLERR) != 0);
            }
        }

        @Override
        protected void onRefused(int errno) {
            handle.refused(errno);
            handle.tellPeerGone(true);
        }
    }
}
