package io.chagres.group;

import static io.chagres.SystemException.check;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.net.DetachedSocket;
import io.chagres.net.ListeningSocket;
import io.chagres.net.Server;
import io.chagres.socket.DescriptorKind;
import io.chagres.sys.Descriptors;
import io.chagres.sys.SocketFilter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One server on all loops of a {@link LoopGroup}, made by {@link LoopGroup#listen}. Each loop has a {@link Server} of its own. The sockets
 * that listen belong to this object, and live as long as it does: a loop that takes the place of a dead one accepts from the same
 * socket.
 *
 * <p>Its methods may be called from any thread. Counts are read while the loops run, so each may be a moment old.
 */
public final class GroupServer {

    private final LoopGroup group;
    private final List<ListeningSocket> sockets;
    private final Sharing sharing;
    private final Function<? super Loop, Server> maker;
    /** The servers. Server i is of loop i modulo the number of loops, and listens on socket i modulo the number of sockets. */
    private final AtomicReferenceArray<@Nullable Server> servers;
    /** The connections that were accepted by loops which have died, by the index of the loop. */
    private final AtomicLongArray acceptedBefore;

    private final Balance balance;
    private final @Nullable Dealer dealer;
    private volatile boolean paused;
    private volatile boolean listens = true;
    private volatile boolean closed;

    GroupServer(LoopGroup group, List<ListeningSocket> sockets, Sharing sharing, Function<? super Loop, Server> maker) {
        this.group = group;
        this.sockets = sockets;
        this.sharing = sharing;
        this.maker = maker;
        int loops = group.size();
        balance = new Balance(this, loops);
        dealer = sharing == Sharing.DEALER ? new Dealer(this, balance) : null;
        servers = new AtomicReferenceArray<>(dealer == null ? Math.max(loops, sockets.size()) : loops);
        acceptedBefore = new AtomicLongArray(loops);
    }

    // ---- making

    /** Attaches the program that chooses a socket, before a loop accepts. */
    void prepare() {
        if (sharing == Sharing.CPU) {
            int[] processors = group.members().all().stream()
                    .mapToInt(member -> member.processor)
                    .toArray();
            check(
                    SocketFilter.attachByProcessor(sockets.getFirst().fd(), processors),
                    "setsockopt",
                    "SO_ATTACH_REUSEPORT_CBPF");
        }
    }

    /** Makes the servers of a loop, on its thread. */
    void make(Member member, Loop loop) {
        for (int i = member.index; i < servers.length(); i += group.size()) {
            Server server = UsageException.requireArgument(maker.apply(loop), "the server of the maker");
            if (server.loop() != loop || server.isListening()) {
                throw new UsageException("EINVAL", "a new server of this loop is wanted. Received " + server);
            }
            servers.set(i, server);
        }
    }

    /** Listens with the servers of a loop, on its thread. */
    void listen(Member member, Loop loop) {
        if (dealer == null) {
            for (int i = member.index; i < servers.length(); i += group.size()) {
                Server server = servers.get(i);
                if (server != null) {
                    listen(server, sockets.get(i % sockets.size()));
                }
            }
        } else if (member.index == 0) {
            dealer.listen(loop, sockets);
        }
        if (paused) {
            applyPaused(loop);
        }
    }

    private void listen(Server server, ListeningSocket socket) {
        int fd = socket.duplicate();
        try {
            server.listen(socket.place(fd).epollExclusive(sockets.size() < group.size()));
        } finally {
            if (!server.isListening()) {
                Descriptors.close(fd);
            }
        }
        if (!server.isListening()) {
            throw new ChagresException("ERR_LISTEN", "the server does not listen on " + socket + ": " + server);
        }
    }

    /** Makes the servers of a loop again, on the thread of the loop that takes its place. */
    void renew(Member member, Loop loop) {
        acceptedBefore.set(member.index, accepted(member.index));
        if (!closed) {
            make(member, loop);
            if (listens) {
                listen(member, loop);
            }
        }
    }

    /** Deals the connections that have waited for a loop. */
    void renewed() {
        if (dealer != null) {
            dealer.dealAgain();
        }
    }

    boolean isOnCurrentLoops() {
        for (int i = 0; i < servers.length(); i++) {
            Server server = servers.get(i);
            if (server == null
                    || server.loop() != group.members().get(i % group.size()).loop()) {
                return false;
            }
        }
        return true;
    }

    /** Closes what a listen that has failed has made. */
    void undo(boolean keepSockets) {
        if (!keepSockets) {
            closeSockets();
        }
        closeServers(Duration.ZERO).handle((none, thrown) -> null).join();
    }

    // ---- asking

    /** Returns the way in which connections are spread. */
    public Sharing sharing() {
        return sharing;
    }

    /** Returns the address that it listens on, with the port that the kernel chose; null for a Unix socket. */
    public @Nullable SocketAddress address() {
        return sockets.getFirst().address();
    }

    /** Returns the name of the Unix socket that it listens on; null for a port. */
    public @Nullable String path() {
        return sockets.getFirst().path();
    }

    /**
     * Returns the sockets that listen, which this server owns: to pass their descriptors on to another process, in this order. A process
     * that goes on with them needs as many, or connections that wait in one of them are lost. For a Unix socket, call {@link
     * ListeningSocket#keepFile()} then.
     */
    public List<ListeningSocket> listeners() {
        return sockets;
    }

    /**
     * Returns the server of a loop, for calls on the thread of that loop; the first, if it has several.
     *
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public Server server(int index) {
        return Objects.requireNonNull(servers.get(group.members().get(index).index));
    }

    /** Returns the number of open connections of loop {@code index}. */
    public int connections(int index) {
        int count = 0;
        for (int i = group.members().get(index).index; i < servers.length(); i += group.size()) {
            Server server = servers.get(i);
            count += server == null ? 0 : server.connectionCount();
        }
        return count;
    }

    /** Returns the number of open connections of all loops. */
    public int connections() {
        return group.members().all().stream()
                .mapToInt(member -> connections(member.index))
                .sum();
    }

    /** Returns the number of connections that loop {@code index} has accepted, and the loops that had its place before. It only grows. */
    public long accepted(int index) {
        long count = acceptedBefore.get(group.members().get(index).index);
        for (int i = index; i < servers.length(); i += group.size()) {
            Server server = servers.get(i);
            count += server == null ? 0 : server.acceptedCount();
        }
        return count;
    }

    /** Returns the number of connections that all loops have accepted. It only grows. */
    public long accepted() {
        return group.members().all().stream()
                .mapToLong(member -> accepted(member.index))
                .sum();
    }

    /** Returns the connections of the busiest loop divided by the mean of all: 1 if the load is even or there is none, 2 if it is double. */
    public double skew() {
        int max = 0;
        int sum = 0;
        for (Member member : group.members().all()) {
            int count = connections(member.index);
            max = Math.max(max, count);
            sum += count;
        }
        return sum == 0 ? 1 : (double) max * group.size() / sum;
    }

    // ---- calling

    /**
     * Runs {@code action} for each server, on the thread of its loop, in the poll phase.
     *
     * <pre>{@code
     * http.forEach(Server::closeIdleConnections);
     * }</pre>
     *
     * @return a future that completes when it has run for all; exceptionally if it has thrown for one, or a loop has ended
     */
    public CompletableFuture<Void> forEach(Consumer<? super Server> action) {
        UsageException.requireArgument(action, "action");
        return group.forEach(loop -> eachOf(loop, action));
    }

    private void eachOf(Loop loop, Consumer<? super Server> action) {
        for (int i = 0; i < servers.length(); i++) {
            Server server = servers.get(i);
            if (server != null && server.loop() == loop) {
                action.accept(server);
            }
        }
    }

    /**
     * Takes over a connection that {@link io.chagres.net.Socket#detach()} has taken out of another socket, as {@link
     * Server#adopt(DetachedSocket)} does, on the loop that has the fewest connections. If its server does not take it, the next
     * loop is asked, and if none takes it, the connection is closed.
     *
     * @return false if this is closed, or no loop is alive: the caller still owns {@code connection} then
     * @throws UsageException EBADF if it was adopted or closed before; ERR_INVALID_FD_TYPE if the descriptor is no stream socket
     */
    public boolean adopt(DetachedSocket connection) {
        int fd = UsageException.requireArgument(connection, "connection").fd();
        if (fd < 0) {
            throw new UsageException("EBADF", "the connection was adopted or closed already: " + connection);
        }
        DescriptorKind kind = DescriptorKind.of(fd);
        if (kind != DescriptorKind.TCP && kind != DescriptorKind.PIPE) {
            throw new UsageException("ERR_INVALID_FD_TYPE", "Unsupported fd type: " + kind + ", of " + connection);
        }
        return !closed && new Adoption(this, balance, connection).send();
    }

    /**
     * Stops accepting on all loops until {@link #resumeAccepting()}: connections wait in the kernel's backlog. A loop that takes the place
     * of a dead one is paused too.
     *
     * @return a future that completes when all loops have stopped; exceptionally if a loop has ended
     */
    public CompletableFuture<Void> pauseAccepting() {
        paused = true;
        return group.forEach(this::applyPaused);
    }

    /** Accepts connections again. Calling it again is a no-op. */
    public CompletableFuture<Void> resumeAccepting() {
        paused = false;
        return group.forEach(this::applyPaused);
    }

    private void applyPaused(Loop loop) {
        boolean pause = paused;
        if (dealer != null) {
            dealer.setPaused(loop, pause);
        }
        eachOf(loop, pause ? Server::pauseAccepting : Server::resumeAccepting);
    }

    /**
     * Closes the sockets that listen, and leaves the connections: for a server whose sockets another process has. Connections that wait in
     * a backlog are reset if none has. {@link #close} follows, when the connections are to end.
     *
     * @return a future that completes when no loop listens; exceptionally if a loop has ended
     */
    public CompletableFuture<Void> stopListening() {
        listens = false;
        sockets.forEach(ListeningSocket::close);
        return group.forEach(loop -> {
            if (dealer != null) {
                dealer.stopListening(loop);
            }
            eachOf(loop, server -> {
                if (server.isListening()) {
                    Descriptors.close(server.detach());
                }
            });
        });
    }

    // ---- closing

    /**
     * Stops listening on all loops, and gives the connections {@code grace} to end, as {@link Server#close(Duration)} does. The sockets are
     * closed: connections that wait in their backlogs are reset, unless another process has the sockets too.
     *
     * @return a future that completes when all connections have ended. A wait for it on the thread of a loop of the group throws EDEADLK
     * @throws UsageException ERR_OUT_OF_RANGE if {@code grace} is negative
     */
    public CompletableFuture<Void> close(Duration grace) {
        requireGrace(grace);
        closeSockets();
        group.forget(this);
        return group.members().refusingWaits(closeServers(grace));
    }

    static void requireGrace(Duration grace) {
        if (UsageException.requireArgument(grace, "grace").isNegative()) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE", "The value of \"grace\" is out of range. It must be >= 0. Received " + grace);
        }
    }

    void closeSockets() {
        closed = true;
        sockets.forEach(ListeningSocket::close);
        if (dealer != null) {
            dealer.end();
        }
    }

    private CompletableFuture<Void> closeServers(Duration grace) {
        closed = true;
        CompletableFuture<?>[] ended = new CompletableFuture<?>[servers.length()];
        for (int i = 0; i < ended.length; i++) {
            ended[i] = close(group.members().get(i % group.size()), servers.get(i), grace);
        }
        return CompletableFuture.allOf(ended);
    }

    private CompletableFuture<Void> close(Member member, @Nullable Server server, Duration grace) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        if (server == null || server.loop() != member.loop()) {
            ended.complete(null);
            return ended;
        }
        try {
            server.loop().execute(() -> {
                if (dealer != null) {
                    dealer.stopListening(server.loop());
                }
                server.onClose(() -> ended.complete(null));
                server.close(grace);
            });
            member.thread().onExit(thrown -> ended.complete(null));
        } catch (RejectedExecutionException hasEnded) {
            ended.complete(null);
        }
        return ended;
    }

    LoopGroup group() {
        return group;
    }

    @Nullable
    Server serverOf(int index) {
        return servers.get(index);
    }

    /** Returns the place, the sharing and the numbers, as in {@code GroupServer (127.0.0.1:8080, REUSE_PORT, 2 sockets, 7 connections)}. */
    @Override
    public String toString() {
        Object place = address() != null ? address() : path();
        return "GroupServer (" + place + ", " + sharing + ", " + sockets.size()
                + (sockets.size() == 1 ? " socket" : " sockets") + " for " + group.size() + " loops, " + connections()
                + " connections" + (closed ? ", closed)" : ")");
    }
}
