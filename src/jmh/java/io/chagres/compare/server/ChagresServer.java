package io.chagres.compare.server;

import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Chagres as its users know it: net.Socket, piped into itself or with a data listener that writes. */
final class ChagresServer {

    private static final ByteBuffer PIECE = ByteBuffer.allocateDirect(Task.PIECE);

    public static void main(String[] args) {
        Task task = Task.of(args);
        try (Loop loop = new Loop()) {
            Consumer<Socket> serve = serving(task);
            Server server = Net.createServer(loop, new ServerOptions().noDelay(true), socket -> {
                socket.onError(gone -> { });
                serve.accept(socket);
            });
            server.listen(task.port(), Task.HOST, () -> Task.announce(server.address().port()));
            loop.run();
        }
    }

    private static Consumer<Socket> serving(Task task) {
        return switch (task.mode()) {
            case ECHO -> task.variant().equals("data") ? socket -> socket.onData(socket::write) : socket -> socket.pipe(socket);
            case SINK -> socket -> socket.onData(dropped -> { });
            case SOURCE -> ChagresServer::pour;
            default -> throw task.unknown();
        };
    }

    private static void pour(Socket socket) {
        socket.resume();
        socket.onDrain(() -> fill(socket));
        fill(socket);
    }

    private static void fill(Socket socket) {
        while (socket.write(PIECE)) { }
    }
}
