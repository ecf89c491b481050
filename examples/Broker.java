import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.group.GroupServer;
import io.chagres.group.LoopGroup;
import io.chagres.group.Sharing;
import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * A publish/subscribe broker on all cores. Clients send lines: {@code SUBSCRIBE topic}, {@code UNSUBSCRIBE topic}, {@code PUBLISH topic text}.
 * Subscribers get {@code MESSAGE topic text}, in the order of each publisher. {@code curl 127.0.0.1:9299/metrics} gets the counts. What a
 * client publishes in one turn is one task for each loop. When all have delivered it, the client gets {@code OK} and is read again. A
 * subscriber that does not read is disconnected. At SIGTERM, clients that wait for nothing are ended, the others after some seconds.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/Broker.java [port] [loops]</pre>
 */
public class Broker {

    private static final Framing LINES = Framing.lines(8 * 1024);
    private static final int MAX_TOPICS = 100;
    private static final int MAX_UNREAD = Integer.getInteger("maxUnread", 1 << 20);
    private static final int MAX_CLIENTS = (int) Math.clamp(Runtime.getRuntime().maxMemory() / 8 / MAX_UNREAD, 16, 999);
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 600_000);
    private static final Duration GRACE = Duration.ofMillis(Long.getLong("graceMillis", 10_000));
    private final LongAdder published = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LoopGroup group;
    private final Map<Loop, Map<String, Set<Client>>> subscribersOf = new HashMap<>();

    private Broker(LoopGroup group) {
        this.group = group;
        group.loops().forEach(loop -> subscribersOf.put(loop, new HashMap<>()));
    }

    public static void main(String[] args) throws InterruptedException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9299;
        try (LoopGroup group = args.length > 1 ? LoopGroup.start(Integer.parseInt(args[1])) : LoopGroup.start()) {
            Broker broker = new Broker(group);
            Loop first = group.loops().getFirst();
            first.execute(() -> Signal.on(first, "TERM", () -> group.drain(GRACE)));
            GroupServer server = group.listen(
                    ListenOptions.at("127.0.0.1", port),
                    Sharing.DEALER,
                    loop -> Net.createServer(loop, socket -> broker.new Client(socket))
                            .setMaxConnections(MAX_CLIENTS));
            System.out.println("listening on " + server.address() + " with " + group.size() + " loops");
            group.join();
        }
    }

    private void deliver(List<String[]> messages, Map<String, Set<Client>> subscribers) {
        Map<Client, StringBuilder> texts = new HashMap<>();
        for (String[] words : messages) {
            String line = "MESSAGE " + words[1] + " " + words[2] + "\n";
            for (Client client : subscribers.getOrDefault(words[1], Set.of())) {
                texts.computeIfAbsent(client, first -> new StringBuilder()).append(line);
                delivered.increment();
            }
        }
        texts.forEach(Client::write);
    }

    private final class Client {
        private final Socket socket;
        private final FrameReader lines;
        private final Map<String, Set<Client>> subscribers;
        private final Set<String> topics = new HashSet<>();
        private List<String[]> batch = new ArrayList<>();

        Client(Socket socket) {
            this.socket = socket;
            subscribers = subscribersOf.get(socket.loop());
            lines = FrameReader.on(socket, LINES).onText(this::read);
            socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy).onError(error -> {});
            socket.onDrain(lines::resume);
            socket.onClose(hadError -> Set.copyOf(topics).forEach(this::unsubscribe));
        }

        private void read(String line) {
            String[] words = line.split(" ", 3);
            switch (words[0] + "/" + (words.length - 1)) {
                case "PUBLISH/2" -> publish(words);
                case "SUBSCRIBE/1" -> subscribe(words[1]);
                case "UNSUBSCRIBE/1" -> unsubscribe(words[1]);
                case "GET/2" ->
                    end("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nbroker_published_total " + published
                            + "\nbroker_delivered_total " + delivered + "\nbroker_dropped_total " + dropped + "\n");
                default -> end("ERROR\n");
            }
        }

        private void publish(String[] words) {
            if (batch.isEmpty()) {
                socket.loop().nextTick(this::sendBatch);
            }
            batch.add(words);
        }

        private void sendBatch() {
            List<String[]> sent = batch;
            batch = new ArrayList<>();
            published.add(sent.size());
            lines.pause();
            group.forEach(loop -> deliver(sent, subscribersOf.get(loop)))
                    .thenRunAsync(() -> write("OK " + sent.size() + "\n"), socket.loop())
                    .thenRun(lines::resume);
        }

        private void subscribe(String topic) {
            if (topics.size() < MAX_TOPICS && topics.add(topic)) {
                subscribers.computeIfAbsent(topic, first -> new HashSet<>()).add(this);
            }
            write(topics.contains(topic) ? "OK\n" : "ERROR\n");
        }

        private void unsubscribe(String topic) {
            topics.remove(topic);
            subscribers.computeIfPresent(topic, (name, all) -> all.remove(this) && all.isEmpty() ? null : all);
        }

        private void write(CharSequence text) {
            if (socket.isWritable() && !socket.write(text)) {
                lines.pause(); // a client that does not read may not ask for more
                if (socket.writableLength() > MAX_UNREAD) {
                    dropped.increment();
                    socket.destroy();
                }
            }
        }

        private void end(String last) {
            lines.stop();
            write(last);
            socket.destroySoon();
        }
    }
}
