import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;

/** A server binds, listens and accepts. Two clients have connected before its loop accepts the first of them. */
public class Listen {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, connection -> {
                System.out.println("server: 'connection'");
                connection.resume();
            });
            server.listen(0, "127.0.0.1", () -> {
                System.out.println("server: 'listening'");
                connect(loop, server);
                connect(loop, server);
            });
            server.onClose(() -> System.out.println("server: 'close'"));
            loop.run();
        }
    }

    private static void connect(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.onConnect(socket::end);
        socket.onClose(hadError -> {
            if (server.isListening()) {
                server.close();
            }
        });
    }
}
