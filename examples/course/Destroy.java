import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;

/** A client destroys its socket while bytes that it has not read wait in the kernel: the kernel answers with a reset. */
public class Destroy {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, connection -> {
                connection.write("unread");
                connection.resume();
                connection.onError(error -> System.out.println("server: 'error' " + error.code()));
                connection.onClose(hadError -> {
                    System.out.println("server: 'close', hadError " + hadError);
                    connection.server().close();
                });
            });
            server.listen(0, "127.0.0.1", () -> destroyEarly(loop, server));
            loop.run();
        }
    }

    private static void destroyEarly(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.pause();
        socket.onConnect(() -> loop.nextTick(() -> {
            System.out.println("client: destroy");
            socket.destroy();
        }));
        socket.onClose(hadError -> System.out.println("client: 'close', hadError " + hadError));
    }
}
