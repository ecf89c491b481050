import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;

/** A small write goes to the kernel at once. A large one fills the kernel's buffer, and the rest waits for EPOLLOUT. */
public class Write {

    private static final int LARGE = 8 * 1024 * 1024;

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, connection -> {
                connection.onData(
                        chunk -> System.out.println("(and so on: the server reads, the client writes the rest)"));
            });
            server.listen(0, "127.0.0.1", () -> send(loop, server));
            loop.run();
        }
    }

    private static void send(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.onConnect(() -> {
            System.out.println("client: write returns " + socket.write("hello"));
            System.out.println("client: write returns " + socket.write(ByteBuffer.allocate(LARGE)));
        });
        socket.onDrain(socket::end);
        socket.onClose(hadError -> server.close());
    }
}
