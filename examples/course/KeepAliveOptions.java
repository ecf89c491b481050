import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketOption;
import java.time.Duration;

/** A server lets the kernel look after silent connections: keep-alive probes, and a limit for bytes without an answer. */
public class KeepAliveOptions {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, connection -> {
                System.out.println("server: probes after 60 s of silence, then every 10 s, 3 of them");
                connection.setKeepAlive(KeepAlive.ON
                        .idle(Duration.ofSeconds(60))
                        .interval(Duration.ofSeconds(10))
                        .count(3));
                System.out.println("server: gives up 30 s after unanswered bytes");
                connection.set(SocketOption.TCP_USER_TIMEOUT, Duration.ofSeconds(30));
                connection.resume();
            });
            server.listen(0, "127.0.0.1", () -> connect(loop, server));
            loop.run();
        }
    }

    private static void connect(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.onConnect(socket::end);
        socket.onClose(hadError -> server.close());
    }
}
