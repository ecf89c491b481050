import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client ends its side at once and waits for the answer. The server may answer later, because its side stays open. */
public class HalfClosed {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server =
                    Net.createServer(loop, ServerOptions.defaults().allowHalfOpen(true), HalfClosed::answerLater);
            server.listen(0, "127.0.0.1", () -> ask(loop, server));
            loop.run();
        }
    }

    private static void answerLater(Socket connection) {
        connection.resume();
        connection.onEnd(() -> {
            System.out.println("server: 'end', still writable: " + connection.isWritable());
            connection
                    .loop()
                    .execute(() -> connection.end("late answer")); // in a later phase, as the result of some work
        });
    }

    private static void ask(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.onConnect(() -> socket.end("question"));
        socket.onData(chunk -> System.out.println("client: 'data' " + StandardCharsets.UTF_8.decode(chunk)));
        socket.onClose(hadError -> server.close());
    }
}
