import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A server with three planted faults under load, to be found in a recording: see docs/flight-recorder.md.
 *
 * <ul>
 *   <li>The echo works for 50 ms on each thousandth message, and holds its loop meanwhile: {@code compute}.
 *   <li>The registration accepts a connection and forgets it: the socket is never read, and never closed.
 *   <li>The relay pipes a source without end to a client that does not read.
 * </ul>
 *
 * <pre>java -XX:StartFlightRecording:settings=default,settings=src/main/resources/chagres.jfc,filename=troubles.jfr \
 *     --enable-native-access=ALL-UNNAMED -cp target/classes examples/Troubles.java [seconds]</pre>
 */
public class Troubles {

    private static final String HOST = "127.0.0.1";
    private static final int ECHO_CLIENTS = 20;
    private static final int SLOW_EVERY = 1000;
    private static final long SLOW_NANOS = 50_000_000;

    private int messages;

    public static void main(String[] args) {
        new Troubles().run(args.length > 0 ? Long.parseLong(args[0]) : 10);
    }

    private void run(long seconds) {
        Thread.currentThread().setName("server");
        // the clients have a thread of their own, as they would have a machine of their own
        Loop clients = Loop.startDaemon("clients", loop -> {}).loop();
        try (Loop loop = new Loop()) {
            listen(loop, this::echo, port -> callEcho(clients, port));
            listen(loop, registered -> {}, port -> register(clients, port)); // planted: the server forgets it
            listen(
                    loop,
                    Troubles::flood,
                    source -> listen(loop, client -> relay(client, source), port -> idle(clients, port)));
            Timer.every(loop, 500, () -> lookUp(loop));
            Timer.after(loop, seconds * 1000, this::exit);
            loop.run();
        }
    }

    /** Exits while the loop runs, with the faults in place: JFR asks each loop for its open connections then. */
    private void exit() {
        System.out.println(messages + " messages were echoed");
        Thread.ofPlatform().start(() -> System.exit(0));
    }

    /** Listens on a free port, and passes it to the clients. */
    private static void listen(Loop loop, Consumer<Socket> serve, IntConsumer onPort) {
        Server server = Net.createServer(loop, client -> {
            client.onError(error -> {});
            serve.accept(client);
        });
        server.listen(0, HOST, () -> onPort.accept(server.address().port()));
    }

    private static void lookUp(Loop loop) {
        Lookup.address(loop, "localhost", LookupOptions.defaults(), (found, error) -> {});
    }

    // ---- the echo, with a callback that is slow now and then

    private void echo(Socket client) {
        client.onData(data -> {
            if (++messages % SLOW_EVERY == 0) {
                compute();
            }
            client.write(data);
        });
    }

    /** Planted: work that belongs on another thread, see Work. */
    private static void compute() {
        long end = System.nanoTime() + SLOW_NANOS;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void callEcho(Loop clients, int port) {
        clients.execute(() -> {
            for (int i = 0; i < ECHO_CLIENTS; i++) {
                Socket socket = Net.connect(clients, port, HOST);
                socket.onData(pong -> Timer.after(clients, 10, () -> socket.write("ping")))
                        .write("ping");
            }
        });
    }

    // ---- the registration, which forgets a connection

    private static void register(Loop clients, int port) {
        clients.execute(() -> {
            Socket forgotten = Net.connect(clients, port, HOST).resume();
            forgotten.onConnect(() -> System.out.println("the forgotten connection is from port "
                    + forgotten.localAddress().port()));
            forgotten.write("please register me");
        });
    }

    // ---- the relay, whose client does not read

    private static void relay(Socket client, int source) {
        Net.connect(client.loop(), source, HOST).onError(error -> {}).pipe(client);
    }

    /** Sends without end, as fast as the other side takes it. */
    private static void flood(Socket client) {
        ByteBuffer line = ByteBuffer.wrap("a line of data\n".repeat(1000).getBytes(StandardCharsets.US_ASCII));
        Runnable send = () -> {
            while (client.write(line.duplicate())) {
                // until it asks for a pause
            }
        };
        client.onDrain(send);
        send.run();
    }

    /** Planted: a client that connects, and does not read. */
    private static void idle(Loop clients, int port) {
        clients.execute(() -> {
            Socket lazy = Net.connect(clients, port, HOST).pause();
            lazy.onConnect(() -> System.out.println("the client that does not read is on port "
                    + lazy.localAddress().port()));
        });
    }
}
