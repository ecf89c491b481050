import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A client that sends the lines of its standard input to a server, and prints the answers.
 *
 * <p>At the end of the input the client ends its side of the connection. It exits when the server has ended the other side.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/EchoClient.java [port] [host]</pre>
 */
public class EchoClient {

    private static final BufferedReader INPUT = new BufferedReader(new InputStreamReader(System.in));

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        try (Loop loop = new Loop()) {
            Socket socket = Net.connect(loop, port, host);
            socket.onConnect(() -> sendNextLine(socket));
            socket.onData(EchoClient::print);
            socket.onError(error -> System.err.println("EchoClient: " + error.getMessage()));
            socket.onClose(hadError -> System.exit(hadError ? 1 : 0)); // also while a line is being typed
            loop.run();
        }
    }

    /** Reads a line on a worker, because reading blocks. The next line is read after the kernel has accepted this one. */
    private static void sendNextLine(Socket socket) {
        Work.submitSlow(socket.loop(), INPUT::readLine, (line, failure) -> {
            if (line == null) {
                socket.end();
                return;
            }
            socket.write(StandardCharsets.UTF_8.encode(line + "\n"), error -> {
                if (error == null) {
                    sendNextLine(socket);
                }
            });
        });
    }

    private static void print(ByteBuffer chunk) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.get(bytes);
        System.out.writeBytes(bytes);
        System.out.flush();
    }
}
