import io.chagres.ChagresException;
import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;

/**
 * Sends back what it gets, as fast as each client takes it.
 *
 * <p>A client that does not read is not read either, one that is silent for too long is disconnected, and there are only as many
 * clients as the heap has room for. SIGINT (Ctrl-C) or SIGTERM lets it accept no more, wait until the last client has left, and
 * exit; a second signal makes it exit at once.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/EchoServer.java [port] [host]</pre>
 */
public class EchoServer {

    /** What a client may hold: 64 KiB that wait to be written, and as much that was read. */
    private static final int MAX_HELD = 128 * 1024;

    private static final long MAX_CLIENTS = Math.max(16, Runtime.getRuntime().maxMemory() / 2 / MAX_HELD);
    private static final long IDLE_MILLIS = 600_000;

    public static void main(String[] args) {
        try {
            int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
            String host = args.length > 1 ? args[1] : "127.0.0.1";
            serve(port, host);
        } catch (NumberFormatException notANumber) {
            fail("the port must be a number, and not \"" + args[0] + '"');
        } catch (ChagresException refused) {
            // The port is in use, the host is another machine's, native access not allowed.
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
