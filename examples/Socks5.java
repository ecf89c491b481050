import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.chagres.address.SocketAddress;
import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.stream.Streams;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Consumer;

/**
 * A SOCKS5 proxy (RFC 1928): connects to the address or name that a client asks for, then forwards both ways, no faster than the slower
 * side reads. If it has an account, a client must give the user and the password (RFC 1929). It reaches whatever this machine reaches, so
 * it listens on 127.0.0.1 only. Try {@code curl -x socks5h://127.0.0.1:1080 http://example.org/}.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/Socks5.java [port] [user:password]</pre>
 */
public class Socks5 {
    private static final SocketOptions HALF_OPEN = SocketOptions.defaults().allowHalfOpen(true);
    private static final long IDLE_MILLIS = 300_000;
    private static final String NO_ADDRESS = "\0\1\0\0\0\0\0\0"; // in replies: like ssh -D, without its own address
    /** The time for the handshake, for the connect, and for a client to take the reply if its request fails. */
    private static final long STEP_MILLIS = Long.getLong("stepMillis", 10_000);
    /** All connections hold up to a quarter of the heap: 64 KiB each way that wait to be written, and as many that were read. */
    private static final int MAX_CLIENTS = Math.clamp(Runtime.getRuntime().maxMemory() >> 20, 16, 10_000);
    /** A byte with the length, then so many bytes: a list of methods, a user, a password, a name. */
    private static final Framing COUNTED = Framing.length(1, 255);

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 1080;
        String account = args.length > 1 ? args[1] : ""; // empty: clients need none
        try (Loop loop = new Loop()) {
            ServerOptions halfOpen = ServerOptions.defaults().allowHalfOpen(true);
            Server server = Net.createServer(loop, halfOpen, socket -> new Socks5(socket, account));
            server.setMaxConnections(MAX_CLIENTS);
            server.listen(port, "127.0.0.1", () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", server::close).unref();
            loop.run();
        }
    }

    private final Socket socket;
    private final Timer deadline;
    private final FrameReader frames; // of the handshake: texts, with a character for each byte
    private Consumer<String> step; // for the next frame

    private Socks5(Socket socket, String account) {
        this.socket = socket;
        deadline = Timer.after(socket.loop(), STEP_MILLIS, socket::destroy);
        socket.onClose(hadError -> deadline.close()).onError(error -> {}); // a client that is gone needs no reply
        frames = FrameReader.on(socket, COUNTED).onEnd(socket::destroy);
        frames.onText(ISO_8859_1, frame -> step.accept(frame));
        awaitVersion(5, methods -> chooseMethod(methods, account));
    }

    private void await(Framing framing, Consumer<String> next) {
        frames.switchTo(framing);
        step = next;
    }

    private void awaitVersion(int version, Consumer<String> next) {
        await(Framing.fixed(1), given -> await(COUNTED, given.charAt(0) == version ? next : any -> socket.destroy()));
    }

    private void chooseMethod(String offered, String account) {
        if (offered.indexOf(account.isEmpty() ? 0 : 2) < 0) {
            refuse("\5\377");
        } else if (account.isEmpty()) {
            awaitRequest("\5\0");
        } else {
            send("\5\2");
            awaitVersion(1, user -> await(COUNTED, password -> check(user + ":" + password, account)));
        }
    }

    private void check(String given, String account) {
        if (MessageDigest.isEqual(given.getBytes(ISO_8859_1), account.getBytes(ISO_8859_1))) {
            awaitRequest("\1\0");
        } else {
            refuse("\1\1");
        }
    }

    private void awaitRequest(String reply) {
        send(reply);
        await(Framing.fixed(4), head -> {
            Consumer<String> host = name -> await(Framing.fixed(2), port -> serve(head.charAt(1), name, port));
            switch (head.charAt(3)) {
                case 1, 4 -> await(Framing.fixed(4 * head.charAt(3)), ip -> host.accept(addressOf(ip)));
                case 3 -> await(COUNTED, host);
                default -> refuse("\5\10" + NO_ADDRESS); // 8: the length of such an address is unknown
            }
        });
    }

    private static String addressOf(String ip) {
        return SocketAddress.of(ip.getBytes(ISO_8859_1), 0, 0).address();
    }

    private void serve(int command, String host, String port) {
        if (command != 1 || host.isEmpty()) {
            refuse((command == 1 ? "\5\1" : "\5\7") + NO_ADDRESS); // 7: BIND, or UDP ASSOCIATE
            return;
        }
        frames.stop(); // what follows the request waits for the pipeline
        deadline.stop();
        ConnectOptions to = ConnectOptions.to(host, port.charAt(0) << 8 | port.charAt(1));
        Socket far = Net.connect(socket.loop(), HALF_OPEN, to.connectTimeoutMillis(STEP_MILLIS));
        socket.onClose(hadError -> far.destroy());
        far.onError(error -> refuse("\5" + codeOf(error.code()) + NO_ADDRESS)).onConnect(() -> {
            deadline.close();
            send("\5\0" + NO_ADDRESS);
            socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
            Streams.pipeline(List.of(socket, far, socket), error -> {}); // an error of one closes both
        });
    }

    private static char codeOf(String error) {
        return switch (error) {
            case "ENETUNREACH" -> 3;
            case "EHOSTUNREACH", "ENOTFOUND", "EAI_AGAIN", "ERR_SOCKET_CONNECTION_TIMEOUT" -> 4;
            case "ECONNREFUSED" -> 5;
            default -> 1;
        };
    }

    private void send(String bytes) {
        socket.write(bytes.getBytes(ISO_8859_1));
    }

    /** Ends with {@code reply}. What the client still sends is read: a reset would take the reply away from it. */
    private void refuse(String reply) {
        if (!deadline.isClosing()) {
            frames.stop();
            send(reply);
            socket.resume().end();
            deadline.start(STEP_MILLIS, socket::destroy);
        }
    }
}
