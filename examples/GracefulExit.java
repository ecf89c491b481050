import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;

/**
 * A server that is told to exit, and lets those who are connected finish first.
 *
 * <p>At SIGINT (Ctrl-C) or SIGTERM it accepts nobody any more, and it exits when the last client has left. Who is still
 * there after so many seconds is disconnected. (Where clients stay connected between their requests, a
 * {@code server.close(Duration)} also ends those who have none under way: see HttpPlaintext.)
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/GracefulExit.java [port] [seconds]</pre>
 */
public class GracefulExit {

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 30;
        try (Loop loop = new Loop()) {
            loop.onUncaught(thrown -> System.out.println("survived: " + thrown));   // a bug is no reason to drop everybody
            Server server = Net.createServer(loop, client -> client.pipe(client));
            server.onClose(() -> System.out.println("closed: the last client has left"));
            server.listen(port, "127.0.0.1", () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> close(server, seconds)).unref();
            Signal.on(loop, "TERM", () -> close(server, seconds)).unref();
            loop.run();   // returns when the server has closed: nothing else keeps the loop alive
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
