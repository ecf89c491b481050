import io.chagres.ChagresException;
import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;

/**
 * An echo server: sends back the bytes of each client, as fast as the client reads them.
 *
 * <p>The server stops reading from a client that does not read. It disconnects a client that is silent for too long,
 * and accepts only as many clients as the heap has room for. At SIGINT (Ctrl-C) or SIGTERM it stops accepting, waits
 * until the last client has left, and exits. At a second signal it exits at once.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/EchoServer.java [port] [host]</pre>
 */
public class EchoServer {

    /** The bytes that a client may hold: 64 KiB that wait to be written, and as many that were read. */
    private static final int MAX_HELD = 128 * 1024;

    private static final long MAX_CLIENTS = Math.max(16, Runtime.getRuntime().maxMemory() / 2 / MAX_HELD);
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 600_000);

    public static void main(String[] args) {
        try {
            int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
            String host = args.length > 1 ? args[1] : "127.0.0.1";
            serve(port, host);
        } catch (NumberFormatException notANumber) {
            fail("the port must be a number, and not \"" + args[0] + '"');
        } catch (ChagresException refused) {
            // the port is in use, the host is on another machine, or native access is not allowed
            fail(refused.getMessage());
        }
    }

    private static void serve(int port, String host) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, socket -> {
                socket.onError(error -> System.err.println("connection lost: " + error.getMessage()));
                socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
                socket.pipe(socket);
            });
            server.setMaxConnections((int) Math.min(MAX_CLIENTS, Integer.MAX_VALUE));
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            for (String signal : new String[] {"INT", "TERM"}) {
                Signal.on(loop, signal, () -> leave(server)).unref();
            }
            loop.run();
        }
    }

    private static void leave(Server server) {
        if (!server.isListening()) {
            System.out.println("leaving at once");
            Runtime.getRuntime().halt(1);
        }
        server.close();
        System.out.println("closing: " + server.connectionCount() + " clients are still here");
    }

    private static void fail(String reason) {
        System.err.println("EchoServer: " + reason);
        System.exit(1);
    }
}
