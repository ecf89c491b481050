import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A server that is told to exit, and lets those who are connected finish first.
 *
 * <p>At SIGINT (Ctrl-C) or SIGTERM it accepts nobody any more, and it exits when the last client has left. Who is still there
 * after so many seconds is disconnected.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/GracefulExit.java [port] [seconds]</pre>
 */
public class GracefulExit {

    private final Set<Socket> clients = new HashSet<>();
    private final Loop loop;
    private final Server server;
    private final int seconds;

    private GracefulExit(Loop loop, int seconds) {
        this.loop = loop;
        this.seconds = seconds;
        server = Net.createServer(loop, this::serve);
        server.onClose(() -> System.out.println("closed: the last client has left"));
    }

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 30;
        try (Loop loop = new Loop()) {
            loop.onUncaught(thrown -> System.out.println("survived: " + thrown));   // a bug is no reason to drop everybody
            new GracefulExit(loop, seconds).listen(port);
            loop.run();   // returns when the server has closed: nothing else keeps the loop alive
        }
    }

    private void listen(int port) {
        server.listen(port, "127.0.0.1", () -> System.out.println("listening on " + server.address()));
        Signal.on(loop, "INT", this::close).unref();
        Signal.on(loop, "TERM", this::close).unref();
    }

    private void serve(Socket client) {
        clients.add(client);
        client.onClose(hadError -> clients.remove(client));
        client.pipe(client);
    }

    private void close() {
        server.close();
        System.out.println("closing: " + clients.size() + " clients are still here");
        Timer.after(loop, seconds * 1000L, this::disconnect).unref();
    }

    private void disconnect() {
        System.out.println("disconnecting " + clients.size() + " clients");
        List.copyOf(clients).forEach(Socket::destroy);
    }
}
