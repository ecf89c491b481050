import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The use of allowHalfOpen: an answer to a client that has ended its side, and still reads.
 *
 * <p>A client sends a question, ends its side, and waits: {@code printf 'how long?' | nc -N 127.0.0.1 9297}. By default a
 * socket ends right after its peer, and an answer that takes a while is too late (EPIPE). A socket that may be half open
 * stays writable until it is ended: ask the other port.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/HalfOpen.java [port] [half-open port]</pre>
 */
public class HalfOpen {

    private static final int MAX_CLIENTS = 1000;
    private static final int THINKING_MILLIS = 100;
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 60_000);

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        int halfOpenPort = args.length > 1 ? Integer.parseInt(args[1]) : 9298;
        try (Loop loop = new Loop()) {
            listen(loop, port, false);
            listen(loop, halfOpenPort, true);
            loop.run();
        }
    }

    private static void listen(Loop loop, int port, boolean allowHalfOpen) {
        Server server = Net.createServer(loop, ServerOptions.defaults().allowHalfOpen(allowHalfOpen), HalfOpen::answer)
                .setMaxConnections(MAX_CLIENTS);
        server.listen(
                port,
                "127.0.0.1",
                () -> System.out.println("listening on " + server.address() + ", allowHalfOpen " + allowHalfOpen));
        Signal.on(loop, "INT", server::close).unref();
    }

    private static void answer(Socket socket) {
        socket.onError(error -> System.err.println("connection lost: " + error.getMessage()));
        socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
        socket.resume(); // arriving bytes are counted and dropped, none is kept
        socket.onEnd(() -> {
            System.out.println("the client has ended");
            Timer.after(socket.loop(), THINKING_MILLIS, () -> send(socket.bytesRead() + " bytes\n", socket));
        });
        socket.onClose(hadError -> System.out.println("closed"));
    }

    private static void send(String text, Socket socket) {
        socket.write(
                StandardCharsets.UTF_8.encode(text),
                error -> System.out.println(error == null ? "answered" : error.code() + ": " + error.getMessage()));
        socket.end();
    }
}
