import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;

/**
 * A server that lets its clients finish before it exits.
 *
 * <p>At SIGINT (Ctrl-C) or SIGTERM it stops accepting connections, and it exits when the last client has left. Clients that are
 * still connected after {@code seconds} are disconnected. (If clients stay connected between their requests, a
 * {@code server.close(Duration)} also ends those without a pending request: see HttpPlaintext.)
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/GracefulExit.java [port] [seconds]</pre>
 */
public class GracefulExit {

    /** Each client holds up to 128 KiB. */
    private static final int MAX_CLIENTS = 1000;

    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 600_000);

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 30;
        try (Loop loop = new Loop()) {
            // a bug is no reason to drop all clients
            loop.setUncaughtHandler(thrown -> System.out.println("survived: " + thrown));
            Server server = Net.createServer(loop, client -> {
                client.setTimeout(IDLE_MILLIS).onTimeout(client::destroy);
                client.pipe(client);
            });
            server.setMaxConnections(MAX_CLIENTS);
            server.onClose(() -> System.out.println("closed: the last client has left"));
            server.listen(port, "127.0.0.1", () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> close(server, seconds)).unref();
            Signal.on(loop, "TERM", () -> close(server, seconds)).unref();
            loop.run(); // returns when the server has closed: nothing else keeps the loop alive
        }
    }

    private static void close(Server server, int seconds) {
        server.close();
        System.out.println("closing: " + server.connectionCount() + " clients are still here");
        Timer.after(server.loop(), seconds * 1000L, () -> disconnect(server)).unref();
    }

    private static void disconnect(Server server) {
        System.out.println("disconnecting " + server.connectionCount() + " clients");
        server.closeAllConnections();
    }
}
