import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;

/** The kernel finishes the handshake, and takes bytes, before the server has accepted: its queues hold both. */
public class Queues {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(
                    loop,
                    connection -> connection.onData(chunk -> {
                        System.out.println("server: 'data' of " + chunk.remaining() + " bytes");
                    }));
            server.listen(0, "127.0.0.1", () -> connect(loop, server));
            loop.run();
        }
    }

    private static void connect(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.write("early"); // kept by the socket until it is connected
        socket.onConnect(() -> System.out.println("client: 'connect'"));
        socket.end();
        socket.onClose(hadError -> server.close());
    }
}
