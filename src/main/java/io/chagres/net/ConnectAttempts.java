package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Origin;
import io.chagres.loop.internal.TimerEntry;
import io.chagres.socket.Tcp;
import io.chagres.sys.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries several addresses one after the other until one answers. Each but the last has a limited time. The families take turns,
 * beginning with that of the first address.
 *
 * @see <a href="https://nodejs.org/api/net.html#socketconnectoptions-connectlistener">autoSelectFamily</a>
 */
final class ConnectAttempts {

    /** The number of addresses of one lookup that are tried: an answer may hold thousands, each with its own timeout. */
    static final int MAX_ADDRESSES = 100;

    private static final String ALL_IPV6 = "::";
    private static final String ALL_IPV4 = "0.0.0.0";
    private static final long MICROS_PER_MILLI = 1000;

    /** Receives the result, once. */
    interface Listener {
        void onConnected(Tcp connection);

        /** @param error null if the loop was closed meanwhile */
        void onFailed(@Nullable ChagresException error);

        /** Called when an exception was thrown in the middle of an attempt, which is given up. */
        void onBroken(Throwable thrown);

        /** Returns where the program has asked for the connection; null if that is not recorded. */
        @Nullable
        Origin origin();
    }

    private final Socket socket;
    private final Deque<SocketAddress> remotes;
    /** True if there is more than one address. A single one is a plain connect, without Node's attempt events. */
    private final boolean isSeveral;

    private final long attemptMillis;
    private final @Nullable String localAddress;
    private final int localPort;
    private final Listener listener;
    private final List<ChagresException> errors = new ArrayList<>(1);
    private final List<SocketAddress> attempted = new ArrayList<>(1);
    private @Nullable Tcp handle;
    /** Null if the current attempt has no time limit but that of the kernel. */
    private @Nullable Deadline deadline;

    private boolean over;

    ConnectAttempts(Socket socket, List<SocketAddress> remotes, ConnectOptions options, Listener listener) {
        this.socket = socket;
        this.remotes = interleaved(new LinkedHashSet<>(remotes));
        this.isSeveral = this.remotes.size() > 1;
        this.attemptMillis = options.attemptTimeoutMillis();
        this.localAddress = options.localAddress();
        this.localPort = options.localPort();
        this.listener = listener;
    }

    /** Returns at most {@link #MAX_ADDRESSES} of {@code addresses}, with the families in turns. */
    private static Deque<SocketAddress> interleaved(Set<SocketAddress> addresses) {
        Deque<SocketAddress> leading = new ArrayDeque<>();
        Deque<SocketAddress> other = new ArrayDeque<>();
        for (SocketAddress remote : addresses) {
            boolean leads = leading.isEmpty() || leading.peek().isIPv6() == remote.isIPv6();
            (leads ? leading : other).add(remote);
        }
        Deque<SocketAddress> order = new ArrayDeque<>();
        while (order.size() < MAX_ADDRESSES && !(leading.isEmpty() && other.isEmpty())) {
            if (!leading.isEmpty()) {
                order.add(leading.poll());
            }
            if (!other.isEmpty() && order.size() < MAX_ADDRESSES) {
                order.add(other.poll());
            }
        }
        return order;
    }

    void begin() {
        socket.client().attempted = isSeveral ? attempted : List.of();
        tryFrom(attempt(remotes.poll()));
    }

    /** Tries the next addresses until one has to be waited for. A loop, no recursion: the resolver decides how many fail at once. */
    private void tryFrom(@Nullable ChagresException failure) {
        ChagresException error = failure;
        while (error != null && !over) {
            errors.add(error);
            if (handle != null) {
                handle.close();
            }
            if (remotes.isEmpty()) {
                over = true;
                listener.onFailed(together());
            } else {
                error = attempt(remotes.poll());
            }
        }
    }

    // ---- beginning an attempt

    /** Begins to connect to {@code remote}. Returns null if the result comes later, or the error of an attempt that failed at once. */
    private @Nullable ChagresException attempt(SocketAddress remote) {
        if (socket.client().blocks(remote)) {
            return blocked(remote);
        }
        SystemException failure = tryToBind(remote);
        if (failure != null) {
            return failure;
        }
        socket.client().emitAttempt(remote);
        if (over) {
            return null;
        }
        attempted.add(remote);
        failure = tryToConnect(remote);
        if (failure != null) {
            socket.client().emitAttemptFailed(remote, failure);
        } else if (!remotes.isEmpty()) {
            deadline = new Deadline(remote);
            LoopCore.of(socket.loop()).timers().startByClock(deadline, attemptMillis * MICROS_PER_MILLI);
        }
        return failure;
    }

    private ChagresException blocked(SocketAddress remote) {
        ChagresException error =
                new ChagresException("ERR_IP_BLOCKED", "IP(" + remote.address() + ") is blocked by net.BlockList");
        if (isSeveral) {
            socket.client().emitAttemptFailed(remote, error);
        }
        return error;
    }

    /** Makes the handle and binds it to the local address. Returns null, or the error. */
    private @Nullable SystemException tryToBind(SocketAddress remote) {
        Tcp given = socket.client().takeUnconnected(Tcp.class);
        handle = given != null ? given : new Tcp(socket.loop());
        LoopCore.of(socket.loop()).residents().setOrigin(handle, listener.origin());
        if (localAddress == null && localPort == 0) {
            return null;
        }
        SocketAddress local = localFor(remote);
        try {
            handle.bind(local);
            handle.localAddress(); // throws the EADDRINUSE that bind has kept
            return null;
        } catch (SystemException refused) {
            return SystemException.at(refused.errno(), "bind", local.address(), local.port());
        }
    }

    private SocketAddress localFor(SocketAddress remote) {
        String any = remote.isIPv6() ? ALL_IPV6 : ALL_IPV4;
        return new SocketAddress(localAddress == null ? any : localAddress, localPort);
    }

    private @Nullable SystemException tryToConnect(SocketAddress remote) {
        Tcp attempt = Objects.requireNonNull(handle);
        try {
            socket.applyOptions(attempt);
            attempt.connect(remote, error -> connected(attempt, remote, error));
            return null;
        } catch (SystemException refused) {
            return refused.syscall().equals("setsockopt")
                    ? refused
                    : failure(refused, remote, attempt.fd() < 0 ? null : attempt.localAddress());
        }
    }

    /** @param from the local address that Node's text names besides the remote one, or null */
    private static SystemException failure(SystemException error, SocketAddress remote, @Nullable SocketAddress from) {
        return SystemException.at(
                error.errno(),
                "connect",
                remote.address(),
                remote.port(),
                from == null ? null : from.address(),
                from == null ? 0 : from.port());
    }

    // ---- its end

    private void connected(Tcp attempt, SocketAddress remote, @Nullable ChagresException error) {
        try {
            ended(attempt, remote, error);
        } catch (Throwable thrown) {
            giveUp(thrown);
        }
    }

    private void giveUp(Throwable thrown) {
        cancel();
        listener.onBroken(thrown);
    }

    private void ended(Tcp attempt, SocketAddress remote, @Nullable ChagresException error) {
        if (over || attempt != handle) {
            return;
        }
        stopTimer();
        if (attempt.isClosing()) {
            over = true;
            listener.onFailed(null);
        } else if (error != null) {
            SystemException failure = later((SystemException) error, remote);
            socket.client().emitAttemptFailed(remote, failure);
            tryFrom(failure);
        } else {
            over = true;
            listener.onConnected(attempt);
        }
    }

    private SystemException later(SystemException error, SocketAddress remote) {
        return failure(error, remote, localPort > 0 ? localFor(remote) : null);
    }

    /** The time limit of an attempt. It counts from the connect, by the clock. */
    private final class Deadline extends TimerEntry {
        private final SocketAddress remote;

        Deadline(SocketAddress remote) {
            this.remote = remote;
        }

        @Override
        protected void fire() {
            try {
                timeout(remote);
            } catch (Throwable thrown) {
                giveUp(thrown);
            }
        }
    }

    private void timeout(SocketAddress remote) {
        socket.client().emitAttemptTimeout(remote);
        tryFrom(later(SystemException.of(Errno.ETIMEDOUT, "connect"), remote));
    }

    /** Returns one error as it is; several as Node's AggregateError: no message, the code of the first, all as suppressed ones. */
    private ChagresException together() {
        if (!isSeveral) {
            return errors.get(0);
        }
        ChagresException all = new ChagresException(errors.get(0).code(), "");
        errors.forEach(all::addSuppressed);
        return all;
    }

    /** Returns the errors of the addresses that were tried. */
    List<ChagresException> errors() {
        return errors;
    }

    /** Returns the handle that connects now, or null. */
    @Nullable
    Tcp handle() {
        return handle;
    }

    /** Gives up without calling the listener. */
    void cancel() {
        if (!over) {
            over = true;
            stopTimer();
            if (handle != null) {
                handle.close();
            }
        }
    }

    private void stopTimer() {
        if (deadline != null) {
            LoopCore.of(socket.loop()).timers().stop(deadline);
            deadline = null;
        }
    }
}
