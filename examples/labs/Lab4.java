import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.util.function.IntConsumer;

/**
 * Lab 4: an echo server with net, and its graceful exit.
 *
 * <p>Your turn, in two places: {@link #echo} must send back what a client sends. {@link #leave} is called at SIGTERM: from then on no client
 * is accepted, those that are connected finish, and the program exits after the last one. To learn: what keeps a loop alive, and that a
 * server that has been closed still has connections.
 *
 * <p>The pages are docs/course/09-server.md and docs/course/12-exit.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=4}.
 * Try it by hand with nc(1) and kill(1):
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/labs/Lab4.java</pre>
 */
public class Lab4 {

    private static final long IDLE_MILLIS = 60_000;

    public static void main(String[] args) {
        serve(port -> System.out.println("listening on 127.0.0.1:" + port), () -> System.out.println("leaving"));
    }

    /** Serves until SIGTERM and the end of the last client. Calls {@code leaving} right after {@link #leave}. */
    public static void serve(IntConsumer listening, Runnable leaving) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, Lab4::echo);
            server.listen(
                    0, "127.0.0.1", () -> listening.accept(server.address().port()));
            Signal.on(loop, "TERM", () -> {
                        leave(server);
                        leaving.run();
                    })
                    .unref();
            loop.run();
        }
    }

    private static void echo(Socket client) {
        client.onError(error -> System.err.println("connection lost: " + error.getMessage()));
        client.setTimeout(IDLE_MILLIS).onTimeout(client::destroy);
        client.destroy(); // your turn: send back all bytes instead
    }

    private static void leave(Server server) {
        // your turn: one call
    }
}
