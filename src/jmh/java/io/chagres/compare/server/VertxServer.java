package io.chagres.compare.server;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;

/** Vert.x 5 on one event loop or several, with its native transport, which is Netty's epoll. TLS is the JDK's engine. */
final class VertxServer {

    private static final Buffer PIECE = Buffer.buffer(new byte[Task.PIECE]);

    public static void main(String[] args) {
        Task task = Task.of(args);
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(task.loops()));
        if (task.loops() == 1) {
            serve(vertx, task, task.port()).onSuccess(Task::announce).onFailure(VertxServer::fail);
            return;
        }
        vertx.deployVerticle(() -> new Verticle(task), new DeploymentOptions().setInstances(task.loops()))
                .onSuccess(deployed -> Task.announce(Verticle.port))
                .onFailure(VertxServer::fail);
    }

    /** An instance for each event loop. They share the port, a free one, which is the meaning of a negative number. */
    private static final class Verticle extends VerticleBase {
        private static volatile int port;

        private final Task task;

        Verticle(Task task) {
            this.task = task;
        }

        @Override
        public Future<?> start() {
            return serve(vertx, task, -1).onSuccess(actual -> port = actual);
        }
    }

    private static Future<Integer> serve(Vertx vertx, Task task, int port) {
        return task.mode() == Mode.HTTP ? listenForHttp(vertx, port) : listen(vertx, task, port);
    }

    private static Future<Integer> listen(Vertx vertx, Task task, int port) {
        NetServerOptions options = new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(Task.BACKLOG);
        if (task.mode().isTls()) {
            options.setSsl(true)
                    .setSslEngineOptions(new JdkSSLEngineOptions())
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .addCertPath(task.mode().certificate())
                            .addKeyPath(task.mode().key()));
        }
        return vertx.createNetServer(options)
                .connectHandler(socket -> serve(socket.exceptionHandler(gone -> {}), task))
                .listen(port, Task.HOST)
                .map(NetServer::actualPort);
    }

    private static Future<Integer> listenForHttp(Vertx vertx, int port) {
        return vertx.createHttpServer(
                        new HttpServerOptions().setTcpNoDelay(true).setAcceptBacklog(Task.BACKLOG))
                .requestHandler(request -> request.response()
                        .putHeader("Content-Type", "text/plain")
                        .end("Hello, World!"))
                .listen(port, Task.HOST)
                .map(HttpServer::actualPort);
    }

    private static void serve(NetSocket socket, Task task) {
        switch (task.mode().plain()) {
            case ECHO -> socket.pipeTo(socket);
            case SINK -> socket.handler(dropped -> {});
            case SOURCE -> {
                Context loop = Vertx.currentContext();
                socket.drainHandler(drained -> pour(socket, loop));
                pour(socket, loop);
            }
            default -> throw task.unknown();
        }
    }

    /** Writes a piece a turn: a client that is faster than the encryption always has room, and others wait. */
    private static void pour(NetSocket socket, Context loop) {
        if (!socket.writeQueueFull()) {
            socket.write(PIECE);
            loop.runOnContext(next -> pour(socket, loop));
        }
    }

    private static void fail(Throwable cause) {
        System.err.println(cause);
        System.exit(1);
    }
}
