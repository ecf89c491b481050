import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server whose code blocks, on virtual threads: for each client one that reads, one that replies in order, and one for each request.
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
    /** The time that a client may send nothing, while it waits for nothing, or read nothing. */
    private static final Duration IDLE = Duration.ofSeconds(60);
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

    /** A client. The loop makes it and notices its close. Everything else is on its two threads. */
    private static final class Client {

        private static final FutureTask<String> END = new FutureTask<>(() -> "");

        private final InputStream in;
        private final OutputStream out;
        /** The requests that have begun, in order. Some may have finished. A full queue blocks the reader. */
        private final BlockingQueue<FutureTask<String>> pending = new ArrayBlockingQueue<>(MAX_AT_ONCE);

        private final Thread reader = Thread.ofVirtual().unstarted(this::read);
        private final Thread replier = Thread.ofVirtual().unstarted(this::reply);

        Client(Socket socket) {
            in = socket.inputStream(IDLE);
            out = socket.outputStream(IDLE);
            socket.onClose(hadError -> leave());
            reader.start();
            replier.start();
        }

        /** Interrupts the threads of a client that has gone. */
        private void leave() {
            reader.interrupt();
            replier.interrupt();
        }

        private void read() {
            try {
                StringBuilder line = new StringBuilder();
                for (int next; (next = readByte()) >= 0; ) {
                    if (next != '\n') {
                        line.append((char) next);
                    } else {
                        begin(line.toString().strip());
                        line.setLength(0);
                    }
                    if (line.length() > MAX_LINE) {
                        throw new IOException("a line without an end");
                    }
                }
                pending.put(END);
            } catch (IOException | InterruptedException e) {
                close(); // an idle client, a hostile one, or one that has gone
            }
        }

        private int readByte() throws IOException {
            while (true) {
                try {
                    return in.read();
                } catch (SocketTimeoutException idle) {
                    if (pending.isEmpty()) {
                        throw idle;
                    }
                }
            }
        }

        private void begin(String request) throws InterruptedException {
            FutureTask<String> task = new FutureTask<>(() -> work(request));
            pending.put(task);
            Thread.startVirtualThread(task);
        }

        private void reply() {
            try (out) {
                for (FutureTask<String> task = pending.take(); task != END; task = pending.take()) {
                    out.write((result(task) + "\n").getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException | InterruptedException e) {
                close();
            }
        }

        private static String result(FutureTask<String> task) throws InterruptedException {
            try {
                return task.get(WORK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                return "no: it took too long";
            } finally {
                task.cancel(true);
            }
        }

        private void close() {
            try {
                in.close(); // destroys the socket
            } catch (IOException impossible) {
                throw new AssertionError(impossible);
            }
            pending.forEach(task -> task.cancel(true));
        }
    }
}
