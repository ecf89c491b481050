package io.chagres.service;

import io.chagres.net.DetachedSocket;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * An idle connection that was taken out of its socket.
 *
 * @param home takes it back: the server that it comes from
 */
record IdleConnection(DetachedSocket connection, Consumer<DetachedSocket> home) {

    /** Takes idle connections of {@code server} out of their sockets, on its thread, while there is {@code room}. */
    static void detachAll(Server server, AtomicInteger room, Consumer<DetachedSocket> found) {
        for (Socket socket : server.connections()) {
            if (canMove(socket)) {
                if (room.getAndDecrement() <= 0) {
                    return;
                }
                found.accept(socket.detach());
            }
        }
    }

    private static boolean canMove(Socket socket) {
        boolean isLayered = socket.layer() != null && !socket.layer().isDestroyed();
        return !isLayered && socket.isIdle() && socket.isWritable() && socket.isReadable();
    }

    void giveBack() {
        home.accept(connection);
    }
}
