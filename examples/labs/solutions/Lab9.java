import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * Lab 9: a fast writer and a slow peer. All bytes arrive, and until then most of them are in the memory of the writer.
 *
 * <p>Your turn: {@link #send} must take the next chunk only if the socket has room for it. To learn: write() never refuses. It returns false
 * when the socket holds its high-water mark, and then the socket emits {@code drain} once it is empty.
 *
 * <p>The page is docs/course/13-streams.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=9}. Try it by hand: start
 * {@code nc -l 9297}, and stop it with Ctrl-Z when it has a connection.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/labs/Lab9.java</pre>
 */
public class Lab9 {

    private static final int CHUNK_SIZE = 16 * 1024;
    private static final int CHUNKS = 4096;

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Socket socket = Net.connect(loop, 9297, "127.0.0.1");
            int[] taken = {0};
            socket.onConnect(() -> send(socket, () -> {
                System.out.println("chunk " + ++taken[0] + ", the socket holds " + socket.writableLength() + " bytes");
                return taken[0] > CHUNKS ? null : ByteBuffer.allocate(CHUNK_SIZE);
            }));
            loop.run();
        }
    }

    /** Sends all chunks of {@code source}, which returns null after the last one, and ends the socket. */
    public static void send(Socket socket, Supplier<ByteBuffer> source) {
        socket.onDrain(() -> fill(socket, source));
        fill(socket, source);
    }

    private static void fill(Socket socket, Supplier<ByteBuffer> source) {
        boolean hasRoom = true;
        while (hasRoom) {
            ByteBuffer chunk = source.get();
            if (chunk == null) {
                socket.end();
                return;
            }
            hasRoom = socket.write(chunk);
        }
    }
}
