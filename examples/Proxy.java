import io.chagres.ChagresException;
import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.stream.Streams;
import java.util.List;

/**
 * A proxy: forwards each connection to another server, both ways, no faster than the slower side reads.
 *
 * <p>If one side ends, the proxy ends the other side too, which may still send. If one side fails, or is silent for
 * too long, the proxy closes both.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/Proxy.java [port] [target port] [host]</pre>
 */
public class Proxy {

    /** The bytes that a connection may hold: 64 KiB each way that wait to be written, and as many that were read. */
    private static final int MAX_HELD = 256 * 1024;

    private static final long MAX_CLIENTS = Math.max(16, Runtime.getRuntime().maxMemory() / 4 / MAX_HELD);
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 300_000);

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9298;
        int targetPort = args.length > 1 ? Integer.parseInt(args[1]) : 9297;
        String targetHost = args.length > 2 ? args[2] : "127.0.0.1";
        SocketOptions halfOpen = SocketOptions.defaults().allowHalfOpen(true);
        ConnectOptions target = ConnectOptions.to(targetHost, targetPort);
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, ServerOptions.defaults().allowHalfOpen(true), client -> {
                Socket far = Net.connect(loop, halfOpen, target);
                for (Socket side : List.of(client, far)) {
                    side.setTimeout(IDLE_MILLIS).onTimeout(side::destroy); // also while it connects
                }
                Streams.pipeline(List.of(client, far, client), Proxy::report);
            });
            server.setMaxConnections((int) Math.min(MAX_CLIENTS, Integer.MAX_VALUE));
            server.listen(port, "127.0.0.1", () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", server::close).unref();
            loop.run();
        }
    }

    private static void report(ChagresException error) {
        if (error != null) {
            System.err.println("connection lost: " + error.getMessage());
        }
    }
}
