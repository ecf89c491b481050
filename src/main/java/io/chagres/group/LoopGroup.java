package io.chagres.group;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.net.ListenOptions;
import io.chagres.net.ListeningSocket;
import io.chagres.net.Server;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Several loops, each on a thread of its own, that start and end together: for a server that uses all cores. For one core, use {@link
 * Loop} or {@link Loop#start}.
 *
 * <pre>{@code
 * try (LoopGroup group = LoopGroup.start(GroupOptions.named("http"))) {        // one loop for each processor
 *     GroupServer server = group.listen(ListenOptions.at(8080), Sharing.REUSE_PORT, loop -> {
 *         Cache cache = new Cache();                                           // one for each loop: no lock
 *         return Net.createServer(loop, socket -> new Client(socket, cache));
 *     });
 *     System.out.println("listening on " + server.address());
 *     group.join();
 * }
 * }</pre>
 *
 * <p>Its life: {@link #start} starts all loops or none. {@link #listen} makes a server on each loop, or on none. A loop that dies is handled
 * as the {@link DeathPolicy} says. {@link #drain(Duration)} ends the group gracefully, {@link #close()} at once. {@link #join()} waits for
 * the end.
 *
 * <p>All methods may be called from any thread. On a thread of the group, {@link #close()} and {@link #drain} begin the end and return at
 * once, because the loop would wait for itself. {@link #listen} and {@link #join} are refused there.
 */
public final class LoopGroup implements AutoCloseable {

    /** The time that loops have to end after a drain or a death. A loop that needs longer is stuck. */
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    /** The time that a drain gives servers to close, beyond the grace after which they destroy their connections. */
    private static final long SLACK_NANOS = 500_000_000;

    private final GroupOptions options;
    private final Members members;
    private final List<GroupServer> servers = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Deaths deaths;
    /** Guards the begin of the end, and that a restarted loop has all servers. */
    private final Object changes = new Object();

    private volatile boolean ready;
    private volatile boolean ending;
    private volatile @Nullable Throwable failure;

    private LoopGroup(GroupOptions options, Members members) {
        this.options = options;
        this.members = members;
        deaths = new Deaths(options);
    }

    /** Starts a loop for each processor that this process may use, with the default options: see {@link #start(int, GroupOptions)}. */
    public static LoopGroup start() {
        return start(GroupOptions.defaults());
    }

    /**
     * Starts a loop for each processor that this process may use: those of its affinity mask, but no more than {@link
     * Runtime#availableProcessors()}, which respects the quota of a container. See {@link #start(int, GroupOptions)}.
     */
    public static LoopGroup start(GroupOptions options) {
        return start(Math.min(Processors.allowed().size(), Runtime.getRuntime().availableProcessors()), options);
    }

    /** Starts {@code loops} loops with the default options: see {@link #start(int, GroupOptions)}. */
    public static LoopGroup start(int loops) {
        return start(loops, GroupOptions.defaults());
    }

    /**
     * Starts {@code loops} loops, and returns when the setup of each has returned. If one fails, those that have started are closed.
     *
     * @param loops 1 or more
     * @throws ChagresException if a loop cannot start: the message says which, the cause is what its setup has thrown, and the code is that of
     *     the cause, or ERR_LOOP_START
     * @throws UsageException EINVAL if {@code loops} is less than 1, or greater than the number of processors if they are pinned
     */
    public static LoopGroup start(int loops, GroupOptions options) {
        UsageException.requireArgument(options, "options");
        if (loops < 1) {
            throw new UsageException("EINVAL", "a group has one loop or more. Received " + loops);
        }
        LoopGroup group = new LoopGroup(options, new Members(loops, options));
        group.members.startAll();
        group.ready = true;
        group.members.all().forEach(group::watch);
        return group;
    }

    // ---- its loops

    /** Returns the number of loops. */
    public int size() {
        return members.size();
    }

    /** Returns the loops, by index. After a restart, the list has the new loop. */
    public List<Loop> loops() {
        return members.all().stream().map(Member::loop).toList();
    }

    /**
     * Returns the processor that loop {@code index} is pinned to; -1 if it is not.
     *
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public int cpu(int index) {
        return members.get(index).processor;
    }

    Members members() {
        return members;
    }

    /** Returns the loops in turn, one at each call: to hand out work that is of one size. */
    public Loop next() {
        return members.next();
    }

    /** Returns the loop with the fewest connections of all servers of this group; of several, the one that is next in turn. */
    public Loop leastBusy() {
        return members.leastBusy(member -> servers.stream()
                .mapToLong(server -> server.connections(member.index))
                .sum());
    }

    /**
     * Runs {@code action} on each loop, on its thread, in the poll phase.
     *
     * <pre>{@code
     * group.forEach(loop -> routes.get(loop).replace(table)).thenRun(() -> log("all loops have the new table"));
     * }</pre>
     *
     * @return a future that completes when it has run on all loops; exceptionally if it has thrown on one, or a loop has ended
     */
    public CompletableFuture<Void> forEach(Consumer<? super Loop> action) {
        UsageException.requireArgument(action, "action");
        return members.forEach(action);
    }

    // ---- servers

    /**
     * Makes a server on each loop and listens with all of them, or with none.
     *
     * <p>The sockets are bound by this call, before the servers are made, and belong to the group: an error of the place, such as
     * EADDRINUSE, is thrown from here. With {@link Sharing#REUSE_PORT} and {@link Sharing#CPU}, a port on which another server listens is
     * refused too, unless the options have {@link ListenOptions#reusePort}.
     *
     * @param where a port or a path; port 0 is a free one, the same for all loops
     * @param sharing how connections are spread
     * @param maker makes the server of a loop, on its thread: it is called once for each loop, and again after a restart. The server
     *     must not listen
     * @throws io.chagres.SystemException EADDRINUSE, EADDRNOTAVAIL, EACCES and others of {@link Server#listen(ListenOptions, Runnable)}
     * @throws UsageException ERR_INCOMPATIBLE_OPTION_PAIR if the place is a path and {@code sharing} needs a port; EINVAL if CPU is wanted
     *     and the loops are not pinned; EDEADLK on a thread of this group; ERR_GROUP_CLOSED
     * @throws ChagresException if {@code maker} has thrown: the message says on which loop; nothing is left open
     */
    public GroupServer listen(ListenOptions where, Sharing sharing, Function<? super Loop, Server> maker) {
        requireListen(UsageException.requireArgument(sharing, "sharing"), maker);
        UsageException.requireArgument(where, "where");
        return listen(
                sharing.hasSocketPerLoop()
                        ? ListeningSocket.openReusePort(where, members.size())
                        : List.of(ListeningSocket.open(where)),
                sharing,
                maker,
                false);
    }

    /**
     * Listens like {@link #listen(ListenOptions, Sharing, Function)}, on sockets that were opened before: by systemd, or by an earlier
     * process that has passed them on.
     *
     * <p>No socket is left without a loop, and no loop without a socket. If there are fewer sockets than loops, several loops share one, as
     * {@link Sharing#SHARED} does. If there are more, a loop has several, with a server for each. {@link GroupServer#toString} says how
     * many of each there are.
     *
     * @param sockets one or more of one port or path; the group owns them once this call has returned, and the caller after an exception
     * @throws UsageException EINVAL if there is none; EINVAL for {@link Sharing#CPU} if there is not one for each loop
     */
    public GroupServer listen(List<ListeningSocket> sockets, Sharing sharing, Function<? super Loop, Server> maker) {
        requireListen(UsageException.requireArgument(sharing, "sharing"), maker);
        if (UsageException.requireArgument(sockets, "sockets").isEmpty()) {
            throw new UsageException("EINVAL", "no socket to listen on");
        }
        if (sharing == Sharing.CPU && sockets.size() != members.size()) {
            throw new UsageException(
                    "EINVAL",
                    "CPU needs a socket for each loop: " + sockets.size() + " sockets for " + members.size()
                            + " loops");
        }
        return listen(List.copyOf(sockets), sharing, maker, true);
    }

    private void requireListen(Sharing sharing, Function<? super Loop, Server> maker) {
        UsageException.requireArgument(maker, "maker");
        requireOutside("listen");
        if (!ready) {
            throw new UsageException("ERR_GROUP_CLOSED", "the group drains or is closed: " + this);
        }
        if (sharing == Sharing.CPU && !options.pinned()) {
            throw new UsageException("EINVAL", "CPU needs loops that are pinned: see GroupOptions.pinned");
        }
    }

    private GroupServer listen(
            List<ListeningSocket> sockets, Sharing sharing, Function<? super Loop, Server> maker, boolean given) {
        GroupServer server = new GroupServer(this, sockets, sharing, maker);
        try {
            server.prepare();
            members.onEach("has no server", server::make);
            members.onEach("does not listen", server::listen);
            synchronized (changes) {
                servers.add(server);
                requireSame(server);
            }
            return server;
        } catch (Throwable failed) {
            servers.remove(server);
            server.undo(given);
            throw failed;
        }
    }

    /** A loop that has died meanwhile has no server of this call, and the group may have closed the others. */
    private void requireSame(GroupServer server) {
        if (!ready || !server.isOnCurrentLoops()) {
            throw new ChagresException("ERR_LISTEN", "a loop has ended during the listen: " + this);
        }
    }

    void forget(GroupServer server) {
        servers.remove(server);
    }

    /** Returns the servers that listen, in the order of their listens. */
    public List<GroupServer> servers() {
        return List.copyOf(servers);
    }

    // ---- a death

    private void watch(Member member) {
        member.thread().onExit(thrown -> ended(member, thrown));
    }

    /** Called on the thread of a loop that has ended. */
    private void ended(Member member, @Nullable Throwable thrown) {
        if (ending) {
            return;
        }
        Throwable cause = thrown != null
                ? thrown
                : new ChagresException("ERR_LOOP_STOPPED", "loop " + member.index + " was stopped, the group was not");
        switch (deaths.of(member, cause, ready)) {
            case EXIT -> {}
            case END -> fail(cause);
            case RESTART -> restart(member, cause);
        }
    }

    private void restart(Member member, Throwable cause) {
        synchronized (changes) {
            if (ending) {
                return;
            }
            try {
                member.take(member.start(options, loop -> servers.forEach(server -> server.renew(member, loop))));
            } catch (Throwable again) {
                cause.addSuppressed(again);
                fail(cause);
                return;
            }
        }
        servers.forEach(GroupServer::renewed);
        watch(member);
    }

    /** Ends the group because of {@code cause}. Another thread does it, because this one is of a loop. */
    private void fail(Throwable cause) {
        synchronized (changes) {
            if (ending) {
                return;
            }
            failure = cause;
            ready = false;
            ending = true;
        }
        Thread.ofPlatform()
                .daemon(options.daemon())
                .name(options.name() + "-end")
                .start(() -> {
                    try {
                        closeOrGiveUp();
                    } catch (RuntimeException stuck) {
                        cause.addSuppressed(stuck);
                    }
                });
    }

    // ---- the end

    /** Returns whether the group serves: false once a drain, a close or the end by a death has begun. For a load balancer. */
    public boolean isReady() {
        return ready;
    }

    /** Returns the exception that a loop has died of, and that has ended the group; null if there is none. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /**
     * Waits until the group has ended: for a main thread that has nothing else to do. It does not end the group.
     *
     * @throws ChagresException ERR_LOOP_DIED if the death of a loop has ended the group; the cause is {@link #failure()}
     * @throws UsageException EDEADLK on a thread of this group
     * @throws InterruptedException if the calling thread is interrupted; the group goes on
     */
    public void join() throws InterruptedException {
        join(ChronoUnit.FOREVER.getDuration());
    }

    /**
     * Waits like {@link #join()}, for up to {@code limit}.
     *
     * @return whether the group has ended
     */
    public boolean join(Duration limit) throws InterruptedException {
        UsageException.requireArgument(limit, "limit");
        requireOutside("join");
        boolean ended = over.await(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
        Throwable cause = failure;
        if (ended && cause != null) {
            throw new ChagresException("ERR_LOOP_DIED", "the group has ended because of a loop: " + cause, cause);
        }
        return ended;
    }

    /**
     * Stops all loops, ends what is open on them, and waits for their threads. Calling it again waits for the same.
     *
     * @throws UsageException EDEADLK as {@link LoopThread#close()}
     */
    @Override
    public void close() {
        end(null);
    }

    /**
     * Stops all loops like {@link #close()}, and waits for up to {@code limit}. A loop that is stuck does not stop the others from ending.
     *
     * @throws io.chagres.loop.StuckLoopException ETIMEDOUT for the first loop that has not ended, with its stack; the exceptions of others
     *     are suppressed in it
     */
    public void close(Duration limit) {
        end(UsageException.requireArgument(limit, "limit"));
    }

    private void end(@Nullable Duration limit) {
        synchronized (changes) {
            ready = false;
            ending = true;
        }
        beginEnd();
        outside(() -> {
            members.awaitEnd(limit);
            over.countDown();
        });
    }

    /**
     * Ends the group gracefully. {@link #isReady()} is false from now on. All servers stop accepting, and their connections get {@code grace}
     * to end, as by {@link Server#close(Duration)}. Then the loops are closed.
     *
     * @throws io.chagres.loop.StuckLoopException ETIMEDOUT as {@link #close(Duration)}, 5 s after the grace
     * @throws UsageException ERR_OUT_OF_RANGE if {@code grace} is negative
     */
    public void drain(Duration grace) {
        GroupServer.requireGrace(grace);
        ready = false;
        CompletableFuture<?>[] closed =
                servers.stream().map(server -> server.close(grace)).toArray(CompletableFuture[]::new);
        long nanos = Math.min(TimeUnit.NANOSECONDS.convert(grace), Long.MAX_VALUE - SLACK_NANOS) + SLACK_NANOS;
        outside(() -> {
            CompletableFuture.allOf(closed)
                    .completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS)
                    .join();
            closeOrGiveUp();
        });
    }

    /** Ends with a limit, after which {@link #join()} throws too. */
    private void closeOrGiveUp() {
        try {
            close(END_LIMIT);
        } catch (RuntimeException stuck) {
            failure = failure == null ? stuck : failure;
            over.countDown();
            throw stuck;
        }
    }

    private void beginEnd() {
        servers.forEach(GroupServer::closeSockets);
        members.stop();
    }

    /** Runs {@code wait} here, or on another thread if this one is of the group: a loop must not wait for itself. */
    private void outside(Runnable wait) {
        if (members.haveCaller()) {
            Thread.ofPlatform().name(options.name() + "-end").start(wait);
        } else {
            wait.run();
        }
    }

    private void requireOutside(String call) {
        if (members.haveCaller()) {
            throw new UsageException("EDEADLK", call + " was called on a thread of the group: " + this);
        }
    }

    /** Returns the name, the number of loops and of servers, as in {@code LoopGroup (http, 2 loops, 1 server)}; any thread. */
    @Override
    public String toString() {
        String state = ready ? "" : over.getCount() == 0 ? ", closed" : ", ending";
        int count = servers.size();
        return "LoopGroup (" + options.name() + ", " + members.size() + (members.size() == 1 ? " loop, " : " loops, ")
                + count + (count == 1 ? " server" : " servers") + state + ")";
    }
}
