package io.chagres.blocking;

import io.chagres.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.stream.CloseListener;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connect for which a future waits. A connection that the caller does not want any more, or whose first use throws, is destroyed.
 *
 * @param <T> the type of the result
 */
final class Connecting<T extends @Nullable Object> {

    /** The error listener of each socket that is connected: the errors of such a socket are thrown to the threads that use it. */
    private static final Consumer<ChagresException> THROWN_ELSEWHERE = error -> {};

    private final Request<T> request;
    private final Socket socket;
    private final Function<? super Socket, ? extends T> use;
    private final Consumer<ChagresException> onError;
    private final CloseListener onClose = hadError -> closed();

    private Connecting(Request<T> request, Socket socket, Function<? super Socket, ? extends T> use) {
        this.request = request;
        this.socket = socket;
        this.use = use;
        onError = request::fail;
    }

    /** Connects a new socket, on the loop thread. */
    static <T extends @Nullable Object> void begin(
            Request<T> request,
            Loop loop,
            SocketOptions socketOptions,
            ConnectOptions options,
            Function<? super Socket, ? extends T> use) {
        Socket socket = new Socket(loop, socketOptions);
        new Connecting<>(request, socket, use).begin(options);
    }

    private void begin(ConnectOptions options) {
        request.undoWith(socket::destroy);
        socket.onError(onError).onClose(onClose);
        if (socket.isDestroyed()) {
            return; // its signal is aborted: the error follows
        }
        try {
            socket.connect(options, this::connected);
        } catch (Throwable thrown) {
            socket.destroy();
            throw thrown;
        }
    }

    private void connected() {
        socket.onError(THROWN_ELSEWHERE);
        socket.offError(onError);
        socket.offClose(onClose);
        try {
            if (!request.complete(use.apply(socket))) {
                socket.destroy();
            }
        } catch (Throwable thrown) {
            socket.destroy();
            request.fail(thrown);
        }
    }

    private void closed() {
        request.fail(new ChagresException(
                "ERR_SOCKET_CLOSED_BEFORE_CONNECTION", "Socket closed before the connection was established"));
    }
}
