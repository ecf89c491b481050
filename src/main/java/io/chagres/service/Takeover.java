package io.chagres.service;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.net.DetachedSocket;
import io.chagres.net.ListenOptions;
import io.chagres.net.ListeningSocket;
import io.chagres.socket.Pipe;
import io.chagres.sys.Descriptors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sockets that the new process has taken from the old one, {@link Handover#take(String)}.
 *
 * <p>The new process listens on them, then calls {@link #ready(Loop, ConnectionTaker)}. Until then the old process accepts as before. If
 * the new process ends, or calls {@link #close()}, the old one goes on.
 *
 * <p>One thread at a time may use it. After {@code ready} it belongs to the thread of that loop.
 */
public final class Takeover implements AutoCloseable {

    private final Map<String, List<Integer>> listeners;
    private int channelFd;

    Takeover(int channelFd, Map<String, List<Integer>> listeners) {
        this.channelFd = channelFd;
        this.listeners = new LinkedHashMap<>(listeners);
    }

    /** Returns the names of the listening sockets that were not asked for yet, in the order of the offer. */
    public Set<String> names() {
        return Set.copyOf(listeners.keySet());
    }

    /**
     * Returns the listening sockets of that name, which the caller owns from now on; several for a SO_REUSEPORT group, in the order of the
     * offer. The list is empty if there is none, or they were asked for before. The sockets are close-on-exec and non-blocking.
     */
    public List<Integer> descriptors(String name) {
        List<Integer> found = listeners.remove(UsageException.requireArgument(name, "name"));
        return found == null ? List.of() : List.copyOf(found);
    }

    /**
     * Returns the {@link #descriptors} of that name as sockets, for {@link io.chagres.group.LoopGroup#listen(List,
     * io.chagres.group.Sharing, java.util.function.Function)}. The caller owns them.
     */
    public List<ListeningSocket> sockets(String name) {
        return descriptors(name).stream().map(ListeningSocket::of).toList();
    }

    /**
     * Returns where a server listens on the socket of that name; empty if there is none, or it was asked for before.
     *
     * @throws UsageException EINVAL if there are several, see {@link #descriptors}
     */
    public Optional<ListenOptions> listener(String name) {
        List<Integer> known = listeners.get(UsageException.requireArgument(name, "name"));
        if (known != null && known.size() > 1) {
            throw new UsageException("EINVAL", "there are " + known.size() + " listening sockets named " + name);
        }
        return descriptors(name).stream().findFirst().map(ListenOptions::atFd);
    }

    /** Tells the old process that this one listens, see {@link #ready(Loop, ConnectionTaker)}. It takes no connections. */
    public void ready(Loop loop) {
        ready(loop, (name, connection) -> false);
    }

    /**
     * Tells the old process that this one listens: the old process stops accepting. Its idle connections, if it offers them, arrive in
     * {@code taker} on {@code loop}, now and until it has ended. This does not keep the loop alive.
     *
     * <p>Listening sockets that were not asked for are closed. If the old process has gone meanwhile, nothing follows.
     *
     * @param loop the loop of the calling thread
     * @throws UsageException ERR_INVALID_STATE if it was called before, or this was closed
     */
    public void ready(Loop loop, ConnectionTaker taker) {
        UsageException.requireArgument(loop, "loop");
        UsageException.requireArgument(taker, "taker");
        if (channelFd < 0) {
            throw new UsageException("ERR_INVALID_STATE", "ready() was called before, or the takeover is closed");
        }
        Pipe pipe = new Pipe(loop, true);
        try {
            pipe.open(channelFd);
        } catch (Throwable refused) {
            pipe.close();
            throw refused;
        }
        channelFd = -1;
        closeListeners();
        pipe.unref();
        new Arrivals(pipe, taker).begin();
    }

    /** Receives the connections of the old process. */
    private static final class Arrivals implements Channel.Receiver {

        private final Channel channel;
        private final ConnectionTaker taker;
        private final Loop loop;

        Arrivals(Pipe pipe, ConnectionTaker taker) {
            channel = new Channel(pipe, this);
            this.taker = taker;
            loop = pipe.loop();
        }

        void begin() {
            channel.begin();
            channel.send(Frame.of(Frame.Type.READY));
        }

        @Override
        public void onFrame(Frame frame) {
            switch (frame.type()) {
                case CONNECTION -> arrive(frame);
                case COMMITTED -> {} // the old process does not listen any more
                default -> throw new IllegalArgumentException("a frame of type " + frame.type());
            }
        }

        private void arrive(Frame frame) {
            int fd = channel.takeDescriptor(frame.payload().getLong());
            int id = frame.payload().getInt();
            String name = frame.text();
            DetachedSocket connection = DetachedSocket.of(fd, frame.payload());
            boolean isTaken = false;
            try {
                isTaken = taker.take(name, connection);
            } finally {
                if (!isTaken) {
                    connection.close();
                }
                channel.send(Frame.of(isTaken ? Frame.Type.TAKEN : Frame.Type.DECLINED, id));
            }
        }

        @Override
        public void onGone(String reason) {
            // the old process has ended: all that it wanted to pass on is here
        }

        @Override
        public String toString() {
            return "Takeover on " + loop;
        }
    }

    private void closeListeners() {
        listeners.values().forEach(fds -> fds.forEach(Descriptors::close));
        listeners.clear();
    }

    /** Gives up: the old process goes on. Sockets that were asked for stay with the caller. Without effect after {@code ready}. */
    @Override
    public void close() {
        closeListeners();
        if (channelFd >= 0) {
            Descriptors.close(channelFd);
            channelFd = -1;
        }
    }

    /** Returns the names, as in "Takeover (http, admin)". */
    @Override
    public String toString() {
        return "Takeover (" + String.join(", ", listeners.keySet()) + ")";
    }
}
