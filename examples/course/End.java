import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client ends its side after its last bytes, and still reads the answer. The server ends its side in turn. */
public class End {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, End::answer);
            server.listen(0, "127.0.0.1", () -> ask(loop, server));
            loop.run();
        }
    }

    private static void answer(Socket connection) {
        connection.onData(chunk -> connection.write("answer"));
        connection.onEnd(() -> System.out.println("server: 'end'"));
        connection.onClose(hadError -> System.out.println("server: 'close'"));
    }

    private static void ask(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.onConnect(() -> socket.end("question"));
        socket.onFinish(() -> System.out.println("client: 'finish'"));
        socket.onData(chunk -> System.out.println("client: 'data' " + StandardCharsets.UTF_8.decode(chunk)));
        socket.onEnd(() -> System.out.println("client: 'end'"));
        socket.onClose(hadError -> {
            System.out.println("client: 'close'");
            server.close();
        });
    }
}
