import io.chagres.SystemException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.socket.ReadListener;
import io.chagres.socket.Tcp;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/**
 * Lab 3: an echo server with a Tcp handle. The handle reads, and queues what the kernel does not take at once.
 *
 * <p>Your turn: the listener of a connection must write back what it reads, and must not lose the bytes that are still queued when the client
 * ends its side. To learn: a write has been requested when the method returns, and has been made when its callback is called.
 *
 * <p>The page is docs/course/05-read.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=3}. Try it by hand with nc(1):
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/labs/Lab3.java</pre>
 */
public class Lab3 {

    public static void main(String[] args) {
        serve(port -> System.out.println("listening on 127.0.0.1:" + port), 1);
    }

    /** Serves {@code clients} clients, and returns when the last one has left. */
    public static void serve(IntConsumer listening, int clients) {
        try (Loop loop = new Loop()) {
            Tcp server = new Tcp(loop);
            server.bind(new SocketAddress("127.0.0.1", 0));
            int[] left = {clients};
            server.listen(Tcp.DEFAULT_BACKLOG, listener -> {
                Tcp connection = (Tcp) listener.accept();
                connection.readStart(new Echo(connection));
                if (--left[0] == 0) {
                    server.close();
                }
            });
            listening.accept(server.localAddress().port());
            loop.run();
        }
    }

    private record Echo(Tcp connection) implements ReadListener {

        /** Returns a new buffer for each read, because the last one may still be in the queue. */
        @Override
        public ByteBuffer onAllocate(int suggestedSize) {
            return ByteBuffer.allocate(suggestedSize);
        }

        @Override
        public void onRead(int count, ByteBuffer buffer) {
            connection.write(buffer.slice(buffer.position(), count), error -> {
                if (error != null) {
                    connection.close();
                }
            });
        }

        @Override
        public void onEnd() {
            connection.shutdown(error -> connection.close());
        }

        @Override
        public void onError(SystemException error) {
            connection.close();
        }
    }
}
