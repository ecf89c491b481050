import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;

/** A client that does not read stops a server: its kernel fills up, then the server's kernel, then the server's stream. */
public class BackPressure {

    private static final int CHUNK = 4 * 1024 * 1024;

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, connection -> {
                connection.resume();
                fill(connection);
                connection.onDrain(connection::end);
            });
            server.listen(0, "127.0.0.1", () -> connect(loop, server));
            loop.run();
        }
    }

    /** Writes until the stream says that it is full: it holds more than its high-water mark. */
    private static void fill(Socket connection) {
        boolean goesOn;
        do {
            goesOn = connection.write(ByteBuffer.allocate(CHUNK));
        } while (goesOn);
        System.out.println("server: full, and must wait for 'drain'");
    }

    private static void connect(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.pause();
        socket.onConnect(() -> loop.execute(() -> {
            System.out.println("(and so on: the client begins to read, the server's stream drains)");
            socket.resume();
        }));
        socket.onClose(hadError -> server.close());
    }
}
