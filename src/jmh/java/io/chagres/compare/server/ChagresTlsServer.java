package io.chagres.compare.server;

import io.chagres.loop.Loop;
import io.chagres.net.ServerOptions;
import io.chagres.tls.SecureContext;
import io.chagres.tls.SecureContextOptions;
import io.chagres.tls.Tls;
import io.chagres.tls.TlsServer;
import io.chagres.tls.TlsServerOptions;
import io.chagres.tls.TlsSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/** Chagres with TLS: io.chagres.tls on the JDK's engine, otherwise as {@link ChagresServer}. */
final class ChagresTlsServer {

    private static final ByteBuffer PIECE = ByteBuffer.allocateDirect(Task.PIECE);

    private ChagresTlsServer() {}

    public static void main(String[] args) throws InterruptedException, IOException {
        Task task = Task.of(args);
        TlsServerOptions options = TlsServerOptions.of(SecureContext.of(SecureContextOptions.defaults()
                .certificate(
                        Files.readString(Path.of(task.mode().certificate())),
                        Files.readString(Path.of(task.mode().key())))));
        if (task.loops() > 1) {
            ChagresLoops.run(
                    task.port(),
                    task.loops(),
                    loop -> server(loop, task, options).server());
            return;
        }
        try (Loop loop = new Loop()) {
            TlsServer server = server(loop, task, options);
            server.server()
                    .listen(
                            task.port(),
                            Task.HOST,
                            Task.BACKLOG,
                            () -> Task.announce(
                                    Objects.requireNonNull(server.address()).port()));
            loop.run();
        }
    }

    private static TlsServer server(Loop loop, Task task, TlsServerOptions options) {
        Consumer<TlsSocket> serve = serving(task);
        return Tls.createServer(loop, ServerOptions.defaults().noDelay(true), options, socket -> {
            socket.onError(gone -> {});
            serve.accept(socket);
        });
    }

    private static Consumer<TlsSocket> serving(Task task) {
        return switch (task.mode().plain()) {
            case ECHO ->
                task.variant().equals("data") ? socket -> socket.onData(socket::write) : socket -> socket.pipe(socket);
            case SINK -> socket -> socket.onData(dropped -> {});
            case SOURCE -> ChagresTlsServer::pour;
            default -> throw task.unknown();
        };
    }

    private static void pour(TlsSocket socket) {
        socket.resume();
        socket.onDrain(() -> fill(socket));
        fill(socket);
    }

    private static void fill(TlsSocket socket) {
        while (socket.write(PIECE)) {}
    }
}
