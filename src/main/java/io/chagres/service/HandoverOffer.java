package io.chagres.service;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.group.GroupServer;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.net.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The side of the old process in a {@link Handover}: it waits at a path for the next process.
 *
 * <pre>{@code
 * Handover.offer(loop, "/run/app/handover")
 *         .connections("http", server)
 *         .grace(Duration.ofSeconds(20))
 *         .onDone(() -> System.exit(0));
 * }</pre>
 *
 * <p>It belongs to the thread of its loop. An offer ends with a successful handover, or with {@link #close()}.
 */
public final class HandoverOffer {

    private final LoopCore core;
    private final OfferPath path;
    private final List<Offered> offered = new ArrayList<>();
    private long graceMillis = 30_000;
    private long readyMillis = 60_000;
    private @Nullable HandoverRun run;
    private boolean isTaken;
    private @Nullable Listeners<Runnable> takenListeners;
    private @Nullable Listeners<Runnable> doneListeners;
    private @Nullable Listeners<Consumer<? super ChagresException>> failedListeners;

    HandoverOffer(Loop loop, String path) {
        core = LoopCore.of(loop);
        core.checkThread();
        this.path = new OfferPath(loop, path, this::visited);
    }

    void begin() {
        path.begin();
    }

    // ---- what is offered

    /** Offers the listening socket of {@code server}. After the handover the server is closed with the grace, and its connections end. */
    public HandoverOffer listener(String name, Server server) {
        return add(new OfferedServer(requireName(name), requireServer(server), false));
    }

    /**
     * Offers the listening socket of {@code server}, and its connections as they become idle, in the sense of {@link
     * Server#closeIdleConnections()}. Their clients notice nothing. Connections in a layer, TLS for example, stay.
     *
     * @param server a server of the loop of this offer
     */
    public HandoverOffer connections(String name, Server server) {
        return add(new OfferedServer(requireName(name), requireServer(server), true));
    }

    /**
     * Offers the listening sockets of a group, all of them in their order. After the handover the server is closed with the grace, and its
     * connections end. The group belongs to the caller, who ends it in {@link #onDone}, with {@link
     * io.chagres.group.LoopGroup#close()}.
     */
    public HandoverOffer listener(String name, GroupServer server) {
        return add(new OfferedGroup(loop(), requireName(name), requireGroup(server), false));
    }

    /**
     * Offers the listening sockets of a group, and its connections as they become idle, see {@link #connections(String, Server)}. Each
     * loop of the group takes them out of their sockets on its own thread. If the handover fails they return to the loops that they come
     * from.
     *
     * @param server a server of any group; the loop of this offer may be one of that group or another
     */
    public HandoverOffer connections(String name, GroupServer server) {
        return add(new OfferedGroup(loop(), requireName(name), requireGroup(server), true));
    }

    private static GroupServer requireGroup(GroupServer server) {
        return UsageException.requireArgument(server, "server");
    }

    /**
     * Offers listening sockets as plain descriptors. They stay open: their owner stops accepting
     * and closes them in {@link #onTaken}. Both processes accept until then.
     */
    public HandoverOffer descriptors(String name, List<Integer> descriptors) {
        core.checkThread();
        List<Integer> copy = List.copyOf(UsageException.requireArgument(descriptors, "descriptors"));
        return add(new OfferedDescriptors(requireName(name), copy));
    }

    private HandoverOffer add(Offered one) {
        if (offered.stream().anyMatch(other -> other.name().equals(one.name()))) {
            throw new UsageException("EEXIST", "the name is offered already: " + one.name());
        }
        offered.add(one);
        return this;
    }

    private String requireName(String name) {
        core.checkThread();
        return UsageException.requireArgument(name, "name");
    }

    private Server requireServer(Server server) {
        if (UsageException.requireArgument(server, "server").loop() != core.loop()) {
            throw new UsageException("EINVAL", "the server belongs to another loop: " + server);
        }
        return server;
    }

    /**
     * Sets how long the connections of the old process have after the handover, 30 seconds by default. Those that are open after it are
     * destroyed.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if it is less than a millisecond
     */
    public HandoverOffer grace(Duration grace) {
        core.checkThread();
        graceMillis = Handover.requirePositive(grace, "grace");
        return this;
    }

    /**
     * Sets how long the new process has from its connect until it is ready, 60 seconds by default. After it, the old process goes on.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if it is less than a millisecond
     */
    public HandoverOffer readyTimeout(Duration timeout) {
        core.checkThread();
        readyMillis = Handover.requirePositive(timeout, "timeout");
        return this;
    }

    /** Adds a listener that is called when the new process has taken over: this one does not listen any more. */
    public HandoverOffer onTaken(Runnable listener) {
        takenListeners = Listeners.add(takenListeners, require(listener));
        return this;
    }

    /** Removes a listener of {@link #onTaken}. */
    public void offTaken(Runnable listener) {
        takenListeners = Listeners.remove(takenListeners, require(listener));
    }

    /** Adds a listener that is called when the last connection has ended or moved, or the grace is over: the process may exit. */
    public HandoverOffer onDone(Runnable listener) {
        doneListeners = Listeners.add(doneListeners, require(listener));
        return this;
    }

    /** Removes a listener of {@link #onDone}. */
    public void offDone(Runnable listener) {
        doneListeners = Listeners.remove(doneListeners, require(listener));
    }

    /**
     * Adds a listener that is called when a handover has failed, and this process goes on: ERR_HANDOVER_LOST, ERR_HANDOVER_TIMEOUT,
     * ERR_HANDOVER_VERSION, ERR_HANDOVER_DENIED. Without a listener the error is ignored.
     */
    public HandoverOffer onFailed(Consumer<? super ChagresException> listener) {
        failedListeners = Listeners.add(failedListeners, require(listener));
        return this;
    }

    /** Removes a listener of {@link #onFailed}. */
    public void offFailed(Consumer<? super ChagresException> listener) {
        failedListeners = Listeners.remove(failedListeners, require(listener));
    }

    private <L> L require(L listener) {
        core.checkThread();
        return UsageException.requireArgument(listener, "listener");
    }

    // ---- its state

    /** Returns whether a new process can connect now: false before the path is free, and after the handover. */
    public boolean isOffering() {
        core.checkThread();
        return path.isListening();
    }

    /** Withdraws the offer. A handover that is pending and not committed fails, and this process goes on. Calling it again is a no-op. */
    public void close() {
        core.checkThread();
        path.close();
        if (run != null) {
            run.abandon("the offer was withdrawn");
        }
    }

    // ---- the handover

    private void visited(Visitor visitor) {
        visitor.greet(this::accepted, (code, message) -> failed(null, code, message));
    }

    private void accepted(Visitor visitor) {
        if (run == null && !isTaken) {
            HandoverRun begun = new HandoverRun(this, visitor.channel());
            run = begun;
            visitor.handTo(begun);
            begun.begin(readyMillis);
        } else {
            visitor.refuse("BUSY", "another process takes the sockets now");
        }
    }

    Loop loop() {
        return (Loop) core.loop();
    }

    List<Offered> offered() {
        return offered;
    }

    long graceMillis() {
        return graceMillis;
    }

    /** Called when a handover, or the greeting of a process, has failed. */
    void failed(@Nullable HandoverRun failed, String code, String message) {
        if (run == failed) {
            run = null;
        }
        ChagresException error = new ChagresException("ERR_HANDOVER_" + code, message);
        for (var at = failedListeners; at != null; at = at.next()) {
            at.listener().accept(error);
        }
    }

    /** Called when the new process listens, and this one does not any more. */
    void taken() {
        isTaken = true;
        offered.forEach(Offered::release);
        path.close();
        Listeners.run(takenListeners);
    }

    void done() {
        run = null;
        Listeners.run(doneListeners);
    }

    /** Returns the names and the path, as in "HandoverOffer (http at /run/app/handover, offering)". */
    @Override
    public String toString() {
        String names = String.join(", ", offered.stream().map(Offered::name).toList());
        return "HandoverOffer (" + names + " at " + path + (isTaken ? ", taken)" : ")");
    }
}
