import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A key-value store that redis-cli can talk to: it speaks RESP2, Redis's protocol.
 *
 * <p>It knows PING, ECHO, GET, SET with EX or PX, DEL, INCR, EXPIRE and TTL. Try {@code redis-cli -p 6380}, and
 * {@code redis-benchmark -p 6380 -t ping,set,get,incr -P 16}.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/KeyValue.java [port] [host]</pre>
 */
public class KeyValue {

    /** Keys and values are bytes. Read as Latin-1, any bytes make a string, which turns into the same bytes again. */
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;
    /** How long requests that are under way may take when the server is to exit. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 6380;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        ServerOptions options = new ServerOptions().noDelay(true).allowHalfOpen(true);
        try (Loop loop = new Loop()) {
            Store store = new Store(loop);
            Server server = Net.createServer(loop, options, socket -> new Client(socket, store));
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> server.close(GRACE)).unref();
            loop.run();
        }
    }

    /** One connection: replies to all requests that are whole, in order, many in one write. */
    private static final class Client {

        /** So many bytes of replies, or a little more, go together. */
        private static final int ENOUGH = 64 * 1024;

        private final Socket socket;
        private final Store store;
        private final Requests requests = new Requests();
        /** Whether nothing more will be asked. */
        private boolean ended;

        Client(Socket socket, Store store) {
            this.socket = socket;
            this.store = store;
            socket.onText(BYTES, this::read);
            socket.onEnd(this::end);
            socket.onDrain(this::goOn);
            socket.onError(error -> { });   // who is gone needs no reply
        }

        private void read(String text) {
            if (!ended) {
                requests.add(text);
                reply();
            }
        }

        private void end() {
            ended = true;
            reply();
        }

        private void goOn() {
            socket.resume();
            reply();
        }

        /** A client that does not read its replies is not read either, until it does. */
        private void reply() {
            String replies = nextReplies();
            while (!replies.isEmpty() && socket.write(replies.getBytes(BYTES))) {
                replies = nextReplies();
            }
            if (socket.isWritableNeedDrain()) {
                socket.pause();
            } else if (ended) {
                socket.end();
            }
        }

        private String nextReplies() {
            StringBuilder replies = new StringBuilder();
            try {
                while (replies.length() < ENOUGH && requests.next() instanceof String[] words) {
                    replies.append(store.execute(words));
                }
            } catch (ProtocolError error) {   // where the next request begins, nobody knows
                replies.append(error("Protocol error: " + error.getMessage()));
                requests.forget();
                ended = true;
            }
            return replies.toString();
        }
    }

    /** What is stored, and the commands: each is given its words, the first of which is its name, and returns its reply. */
    private static final class Store {

        private static final int ANY = Integer.MAX_VALUE;
        private static final long NEVER = Long.MAX_VALUE;

        private record Command(int fewestWords, int mostWords, Function<String[], String> run) {
        }

        private static final class Entry {
            String value;
            /** Fires when the entry expires; null where it does not. */
            Timer expiry;
        }

        private final Loop loop;
        private final Map<String, Entry> entries = new HashMap<>();
        private final Map<String, Command> commands = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        Store(Loop loop) {
            this.loop = loop;
            define("PING", 1, 2, words -> words.length == 1 ? "+PONG\r\n" : bulk(words[1]));
            define("ECHO", 2, 2, words -> bulk(words[1]));
            define("GET", 2, 2, this::get);
            define("SET", 3, 5, this::set);
            define("DEL", 2, ANY, this::delete);
            define("INCR", 2, 2, this::increment);
            define("EXPIRE", 3, 3, this::expire);
            define("TTL", 2, 2, this::timeToLive);
            define("COMMAND", 1, ANY, words -> "*0\r\n");                            // redis-cli: what commands are there?
            define("CONFIG", 3, 3, words -> "*2\r\n" + bulk(words[2]) + bulk(""));   // redis-benchmark: what is it set to?
        }

        private void define(String name, int fewestWords, int mostWords, Function<String[], String> run) {
            commands.put(name, new Command(fewestWords, mostWords, run));
        }

        String execute(String[] words) {
            Command command = commands.get(words[0]);
            if (command == null) {
                return error("unknown command '" + words[0] + "'");
            }
            if (words.length < command.fewestWords || words.length > command.mostWords) {
                return error("wrong number of arguments for '" + words[0] + "' command");
            }
            try {
                return command.run.apply(words);
            } catch (NumberFormatException | ArithmeticException notALong) {
                return error("value is not an integer or out of range");
            }
        }

        private String get(String[] words) {
            Entry entry = entries.get(words[1]);
            return entry == null ? "$-1\r\n" : bulk(entry.value);
        }

        private String set(String[] words) {
            if (words.length == 4 || words.length == 5 && !words[3].matches("(?i)EX|PX")) {
                return error("syntax error");
            }
            long millis = words.length == 3 ? NEVER : millis(words[4], words[3].equalsIgnoreCase("EX") ? 1000 : 1);
            if (millis <= 0) {
                return error("invalid expire time in '" + words[0] + "' command");
            }
            remove(words[1]);
            Entry entry = new Entry();
            entry.value = words[2];
            entries.put(words[1], entry);
            if (millis != NEVER) {
                expireAfter(millis, words[1], entry);
            }
            return "+OK\r\n";
        }

        private String delete(String[] words) {
            return integer(Stream.of(words).skip(1).filter(this::remove).count());
        }

        private String increment(String[] words) {
            Entry entry = entries.computeIfAbsent(words[1], key -> new Entry());
            long next = entry.value == null ? 1 : Math.incrementExact(Long.parseLong(entry.value));
            entry.value = Long.toString(next);
            return integer(next);
        }

        private String expire(String[] words) {
            long millis = millis(words[2], 1000);
            Entry entry = entries.get(words[1]);
            if (entry == null) {
                return integer(0);
            }
            if (millis > 0) {
                expireAfter(millis, words[1], entry);
            } else {
                remove(words[1]);
            }
            return integer(1);
        }

        private String timeToLive(String[] words) {
            Entry entry = entries.get(words[1]);
            return integer(entry == null ? -2 : entry.expiry == null ? -1 : (entry.expiry.dueInMillis() + 500) / 1000);
        }

        private static long millis(String number, int unit) {
            return Math.multiplyExact(Long.parseLong(number), unit);
        }

        private void expireAfter(long millis, String key, Entry entry) {
            if (entry.expiry == null) {
                entry.expiry = new Timer(loop);
                entry.expiry.unref();
            }
            entry.expiry.start(millis, () -> remove(key));
        }

        private boolean remove(String key) {
            Entry entry = entries.remove(key);
            if (entry != null && entry.expiry != null) {
                entry.expiry.close();
            }
            return entry != null;
        }
    }

    private static String bulk(String bytes) {
        return "$" + bytes.length() + "\r\n" + bytes + "\r\n";
    }

    private static String integer(long number) {
        return ":" + number + "\r\n";
    }

    private static String error(String message) {
        return "-ERR " + message.replaceAll("[\r\n]", " ") + "\r\n";
    }

    private static final class ProtocolError extends Exception {
        private static final long serialVersionUID = 1;

        ProtocolError(String message) {
            super(message);
        }
    }

    /** What a client has sent, cut into requests: arrays of strings, each with its length before it; or lines of words. */
    private static final class Requests {

        private static final int MOST_WORDS = 1024;
        private static final int MOST_BYTES = 1 << 20;

        private String unread = "";
        private int at;

        void add(String text) {
            unread = unread.substring(at) + text;
            at = 0;
        }

        void forget() {
            unread = "";
            at = 0;
        }

        /** The words of the next request, at least one; or null where its end has not come. */
        String[] next() throws ProtocolError {
            String[] words;
            int start;
            do {
                start = at;
                words = request();
            } while (words != null && words.length == 0);
            if (words == null) {
                at = start;
                require(unread.length() - at <= MOST_BYTES, "too big request");
            }
            return words;
        }

        private String[] request() throws ProtocolError {
            String line = line();
            if (line == null) {
                return null;
            }
            if (!line.startsWith("*")) {
                return line.isBlank() ? new String[0] : line.strip().split("\\s+");
            }
            String[] words = new String[number(line, MOST_WORDS, "invalid multibulk length")];
            for (int i = 0; i < words.length; i++) {
                words[i] = bulk();
                if (words[i] == null) {
                    return null;
                }
            }
            return words;
        }

        private String bulk() throws ProtocolError {
            String line = line();
            if (line == null) {
                return null;
            }
            if (!line.startsWith("$")) {
                throw new ProtocolError("expected '$', got '" + line.substring(0, Math.min(1, line.length())) + "'");
            }
            int start = at;
            int end = start + number(line, MOST_BYTES, "invalid bulk length");
            at = end + 2;
            return unread.length() < at ? null : unread.substring(start, end);
        }

        /** The next line, or null; it ends in \r\n, or, typed by hand, in \n. */
        private String line() {
            int start = at;
            int end = unread.indexOf('\n', start);
            if (end < 0) {
                return null;
            }
            at = end + 1;
            return unread.substring(start, end > start && unread.charAt(end - 1) == '\r' ? end - 1 : end);
        }

        private static int number(String line, int most, String complaint) throws ProtocolError {
            try {
                int number = Integer.parseInt(line, 1, line.length(), 10);
                require(number >= 0 && number <= most, complaint);
                return number;
            } catch (NumberFormatException notANumber) {
                throw new ProtocolError(complaint);
            }
        }

        private static void require(boolean fact, String complaint) throws ProtocolError {
            if (!fact) {
                throw new ProtocolError(complaint);
            }
        }
    }
}
