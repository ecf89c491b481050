import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;

/** A client connects, and ends the connection right away. Both ends live on the same loop. */
public class Connect {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, connection -> {
                System.out.println("server: 'connection'");
                connection.resume();
            });
            server.listen(0, "127.0.0.1", () -> connect(loop, server));
            loop.run();
        }
    }

    private static void connect(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        System.out.println("client: connecting is " + socket.isConnecting());
        socket.onConnect(() -> {
            System.out.println("client: 'connect'");
            socket.end();
        });
        socket.onClose(hadError -> server.close());
    }
}
