package io.chagres.compare.server;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;

/** Vert.x 5 on one event loop, with its native transport, which is Netty's epoll. */
final class VertxServer {

    private static final Buffer PIECE = Buffer.buffer(new byte[Task.PIECE]);

    public static void main(String[] args) {
        Task task = Task.of(args);
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        Future<Integer> port = task.mode() == Mode.HTTP ? listenForHttp(vertx, task) : listen(vertx, task);
        port.onSuccess(Task::announce).onFailure(VertxServer::fail);
    }

    private static Future<Integer> listen(Vertx vertx, Task task) {
        return vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(Task.BACKLOG))
                .connectHandler(socket -> serve(socket.exceptionHandler(gone -> {}), task))
                .listen(task.port(), Task.HOST)
                .map(NetServer::actualPort);
    }

    private static Future<Integer> listenForHttp(Vertx vertx, Task task) {
        return vertx.createHttpServer(
                        new HttpServerOptions().setTcpNoDelay(true).setAcceptBacklog(Task.BACKLOG))
                .requestHandler(request -> request.response()
                        .putHeader("Content-Type", "text/plain")
                        .end("Hello, World!"))
                .listen(task.port(), Task.HOST)
                .map(HttpServer::actualPort);
    }

    private static void serve(NetSocket socket, Task task) {
        switch (task.mode()) {
            case ECHO -> socket.pipeTo(socket);
            case SINK -> socket.handler(dropped -> {});
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
