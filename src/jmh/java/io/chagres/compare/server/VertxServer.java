package io.chagres.compare.server;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;

/** Vert.x 5 on one event loop, with its native transport, which is Netty's epoll. */
final class VertxServer {

    private static final Buffer PIECE = Buffer.buffer(new byte[Task.PIECE]);

    public static void main(String[] args) {
        Task task = Task.of(args);
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        NetServerOptions options = new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(Task.BACKLOG);
        vertx.createNetServer(options)
            .connectHandler(socket -> serve(socket.exceptionHandler(gone -> { }), task))
            .listen(task.port(), Task.HOST)
            .onSuccess(server -> Task.announce(server.actualPort()))
            .onFailure(VertxServer::fail);
    }

    private static void serve(NetSocket socket, Task task) {
        switch (task.mode()) {
            case ECHO -> socket.pipeTo(socket);
            case SINK -> socket.handler(dropped -> { });
            case SOURCE -> {
                socket.drainHandler(drained -> fill(socket));
                fill(socket);
            }
            default -> throw task.unknown();
        }
    }

    private static void fill(NetSocket socket) {
        while (!socket.writeQueueFull()) {
            socket.write(PIECE);
        }
    }

    private static void fail(Throwable cause) {
        System.err.println(cause);
        System.exit(1);
    }
}
