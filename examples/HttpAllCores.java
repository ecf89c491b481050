import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.group.GroupOptions;
import io.chagres.group.GroupServer;
import io.chagres.group.LoopGroup;
import io.chagres.group.Sharing;
import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A small HTTP/1.1 server on all cores: a loop for each, and a server on each loop. It answers GET of any path, as benchmarks ask for it.
 * {@link HttpPlaintext} is the careful one, on a single loop.
 *
 * <p>An object of this class is the state of one loop: the date and the answer, made once a second. Loops share nothing, so there is no
 * lock. The third argument says how connections are spread: REUSE_PORT, CPU, SHARED or DEALER. The fourth is the number of loops. At the
 * end, on Ctrl-C, the program prints what each loop has accepted.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/HttpAllCores.java [port] [host] [sharing] [loops]</pre>
 */
public class HttpAllCores {

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);
    private static final Framing HEADS = Framing.delimiter(new byte[] {'\r', '\n', '\r', '\n'}, 8 * 1024);
    private static final int GET = 0x47455420; // "GET "
    private static final int MAX_HELD = 256 * 1024;
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 60_000);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private ByteBuffer answer = ByteBuffer.allocate(0);

    public static void main(String[] args) throws InterruptedException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        Sharing sharing = args.length > 2 ? Sharing.valueOf(args[2]) : Sharing.REUSE_PORT;
        GroupOptions options = GroupOptions.named("http").pinned(sharing == Sharing.CPU);
        try (LoopGroup group =
                args.length > 3 ? LoopGroup.start(Integer.parseInt(args[3]), options) : LoopGroup.start(options)) {
            GroupServer server = group.listen(
                    ListenOptions.at(host, port), sharing, loop -> new HttpAllCores().on(loop, group.size()));
            System.out.println("listening on " + server.address() + " with " + group.size() + " loops");
            Loop first = group.loops().getFirst();
            first.execute(
                    () -> Signal.on(first, "INT", () -> group.drain(GRACE)).unref());
            group.join();
            for (int i = 0; i < group.size(); i++) {
                System.out.println("loop " + i + ": " + server.accepted(i) + " connections");
            }
        }
    }

    /** Returns a server of this loop, one of {@code loops} that share the memory. */
    private Server on(Loop loop, int loops) {
        tellTime();
        Timer.every(loop, 1000, this::tellTime).unref();
        long clients = Math.max(16, Runtime.getRuntime().maxMemory() / 4 / MAX_HELD / loops);
        return Net.createServer(loop, socket -> new Client(socket))
                .setMaxConnections((int) Math.min(clients, Integer.MAX_VALUE));
    }

    private void tellTime() {
        String body = "Hello, World!";
        answer = StandardCharsets.ISO_8859_1.encode("HTTP/1.1 200 OK\r\nDate: "
                + DATE.format(ZonedDateTime.now(ZoneOffset.UTC)) + "\r\nContent-Type: text/plain\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
    }

    private final class Client {

        private final Socket socket;
        private final FrameReader heads;
        private boolean isAnswering;

        Client(Socket socket) {
            this.socket = socket;
            socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
            socket.onError(error -> {}); // a client that is gone, or sends a head without end
            heads = FrameReader.on(socket, HEADS).onFrame(this::answer);
            socket.onDrain(heads::resume);
        }

        private void answer(ByteBuffer head) {
            if (head.remaining() < Integer.BYTES || head.getInt(0) != GET) {
                socket.destroy();
                return;
            }
            if (!isAnswering) { // the answers of one turn are written together
                isAnswering = true;
                socket.cork();
                socket.loop().nextTick(this::send);
            }
            if (!socket.write(answer)) {
                heads.pause(); // a client that does not read answers may not ask for more
            }
        }

        private void send() {
            isAnswering = false;
            socket.uncork();
        }
    }
}
