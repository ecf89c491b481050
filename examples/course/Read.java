import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client reads what a server sends: one recv for each event, and no 'data' while the client is paused. */
public class Read {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, Read::send);
            server.listen(0, "127.0.0.1", () -> receive(loop, server));
            loop.run();
        }
    }

    private static void send(Socket connection) {
        connection.resume();
        connection.write("one ");
        connection.write("two");
        connection.onEnd(connection::end);
    }

    private static void receive(Loop loop, Server server) {
        Socket socket = Net.connect(loop, server.address().port(), "127.0.0.1");
        socket.onData(chunk -> {
            System.out.println("client: 'data' " + text(chunk));
            if (socket.bytesRead() == 7) {
                socket.pause(); // no more data is delivered
                System.out.println("client: paused");
                loop.nextTick(socket::resume);
                socket.end();
            }
        });
        socket.onEnd(() -> System.out.println("client: 'end'"));
        socket.onClose(hadError -> server.close());
    }

    private static String text(ByteBuffer chunk) {
        return StandardCharsets.UTF_8.decode(chunk).toString();
    }
}
