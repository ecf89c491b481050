package io.chagres.compare.server;

import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Rehearsal;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Chagres as its users see it: net.Socket. Its echo has three variants: piped into itself, with a data listener that writes,
 * and read into a lent buffer.
 */
final class ChagresServer {

    private static final ByteBuffer PIECE = ByteBuffer.allocateDirect(Task.PIECE);

    private ByteBuffer room = ByteBuffer.allocateDirect(Task.PIECE);

    public static void main(String[] args) throws InterruptedException {
        Task task = Task.of(args);
        if (task.variant().equals("rehearsed")) {
            Rehearsal.run(Duration.ofSeconds(3), ByteBuffer.allocate(64), socket -> socket.pipe(socket));
        }
        if (task.loops() > 1) {
            ChagresLoops.run(task.port(), task.loops(), loop -> new ChagresServer().server(loop, task));
            return;
        }
        try (Loop loop = new Loop()) {
            Server server = new ChagresServer().server(loop, task);
            server.listen(
                    task.port(),
                    Task.HOST,
                    Task.BACKLOG,
                    () -> Task.announce(server.address().port()));
            loop.run();
        }
    }

    private Server server(Loop loop, Task task) {
        ServerOptions options = ServerOptions.defaults().noDelay(true);
        if (task.mode() == Mode.ECHO && task.variant().equals("lent")) {
            return Net.createServer(
                    loop,
                    options.onRead(() -> room, this::echo),
                    socket -> socket.onError(gone -> {}).onDrain(socket::resume));
        }
        Consumer<Socket> serve = serving(task);
        return Net.createServer(loop, options, socket -> {
            socket.onError(gone -> {});
            serve.accept(socket);
        });
    }

    private static Consumer<Socket> serving(Task task) {
        return switch (task.mode()) {
            case ECHO ->
                task.variant().equals("data") ? socket -> socket.onData(socket::write) : socket -> socket.pipe(socket);
            case SINK -> socket -> socket.onData(dropped -> {});
            case SOURCE -> ChagresServer::pour;
            default -> throw task.unknown();
        };
    }

    /** If the kernel does not accept the whole buffer, it belongs to the write, and the next read gets another buffer. */
    private boolean echo(Socket socket, ByteBuffer lent, int count) {
        boolean hasRoom = socket.write(lent.limit(count));
        if (socket.writableLength() > 0) {
            room = ByteBuffer.allocateDirect(Task.PIECE);
        } else {
            lent.clear();
        }
        return hasRoom;
    }

    private static void pour(Socket socket) {
        socket.resume();
        socket.onDrain(() -> fill(socket));
        fill(socket);
    }

    private static void fill(Socket socket) {
        while (socket.write(PIECE)) {}
    }
}
