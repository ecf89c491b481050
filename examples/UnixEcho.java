import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;

/**
 * An echo server over a Unix socket: the same server, with a path instead of a port.
 *
 * <p>Talk to it with {@code nc -U /tmp/echo.sock}. The server removes the file of the socket when it is closed.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/UnixEcho.java [path]</pre>
 */
public class UnixEcho {

    /** Each client holds up to 128 KiB. */
    private static final int MAX_CLIENTS = 100;

    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 600_000);

    public static void main(String[] args) {
        String path = args.length > 0 ? args[0] : "/tmp/echo.sock";
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, socket -> {
                socket.onError(error -> System.err.println("connection lost: " + error.getMessage()));
                socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
                socket.pipe(socket);
            });
            server.setMaxConnections(MAX_CLIENTS);
            server.listen(path, () -> System.out.println("listening on " + path));
            Signal.on(loop, "INT", server::close).unref();
            Signal.on(loop, "TERM", server::close).unref();
            loop.run();
        }
    }
}
