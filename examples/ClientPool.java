import io.chagres.blocking.Futures;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Socket;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A pool of connections that virtual threads share, and a program that sends requests to an echo server through it.
 *
 * <p>A thread borrows a connection, asks, and gives it back. A connection that has failed or whose reply is late is closed, because a later
 * request would get the late reply, and the thread tries again.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/ClientPool.java [port] [host] [requests]</pre>
 */
public class ClientPool implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 50, MAX_TRIES = 10, MAX_REPLY = 1024;
    /** The limit of a connect, of a write and of each wait for bytes of a reply. */
    private static final Duration LIMIT = Duration.ofMillis(Long.getLong("limitMillis", 2_000));
    /** Idle connections are closed after this time: servers close theirs, and a request would cross the close. */
    private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LoopThread io = Loop.start("pool", loop -> {});
    private final ConnectOptions server;
    private final Semaphore permits = new Semaphore(MAX_CONNECTIONS);
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final LongAdder connects = new LongAdder();

    public ClientPool(ConnectOptions server) {
        this.server = server;
    }

    /** Sends {@code request} and returns the reply. Interrupt the thread to cancel the request. */
    public String ask(String request) throws IOException, InterruptedException {
        permits.acquire();
        try {
            for (int tries = 1; ; tries++) {
                try {
                    return askOnce(request);
                } catch (IOException broken) {
                    if (tries == MAX_TRIES || Thread.currentThread().isInterrupted()) {
                        throw broken;
                    }
                }
            }
        } finally {
            permits.release();
        }
    }

    private String askOnce(String request) throws IOException {
        Connection connection = borrow();
        try {
            String reply = connection.ask(request);
            idle.addFirst(connection);
            return reply;
        } catch (IOException broken) {
            connection.close();
            throw broken;
        }
    }

    /** Returns the idle connection that was used last, if it is usable, or a new one. */
    private Connection borrow() throws IOException {
        for (Connection last; (last = idle.pollFirst()) != null; last.close()) {
            if (last.isUsable()) {
                return last;
            }
        }
        connects.increment();
        return Futures.await(Futures.connect(io.loop(), server, Connection::new), LIMIT);
    }

    @Override
    public void close() {
        io.close(); // destroys the connections
    }

    /** A connection. The loop makes it and notices its end, one thread at a time uses it. */
    private static final class Connection {
        private final InputStream in;
        private final OutputStream out;
        private volatile boolean hasEnded;
        private long lastUse = System.nanoTime();

        Connection(Socket socket) {
            in = socket.inputStream(LIMIT);
            out = socket.outputStream(LIMIT);
            socket.onEnd(() -> hasEnded = true).onClose(hadError -> hasEnded = true);
        }

        /** Returns whether the peer has neither ended nor sent bytes that nothing asked for. */
        boolean isUsable() throws IOException {
            return !hasEnded && in.available() == 0 && System.nanoTime() - lastUse < MAX_IDLE_NANOS;
        }

        String ask(String request) throws IOException {
            out.write((request + "\n").getBytes(StandardCharsets.UTF_8));
            byte[] reply = new byte[MAX_REPLY];
            for (int length = 0; length < MAX_REPLY; length++) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException("the reply is cut");
                } else if (next == '\n') {
                    lastUse = System.nanoTime();
                    return new String(reply, 0, length, StandardCharsets.UTF_8);
                }
                reply[length] = (byte) next;
            }
            throw new IOException("the reply is too long");
        }

        void close() throws IOException {
            in.close(); // destroys the socket
        }
    }

    public static void main(String[] args) throws InterruptedException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        int requests = args.length > 2 ? Integer.parseInt(args[2]) : 10_000;
        LongAdder right = new LongAdder(), wrong = new LongAdder();
        try (ClientPool pool = new ClientPool(ConnectOptions.to(host, port))) {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < requests; i++) {
                    String request = "request " + i;
                    threads.submit(() -> {
                        (pool.ask(request).equals(request) ? right : wrong).increment();
                        return null; // a request that fails is neither right nor wrong
                    });
                }
            }
            System.out.println(right + " right, " + wrong + " wrong, " + pool.connects + " connections");
        }
    }
}
