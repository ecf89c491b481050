import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import io.chagres.service.Handover;
import io.chagres.service.Readiness;
import io.chagres.service.Systemd;
import io.chagres.service.Takeover;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A small HTTP server that replaces itself on SIGHUP, and loses no connection.
 *
 * <p>It starts its own command again. The new process takes the listening socket and the idle connections; the old one serves the others
 * to their end, and exits. {@code GET /} is answered with the process id, {@code GET /healthz} with 200 or 503.
 *
 * <p>Under systemd it listens on the socket named "http", and says READY, STOPPING and MAINPID. The unit needs {@code Type=notify} and
 * {@code NotifyAccess=all}.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -cp target/classes examples/Restart.java [port] [path]
 * kill -HUP [process id]
 * </pre>
 */
public class Restart {

    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 60_000);
    private static final int MAX_CLIENTS = 1000;
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final Framing HEADS = Framing.delimiter(END_OF_HEAD.getBytes(StandardCharsets.US_ASCII), 8 * 1024);
    private static final long PID = ProcessHandle.current().pid();

    private final Readiness readiness = new Readiness();

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        new Restart().run(port, args.length > 1 ? args[1] : "restart.handover");
    }

    private void run(int port, String path) {
        Systemd systemd = Systemd.here();
        Optional<Takeover> old = Handover.take(path);
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, this::serve).setMaxConnections(MAX_CLIENTS);
            readiness.add(server);
            ListenOptions where = old.flatMap(takeover -> takeover.listener("http"))
                    .or(() -> systemd.listener("http"))
                    .orElse(ListenOptions.at("127.0.0.1", port));
            server.listen(where, () -> {
                old.ifPresent(takeover -> takeover.ready(loop, (name, connection) -> server.adopt(connection)));
                old.ifPresent(takeover -> systemd.mainPid(PID));
                systemd.ready();
                System.out.println("listening on " + server.address() + " as process " + PID);
            });
            Handover.offer(loop, path)
                    .connections("http", server)
                    .grace(GRACE)
                    .onTaken(readiness::beginDraining)
                    .onFailed(error -> System.err.println("process " + PID + " goes on: " + error.getMessage()));
            systemd.watchdog(loop);
            Signal.on(loop, "HUP", Restart::startNext).unref();
            Signal.on(loop, "TERM", () -> {
                        systemd.stopping();
                        readiness.close(GRACE);
                    })
                    .unref();
            loop.run();
        }
    }

    /** Starts the command of this process again. */
    private static void startNext() {
        ProcessHandle.Info self = ProcessHandle.current().info();
        List<String> command = new ArrayList<>(List.of(self.command().orElseThrow()));
        command.addAll(List.of(self.arguments().orElseThrow()));
        try {
            new ProcessBuilder(command).inheritIO().start();
        } catch (IOException failed) {
            System.err.println("process " + PID + " goes on: " + failed.getMessage());
        }
    }

    private void serve(Socket socket) {
        socket.setNoDelay().setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
        socket.onError(error -> {}); // a client that is gone, or sends a head without end
        FrameReader heads = FrameReader.on(socket, HEADS);
        socket.onDrain(heads::resume);
        heads.onText(head -> {
            if (!socket.write(answer(head))) {
                heads.pause(); // a client that does not read answers may not ask for more
            }
        });
    }

    private String answer(String request) {
        boolean isHealth = request.startsWith("GET /healthz ");
        String body = isHealth ? readiness.toString() : "process " + PID;
        String status = isHealth && !readiness.isReady() ? "503 Service Unavailable" : "200 OK";
        return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + body.length() + END_OF_HEAD
                + body;
    }
}
