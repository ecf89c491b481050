import io.chagres.ChagresException;
import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.stream.Streams;
import io.chagres.tls.SecureContext;
import io.chagres.tls.SecureContextOptions;
import io.chagres.tls.Tls;
import io.chagres.tls.TlsServer;
import io.chagres.tls.TlsServerOptions;
import io.chagres.tls.TlsSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * HTTPS in front of plain HTTP servers: terminates TLS, and forwards each connection to the server of the name that the client asks for.
 * A client that asks for another name, or for none, fails in its handshake.
 *
 * <p>The folder has NAME.pem, the chain of certificates, and NAME-key.pem for each name. They are read again on SIGHUP: a certificate is
 * renewed without a restart. Ctrl-C or SIGTERM ends the proxy when its clients have left, or after some seconds.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/HttpsProxy.java port folder name=port...</pre>
 */
public class HttpsProxy {

    /** The bytes that a connection may hold: 64 KiB each way in both of its streams, and as many that were read. */
    private static final int MAX_HELD = 512 * 1024;

    private static final long MAX_CLIENTS = Math.max(16, Runtime.getRuntime().maxMemory() / 4 / MAX_HELD);
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 60_000);
    private static final Duration HANDSHAKE_LIMIT = Duration.ofMillis(Long.getLong("handshakeMillis", 10_000));
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final SocketOptions HALF_OPEN =
            SocketOptions.defaults().allowHalfOpen(true).noDelay(true);
    /** The answer does not wait until the client has acknowledged its session ticket. */
    private static final ServerOptions AT_ONCE = ServerOptions.defaults().noDelay(true);

    private final Map<String, ConnectOptions> targets = new HashMap<>();
    private final Path folder;

    private HttpsProxy(String folder) {
        this.folder = Path.of(folder);
    }

    public static void main(String[] args) throws IOException {
        HttpsProxy proxy = new HttpsProxy(args[1]);
        for (int i = 2; i < args.length; i++) {
            String[] words = args[i].split("=");
            proxy.targets.put(words[0], ConnectOptions.to("127.0.0.1", Integer.parseInt(words[1])));
        }
        TlsServerOptions options = TlsServerOptions.of(SecureContext.defaults()) // no certificate, so no other name
                .alpn("http/1.1")
                .handshakeTimeout(HANDSHAKE_LIMIT)
                .allowHalfOpen(true);
        try (Loop loop = new Loop()) {
            TlsServer server = Tls.createServer(loop, AT_ONCE, options, proxy::forward);
            proxy.readCertificates(server);
            server.server().setMaxConnections((int) Math.min(MAX_CLIENTS, Integer.MAX_VALUE));
            server.listen(
                    Integer.parseInt(args[0]),
                    "127.0.0.1",
                    () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "HUP", () -> proxy.readCertificates(server)).unref();
            Signal.on(loop, "INT", () -> server.close(GRACE)).unref();
            Signal.on(loop, "TERM", () -> server.close(GRACE)).unref();
            loop.run();
        }
    }

    private void readCertificates(TlsServer server) {
        try {
            for (String name : targets.keySet()) {
                String chain = Files.readString(folder.resolve(name + ".pem"));
                String key = Files.readString(folder.resolve(name + "-key.pem"));
                server.addContext(
                        name, SecureContext.of(SecureContextOptions.defaults().certificate(chain, key)));
            }
        } catch (IOException | ChagresException wrong) {
            System.err.println("certificates: " + wrong.getMessage());
        }
    }

    private void forward(TlsSocket client) {
        Socket target = Net.connect(
                client.loop(), HALF_OPEN, targets.get(client.servername().toLowerCase(Locale.ROOT)));
        client.setTimeout(IDLE_MILLIS).onTimeout(client::destroy); // also while the target connects
        Streams.pipeline(List.of(client, target, client), HttpsProxy::report);
    }

    private static void report(ChagresException error) {
        if (error != null) {
            System.err.println("connection lost: " + error.getMessage());
        }
    }
}
