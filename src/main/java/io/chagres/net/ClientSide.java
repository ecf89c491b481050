package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.address.SocketAddress;
import io.chagres.loop.internal.Listeners;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortSignal;
import io.chagres.stream.Duplex;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What only some sockets have, usually those that connect: listeners for that, what their options said, and a layer. */
final class ClientSide {

    Listeners<Runnable> connectListeners;
    Listeners<Runnable> readyListeners;
    Listeners<LookupListener> lookupListeners;
    Listeners<Consumer<? super SocketAddress>> attemptListeners;
    Listeners<BiConsumer<? super SocketAddress, ? super ChagresException>> attemptFailedListeners;
    Listeners<Consumer<? super SocketAddress>> attemptTimeoutListeners;

    /** The addresses that were tried, where there were several to try. */
    List<SocketAddress> attempted = List.of();

    /** The stream over the socket that answers for it, or null: {@link Socket#setLayer}. */
    Duplex layer;

    /** Where the socket must not go, or null. */
    BlockList blockList;

    /** A handle to connect with, or null. */
    SocketHandle unconnected;

    /** What aborts the socket, or null. */
    AbortSignal signal;

    /** Takes the socket off its signal; null where it is on none. */
    private Runnable leaveSignal;

    /** A descriptor that was given decides between TCP and Unix sockets. */
    void requireKind(boolean isUnix) {
        if (unconnected != null && !(isUnix ? Pipe.class : Tcp.class).isInstance(unconnected)) {
            throw new UsageException(
                    "ERR_INVALID_HANDLE_TYPE", unconnected + " can't connect to a " + (isUnix ? "path" : "port"));
        }
    }

    /** What was given to connect with, for the first attempt; null where nothing was, or not any more. */
    <H extends SocketHandle> H takeUnconnected(Class<H> kind) {
        SocketHandle given = unconnected;
        unconnected = null;
        if (given == null || given.isClosing()) {
            return null;
        }
        given.onClose(null);
        return kind.cast(given);
    }

    boolean blocks(SocketAddress remote) {
        return blockList != null && blockList.check(remote.address());
    }

    /** The socket is made, and can be aborted from now on; at once if its signal is aborted already. */
    void follow(Socket socket) {
        if (signal.isAborted()) {
            socket.destroy(signal.error());
        } else {
            leaveSignal = signal.onAbort(socket.loop(), () -> socket.destroy(signal.error()));
        }
    }

    /** The socket begins another life. An abort of the past does not concern that: it has been reported. */
    void begin(Socket socket) {
        attempted = List.of();
        layer = null;
        if (signal != null && !signal.isAborted()) {
            follow(socket);
        }
    }

    /** The socket is destroyed: what was given goes with it, and the signal has nothing to do with it any more. */
    void leave() {
        if (leaveSignal != null) {
            leaveSignal.run();
            leaveSignal = null;
        }
        if (unconnected != null) {
            if (!unconnected.isClosing()) {
                unconnected.onClose(null); // comes late, when the socket may have been connected again
                unconnected.close();
            }
            unconnected = null;
        }
    }
}
