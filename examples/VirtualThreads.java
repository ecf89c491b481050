import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * Requests that block, each on a virtual thread of its own, and their replies in order.
 *
 * <p>A request is a line with a number of milliseconds to sleep, in place of a database or a slow service:
 * {@code printf '300\n200\n100\n' | nc -N 127.0.0.1 9297} takes 300 ms, not 600.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/VirtualThreads.java [port] [host]</pre>
 */
public class VirtualThreads {

    private static final int LONGEST_LINE = 1024;
    /** With so many requests under way, a client is not read until some are done. */
    private static final int MOST_AT_ONCE = 1000;

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, new ServerOptions().allowHalfOpen(true), Client::new);
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", server::close).unref();
            loop.run();
        }
    }

    /** On a virtual thread: it may take as long as it likes. */
    private static String work(String request) {
        try {
            Thread.sleep(Long.parseLong(request));
            return "slept " + request;
        } catch (IllegalArgumentException | InterruptedException e) {
            return "no: " + e.getMessage();
        }
    }

    /** On the loop: all the rest. */
    private static final class Client {

        private final Loop loop;
        private final Socket socket;
        /** The beginning of a request whose end has not come. */
        private String unread = "";
        /** Those under way and those that are ready, in the order of their requests. */
        private final Queue<CompletableFuture<String>> replies = new ArrayDeque<>();
        private boolean ended;

        Client(Socket socket) {
            this.socket = socket;
            loop = socket.loop();
            socket.onText(StandardCharsets.UTF_8, this::read);
            socket.onEnd(this::end);
            socket.onDrain(this::reply);
            socket.onError(error -> { });   // the close, which follows, is enough
            socket.onClose(hadError -> replies.clear());
        }

        private void read(String text) {
            unread += text;
            int start = 0;
            for (int end; (end = unread.indexOf('\n', start)) >= 0; start = end + 1) {
                begin(unread.substring(start, end).strip());
            }
            unread = unread.substring(start);
            if (unread.length() > LONGEST_LINE) {
                socket.destroy();
            } else if (replies.size() >= MOST_AT_ONCE) {
                socket.pause();
            }
        }

        private void begin(String request) {
            CompletableFuture<String> reply = CompletableFuture.supplyAsync(() -> work(request), Thread::startVirtualThread);
            replies.add(reply);
            reply.thenRun(() -> loop.execute(this::reply));
        }

        private void end() {
            ended = true;
            reply();
        }

        /** Sends what is ready, up to the first reply that is not; and no more than the client reads. */
        private void reply() {
            while (!replies.isEmpty() && replies.peek().isDone() && !socket.isWritableNeedDrain()) {
                socket.write(replies.remove().join() + "\n");
            }
            if (ended && replies.isEmpty()) {
                socket.end();
            } else if (replies.size() < MOST_AT_ONCE && socket.isPaused()) {
                socket.resume();
            }
        }
    }
}
