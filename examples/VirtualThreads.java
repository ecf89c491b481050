import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Requests that block, each on a virtual thread of its own, and their replies in order.
 *
 * <p>A request is a line with a number of milliseconds to sleep, in place of a database or a slow service:
 * {@code printf '300\n200\n100\n' | nc -N 127.0.0.1 9297} takes 300 ms, not 600.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/VirtualThreads.java [port] [host]</pre>
 */
public class VirtualThreads {

    /** With {@link #MAX_AT_ONCE} requests of each, the clients can make the server run 100,000 threads, some 1 KiB each. */
    private static final int MAX_CLIENTS = 1000;
    /** The largest number of pending requests of a client. The server reads no more from a client that has reached it. */
    private static final int MAX_AT_ONCE = 100;

    private static final int MAX_LINE = 1024;
    private static final long IDLE_MILLIS = 60_000;
    /** The time that a request may take: a client waits for its reply, and the next ones wait behind it. */
    private static final long WORK_MILLIS = Long.getLong("workMillis", 30_000);

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, ServerOptions.defaults().allowHalfOpen(true), Client::new);
            server.setMaxConnections(MAX_CLIENTS);
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", server::close).unref();
            loop.run();
        }
    }

    /** Serves a request on a virtual thread. It may block, until it is interrupted. */
    private static String work(String request) {
        try {
            Thread.sleep(Long.parseLong(request));
            return "slept " + request;
        } catch (IllegalArgumentException | InterruptedException e) {
            return "no: " + e.getMessage();
        }
    }

    /** A client. All its methods run on the thread of the loop. */
    private static final class Client {

        private final Loop loop;
        private final Socket socket;
        private final Timer deadline;
        /** Requests that have not begun, and the beginning of a request whose end has not arrived. */
        private String unread = "";
        /** The requests that have begun, in order. Some may have finished. */
        private final Queue<FutureTask<String>> pending = new ArrayDeque<>();

        private boolean ended;

        Client(Socket socket) {
            this.socket = socket;
            loop = socket.loop();
            deadline = new Timer(loop);
            socket.onText(StandardCharsets.UTF_8, this::read);
            socket.onEnd(this::end);
            socket.onDrain(this::goOn);
            socket.setTimeout(IDLE_MILLIS).onTimeout(this::leaveIfIdle);
            socket.onError(error -> {}); // the close, which follows, is enough
            socket.onClose(hadError -> close());
        }

        private void read(String text) {
            unread += text;
            goOn();
        }

        private void end() {
            ended = true;
            goOn();
        }

        private void leaveIfIdle() {
            if (pending.isEmpty() || socket.writableNeedDrain()) {
                socket.destroy();
            }
        }

        /** Interrupts the threads of the client when it has gone. */
        private void close() {
            deadline.close();
            pending.forEach(task -> task.cancel(true));
            pending.clear();
        }

        /** Sends the finished replies, begins requests up to the limit, and resumes reading if there is room. */
        private void goOn() {
            if (socket.isDestroyed()) {
                return;
            }
            reply();
            begin();
            if (unread.length() > MAX_LINE && pending.size() < MAX_AT_ONCE) {
                socket.destroy(); // a line without an end
            } else if (ended && pending.isEmpty()) {
                socket.end();
            } else if (pending.size() >= MAX_AT_ONCE) {
                socket.pause();
            } else if (socket.isPaused()) {
                socket.resume();
            }
        }

        /** Sends the replies up to the first unfinished one, and no more than the client reads. */
        private void reply() {
            boolean replied = false;
            while (!pending.isEmpty() && pending.peek().isDone() && !socket.writableNeedDrain()) {
                socket.write(result(pending.remove()) + "\n");
                replied = true;
            }
            if (replied || pending.isEmpty()) {
                deadline.stop();
            }
        }

        private static String result(FutureTask<String> task) {
            try {
                return task.get();
            } catch (CancellationException | ExecutionException | InterruptedException e) {
                return "no: it took too long";
            }
        }

        private void begin() {
            int start = 0;
            for (int end; pending.size() < MAX_AT_ONCE && (end = unread.indexOf('\n', start)) >= 0; start = end + 1) {
                String request = unread.substring(start, end).strip();
                FutureTask<String> task = new FutureTask<>(() -> work(request)) {
                    @Override
                    protected void done() {
                        loop.execute(Client.this::goOn);
                    }
                };
                pending.add(task);
                Thread.startVirtualThread(task);
            }
            unread = unread.substring(start);
            if (!pending.isEmpty() && !deadline.isActive()) {
                FutureTask<String> first = pending.peek();
                deadline.start(WORK_MILLIS, () -> first.cancel(true));
            }
        }
    }
}
