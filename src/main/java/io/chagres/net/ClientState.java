package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.address.SocketAddress;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortSignal;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of a {@link Socket}: how it connects, the listeners for that, and the options that only clients have. A connection
 * that a server has accepted has none of this.
 */
final class ClientState {

    private final Socket socket;
    /** The pending connect, or null. */
    private @Nullable Opening opening;

    @Nullable
    Listeners<Runnable> connectListeners;

    @Nullable
    Listeners<Runnable> readyListeners;

    @Nullable
    Listeners<LookupListener> lookupListeners;

    @Nullable
    Listeners<Consumer<? super SocketAddress>> attemptListeners;

    @Nullable
    Listeners<BiConsumer<? super SocketAddress, ? super ChagresException>> attemptFailedListeners;

    @Nullable
    Listeners<Consumer<? super SocketAddress>> attemptTimeoutListeners;

    /** The addresses that were tried, if there were several to try. */
    List<SocketAddress> attempted = List.of();

    /** The addresses that the socket must not connect to, or null. */
    private final @Nullable BlockList blockList;

    /** The signal that aborts the socket, or null. */
    private final @Nullable AbortSignal signal;

    /** A given handle to connect with, or null. */
    private @Nullable SocketHandle unconnected;

    /** Removes the socket from its signal; null if it does not follow one. */
    private @Nullable Runnable leaveSignal;

    ClientState(Socket socket, @Nullable BlockList blockList, @Nullable AbortSignal signal) {
        this.socket = socket;
        this.blockList = blockList;
        this.signal = signal;
    }

    // ---- connecting

    /** Returns the pending connect, or null. */
    @Nullable
    Opening opening() {
        return opening;
    }

    void connect(ConnectOptions options, @Nullable Runnable onConnect) {
        requireUnconnected();
        requireKind(options.path() != null);
        if (socket.isDestroyed()) {
            socket.beginNextLife();
            begin();
        }
        attempted = List.of();
        open(options);
        if (opening != null && options.timeoutMillis() > 0) {
            socket.setTimeout(options.timeoutMillis());
        }
        if (opening != null && onConnect != null) {
            socket.onConnect(new Listeners.Once(onConnect));
        }
    }

    private void requireUnconnected() {
        if (opening != null) {
            throw new UsageException("EALREADY", "connect on a socket that connects: " + socket);
        }
        if (socket.isDestroyed() && !socket.isClosed()) {
            throw new UsageException(
                    "ERR_STREAM_DESTROYED", "connect on a socket that was destroyed, before its close: " + socket);
        }
    }

    /** Begins to connect. If the user's lookup throws, nothing has begun. */
    private void open(ConnectOptions options) {
        Opening begun = new Opening(socket, options);
        opening = begun;
        socket.touch();
        try {
            begun.begin();
        } catch (Throwable thrown) {
            begun.cancel();
            opening = null;
            throw thrown;
        }
    }

    /** Called when the connection is established: does what was asked for meanwhile. */
    void connected(SocketHandle handle, boolean hasOptions) {
        Connection made = new Connection(socket, handle); // if this fails, the opening still knows the pending write
        Opening opened = Objects.requireNonNull(opening);
        opening = null;
        made.owe(opened.deferredLength());
        socket.begin(made, hasOptions);
        if (socket.isConnected()) {
            opened.sendHeaderAlone(handle);
            emitConnect();
        }
        made.owe(-opened.deferredLength());
        opened.catchUp();
        if (socket.isConnected()) {
            emitReady();
        }
        socket.readOn();
    }

    // ---- events

    private void emitConnect() {
        Listeners<Runnable> called = connectListeners;
        connectListeners = Listeners.lasting(called);
        emit(called, Runnable::run);
    }

    private void emitReady() {
        emit(readyListeners, Runnable::run);
    }

    void emitLookup(@Nullable String address, int family, String host, @Nullable ChagresException error) {
        emit(lookupListeners, listener -> listener.onLookup(address, family, host, error));
    }

    void emitAttempt(SocketAddress remote) {
        emit(attemptListeners, listener -> listener.accept(remote));
    }

    void emitAttemptFailed(SocketAddress remote, ChagresException error) {
        emit(attemptFailedListeners, listener -> listener.accept(remote, error));
    }

    void emitAttemptTimeout(SocketAddress remote) {
        emit(attemptTimeoutListeners, listener -> listener.accept(remote));
    }

    /** Calls the listeners. The exception of one goes to the uncaught handler of the loop, and the connect goes on. */
    private <L> void emit(@Nullable Listeners<L> listeners, Consumer<L> call) {
        try {
            for (var at = listeners; at != null; at = at.next()) {
                call.accept(at.listener());
            }
        } catch (Throwable thrown) {
            LoopCore.of(socket.loop()).callbacks().raise(thrown);
        }
    }

    // ---- a given handle

    /** Keeps {@code given}, which is not connected, for the first connect. */
    void keep(SocketHandle given) {
        unconnected = given;
        given.onClose(() -> {
            if (unconnected == given) {
                socket.destroy();
            }
        });
    }

    /** Throws unless a given handle can connect to that kind of place. */
    private void requireKind(boolean isUnix) {
        if (unconnected != null && !(isUnix ? Pipe.class : Tcp.class).isInstance(unconnected)) {
            throw new UsageException(
                    "ERR_INVALID_HANDLE_TYPE", unconnected + " can't connect to a " + (isUnix ? "path" : "port"));
        }
    }

    /** Returns the given handle for the first attempt; null if none was given, or it was taken already. */
    <H extends SocketHandle> @Nullable H takeUnconnected(Class<H> kind) {
        SocketHandle given = unconnected;
        unconnected = null;
        return given == null || given.isClosing() ? null : kind.cast(given);
    }

    // ---- options

    boolean blocks(SocketAddress remote) {
        return blockList != null && blockList.check(remote.address());
    }

    /** Follows the signal, if there is one: its abort destroys the socket, now if it is aborted already. */
    void follow() {
        if (signal == null) {
            return;
        }
        if (signal.isAborted()) {
            socket.destroy(signal.error());
        } else {
            leaveSignal = signal.onAbort(socket.loop(), () -> socket.destroy(signal.error()));
        }
    }

    // ---- lives

    /** The socket begins another life. An abort in an earlier one was reported then. */
    private void begin() {
        if (signal != null && !signal.isAborted()) {
            follow();
        }
    }

    /**
     * The socket is destroyed: the pending connect is cancelled, one-shot listeners are dropped, a given handle is closed, and the signal
     * is left.
     *
     * @return the connect that was pending, or null
     */
    @Nullable
    Opening end() {
        Opening unopened = opening;
        opening = null;
        if (unopened != null) {
            unopened.cancel();
        }
        connectListeners = Listeners.lasting(connectListeners);
        if (leaveSignal != null) {
            leaveSignal.run();
            leaveSignal = null;
        }
        SocketHandle given = unconnected;
        unconnected = null;
        if (given != null && !given.isClosing()) {
            given.close();
        }
        return unopened;
    }
}
