import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;

/**
 * Lab 10: a peer that has vanished. Its cable is cut: no FIN and no reset will ever arrive.
 *
 * <p>Your turn: with {@link #guard} both connections must end with ETIMEDOUT within 5 seconds after the cut: the silent one, and the one that
 * waits for the acknowledgement of a byte. To learn: keep-alive looks after a silent connection only. While bytes are unacknowledged, the
 * kernel sends them again, for 15 minutes if no user timeout is set.
 *
 * <p>The page is docs/course/10-keep-alive.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=10}. The check cuts a cable
 * between two network namespaces. It is skipped if the machine does not allow them.
 */
public class Lab10 {

    public static void main(String[] args) {
        run(
                args[0],
                Integer.parseInt(args[1]),
                () -> System.out.println("connected: cut the cable"),
                (name, end) -> System.out.println(name + ": " + end));
    }

    /** Connects twice, calls {@code connected}, writes a byte on one connection, and reports how each of them ends. */
    public static void run(String host, int port, Runnable connected, BiConsumer<String, String> ended) {
        try (Loop loop = new Loop()) {
            Socket silent = connect(loop, host, port, "silent", ended);
            Socket talking = connect(loop, host, port, "talking", ended);
            int[] pending = {2};
            Runnable onConnect = () -> {
                if (--pending[0] == 0) {
                    connected.run();
                    talking.write(ByteBuffer.allocate(1));
                }
            };
            silent.onConnect(onConnect);
            talking.onConnect(onConnect);
            loop.run();
        }
    }

    private static Socket connect(Loop loop, String host, int port, String name, BiConsumer<String, String> ended) {
        Socket socket = Net.connect(loop, port, host);
        guard(socket);
        socket.resume();
        socket.onError(error -> ended.accept(name, error.code()));
        return socket;
    }

    /** Sets what lets the kernel notice that the peer has vanished. */
    private static void guard(Socket socket) {
        // your turn: socket.setKeepAlive(KeepAlive) for the one, and socket.set(SocketOption<T>, T) for the other
    }
}
