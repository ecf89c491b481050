import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.ProxyProtocol;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * An HTTP server behind HAProxy or nginx: it answers with the address of the client, which the balancer sends in a header of the PROXY
 * protocol. Other senders than the balancers are refused.
 *
 * <p>The balancer asks for {@code /health}. After Ctrl-C the answer is 503 for some seconds, so that the balancer sends no more clients,
 * and only then the server closes. docs/behind-a-balancer.md has the configurations of the balancers.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/BehindABalancer.java [port] [balancer]...</pre>
 */
public class BehindABalancer {

    private static final Framing HEADS = Framing.delimiter("\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 8 * 1024);
    private static final int MAX_CLIENTS = 10_000;
    private static final long REQUEST_MILLIS = Long.getLong("requestMillis", 10_000);
    /** The time that the balancer has to notice: a few of its checks. */
    private static final long DRAIN_MILLIS = Long.getLong("drainMillis", 3_000);

    private static final Duration GRACE = Duration.ofSeconds(10);

    private boolean draining;

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        String[] balancers = args.length > 1 ? Arrays.copyOfRange(args, 1, args.length) : new String[] {"127.0.0.1"};
        ServerOptions options =
                ServerOptions.defaults().proxyProtocol(ProxyProtocol.required().from(balancers));
        BehindABalancer app = new BehindABalancer();
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, options, app::serve);
            server.setMaxConnections(MAX_CLIENTS);
            server.onDrop(dropped -> System.err.println("dropped " + dropped.remote() + ": " + dropped.reason()));
            server.listen(port, "127.0.0.1", () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> app.drain(server)).unref();
            loop.run();
        }
    }

    private void drain(Server server) {
        if (!draining) {
            draining = true;
            System.out.println("draining");
            Timer.after(server.loop(), DRAIN_MILLIS, () -> server.close(GRACE));
        }
    }

    private void serve(Socket socket) {
        Timer deadline = Timer.after(socket.loop(), REQUEST_MILLIS, socket::destroy);
        socket.onClose(hadError -> deadline.close());
        socket.onError(error -> {}); // a client that is gone, or sends a head without end
        FrameReader.on(socket, HEADS).onText(head -> {
            if (socket.isWritable()) {
                socket.end(answer(socket, head));
            } else {
                socket.destroy(); // one request is answered
            }
        });
    }

    private String answer(Socket socket, String head) {
        if (head.startsWith("GET /health ") || head.startsWith("OPTIONS /health ")) {
            return draining ? response("503 Service Unavailable", "draining\n") : response("200 OK", "ready\n");
        }
        return response("200 OK", socket.remoteAddress() + " through " + socket.peerAddress() + "\n");
    }

    private static String response(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + body;
    }
}
