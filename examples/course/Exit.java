import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;

/** A server stops accepting while a client is connected. It closes, and the process exits, when the client has left. */
public class Exit {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, Socket::resume);
            server.listen(0, "127.0.0.1", () -> connect(loop, server));
            server.onClose(() -> System.out.println("server: 'close'"));
            loop.run();
            System.out.println("server: the loop has nothing left to do");
        }
    }

    private static void connect(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        server.onConnection(connection -> {
            System.out.println("server: close, with " + server.connectionCount() + " client connected");
            server.close();
            loop.execute(() -> {
                System.out.println("client: end");
                socket.end();
            });
        });
    }
}
