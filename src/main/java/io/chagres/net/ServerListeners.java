package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import java.util.function.Consumer;

/** The listeners of a server for connections, errors and the close. */
abstract sealed class ServerListeners permits Server {

    final LoopCore core;
    private Listeners<Consumer<? super Socket>> connectionListeners;
    private Listeners<Consumer<? super ChagresException>> errorListeners;
    private Listeners<Runnable> closeListeners;

    ServerListeners(Loop loop) {
        core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
    }

    private Server self() {
        return (Server) this;
    }

    private <L> Listeners<L> with(Listeners<L> list, L listener) {
        core.checkThread();
        return Listeners.add(list, UsageException.requireArgument(listener, "listener"));
    }

    private <L> Listeners<L> without(Listeners<L> list, L listener) {
        core.checkThread();
        return Listeners.remove(list, UsageException.requireArgument(listener, "listener"));
    }

    // ---- connections

    /**
     * Adds a listener for new connections. Where it throws, the connection is destroyed, the listeners behind it don't hear of
     * it, and the loop's uncaught handler gets what was thrown.
     */
    public Server onConnection(Consumer<? super Socket> listener) {
        connectionListeners = with(connectionListeners, listener);
        return self();
    }

    /** Takes a listener for new connections off. */
    public void offConnection(Consumer<? super Socket> listener) {
        connectionListeners = without(connectionListeners, listener);
    }

    final void tellConnection(Socket socket) {
        for (var at = connectionListeners; at != null; at = at.next()) {
            at.listener().accept(socket);
        }
    }

    // ---- errors

    /**
     * Adds a listener for a listen that failed; where there is none, that goes to the loop's uncaught handler. It hears of two
     * things more, which are dropped where nobody listens: an option of {@link ServerOptions} that the kernel refuses an accepted
     * socket, which lives on without it; and accept(2) failing in a way that stays, "accept ENOBUFS", while it tries on by itself.
     */
    public Server onError(Consumer<? super ChagresException> listener) {
        errorListeners = with(errorListeners, listener);
        return self();
    }

    /** Takes a listener for errors off. */
    public void offError(Consumer<? super ChagresException> listener) {
        errorListeners = without(errorListeners, listener);
    }

    final boolean hasErrorListeners() {
        return errorListeners != null;
    }

    /** Tells of an error to whoever listens. */
    final void report(ChagresException error) {
        for (var at = errorListeners; at != null; at = at.next()) {
            at.listener().accept(error);
        }
    }

    // ---- the close

    /** Adds a listener for the close: it listens no more, and all its connections have ended. */
    public Server onClose(Runnable listener) {
        closeListeners = with(closeListeners, listener);
        return self();
    }

    /** Takes a listener for the close off. */
    public void offClose(Runnable listener) {
        closeListeners = without(closeListeners, listener);
    }

    final void onceClose(Runnable listener) {
        onClose(new Listeners.Once(listener));
    }

    final void tellClose() {
        Listeners<Runnable> told = closeListeners;
        closeListeners = Listeners.lasting(told);
        Listeners.run(told);
    }
}
