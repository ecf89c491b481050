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
 * <p>A quarter of the heap is for the entries. Another quarter is for the bytes that all clients together make the server keep: a client
 * that would exceed it is disconnected, as is one that takes too long.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/KeyValue.java [port] [host]</pre>
 */
public class KeyValue {

    /** Keys and values are bytes. Read as Latin-1, any bytes make a string, which turns into the same bytes again. */
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private static final long QUARTER_OF_HEAP = Runtime.getRuntime().maxMemory() / 4;
    private static final int MAX_CLIENTS = 10_000;
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 300_000);
    /** The time for a request to arrive, and for replies that fill the socket's buffer to be read. */
    private static final long REQUEST_MILLIS = Long.getLong("requestMillis", 30_000);
    /** The time that pending requests have when the server exits. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 6380;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        ServerOptions options = ServerOptions.defaults().noDelay(true).allowHalfOpen(true);
        try (Loop loop = new Loop()) {
            Store store = new Store(loop);
            Budget budget = new Budget();
            Server server = Net.createServer(loop, options, socket -> new Client(socket, store, budget));
            server.setMaxConnections(MAX_CLIENTS);
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> server.close(GRACE)).unref();
            loop.run();
        }
    }

    /** The bytes that all clients together make the server keep: incomplete requests, and replies that are not read. */
    private static final class Budget {
        private long used;

        /** Returns whether a client may keep {@code now} bytes in place of {@code before}: fewer are always allowed. */
        boolean change(long before, long now) {
            used += now - before;
            return now <= before || used <= QUARTER_OF_HEAP;
        }
    }

    /** One connection: replies to all requests that are complete, in order, many in one write. */
    private static final class Client {

        /** The bytes of replies, or a few more, that one write has. */
        private static final int ENOUGH = 64 * 1024;

        private final Socket socket;
        private final Store store;
        private final Budget budget;
        private final Timer deadline;
        private final Requests requests = new Requests();
        private long held;
        /** True if no more requests are read. */
        private boolean ended;

        Client(Socket socket, Store store, Budget budget) {
            this.socket = socket;
            this.store = store;
            this.budget = budget;
            deadline = new Timer(socket.loop());
            socket.onText(BYTES, this::read);
            socket.onEnd(this::end);
            socket.onDrain(this::goOn);
            socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
            socket.onError(error -> {}); // a client that is gone needs no reply
            socket.onClose(hadError -> close());
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
            deadline.stop();
            reply();
        }

        private void close() {
            deadline.close();
            budget.change(held, 0);
        }

        /** Stops reading from a client that does not read its replies, until it reads them. */
        private void reply() {
            String replies = nextReplies();
            while (!replies.isEmpty() && socket.write(replies.getBytes(BYTES))) {
                replies = nextReplies();
            }
            if (socket.writableNeedDrain()) {
                socket.pause();
            } else if (ended) {
                socket.end();
            }
            limit();
        }

        private String nextReplies() {
            StringBuilder replies = new StringBuilder();
            try {
                while (replies.length() < ENOUGH && requests.next() instanceof String[] words) {
                    replies.append(store.execute(words));
                    deadline.stop();
                }
            } catch (ProtocolError error) { // it is not known where the next request begins
                replies.append(error("Protocol error: " + error.getMessage()));
                requests.forget();
                ended = true;
            }
            return replies.toString();
        }

        /** The limits of bytes and of time. */
        private void limit() {
            long before = held;
            held = requests.size() + socket.writableLength();
            if (!budget.change(before, held)) {
                System.out.println("disconnected, for it holds " + held + " bytes: " + socket.remoteAddress());
                socket.destroy();
            } else if (held == 0 && !ended) {
                deadline.stop();
            } else if (!deadline.isActive()) {
                deadline.start(REQUEST_MILLIS, socket::destroy);
            }
        }
    }

    /** The entries, and the commands: each gets its words, the first of which is its name, and returns its reply. */
    private static final class Store {

        private static final int ANY = Integer.MAX_VALUE;
        private static final long NEVER = Long.MAX_VALUE;
        private static final String OUT_OF_MEMORY = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

        private record Command(int minWords, int maxWords, Function<String[], String> run) {}

        private static final class Entry {
            /** About the bytes that an entry takes besides its key and value: objects, a place in the map, a timer. */
            static final int BYTES = 256;

            String value;
            /** The timer that fires when the entry expires; null if it does not expire. */
            Timer expiry;
        }

        private final Loop loop;
        private final Map<String, Entry> entries = new HashMap<>();
        private long stored;
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
            // redis-cli asks for the list of commands
            define("COMMAND", 1, ANY, words -> "*0\r\n");
            // redis-benchmark asks for settings
            define("CONFIG", 3, 3, words -> "*2\r\n" + bulk(words[2]) + bulk(""));
        }

        private void define(String name, int minWords, int maxWords, Function<String[], String> run) {
            commands.put(name, new Command(minWords, maxWords, run));
        }

        String execute(String[] words) {
            Command command = commands.get(words[0]);
            if (command == null) {
                return error("unknown command '" + words[0].substring(0, Math.min(words[0].length(), 128)) + "'");
            }
            if (words.length < command.minWords || words.length > command.maxWords) {
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
            if (isFull(words[1], words[2])) {
                return OUT_OF_MEMORY;
            }
            Entry entry = put(words[1], words[2]);
            if (millis != NEVER) {
                expireAfter(millis, words[1], entry);
            }
            return "+OK\r\n";
        }

        private String delete(String[] words) {
            return integer(Stream.of(words).skip(1).filter(this::remove).count());
        }

        private String increment(String[] words) {
            Entry entry = entries.get(words[1]);
            long next = entry == null ? 1 : Math.incrementExact(Long.parseLong(entry.value));
            String value = Long.toString(next);
            if (entry != null) {
                stored += value.length() - entry.value.length();
                entry.value = value;
            } else if (isFull(words[1], value)) {
                return OUT_OF_MEMORY;
            } else {
                put(words[1], value);
            }
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

        private boolean isFull(String key, String value) {
            return stored + key.length() + value.length() + Entry.BYTES > QUARTER_OF_HEAP;
        }

        private Entry put(String key, String value) {
            Entry entry = new Entry();
            entry.value = value;
            entries.put(key, entry);
            stored += key.length() + value.length() + Entry.BYTES;
            return entry;
        }

        private boolean remove(String key) {
            Entry entry = entries.remove(key);
            if (entry == null) {
                return false;
            }
            stored -= key.length() + entry.value.length() + Entry.BYTES;
            if (entry.expiry != null) {
                entry.expiry.close();
            }
            return true;
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

    /** The bytes of a client, cut into requests: arrays of strings, each with its length before it; or lines of words. */
    private static final class Requests {

        private static final int MAX_WORDS = 1024;
        private static final int MAX_WORD = 1 << 20;
        private static final int MAX_REQUEST = 2 * MAX_WORD - 1;
        private static final int MAX_LINE = 64 * 1024;
        /** The bytes that a word takes besides its own. */
        private static final int WORD_BYTES = 64;

        private StringBuilder unread = new StringBuilder();
        private int at;
        /** The request whose first words have arrived; null between requests. */
        private String[] words;

        private int count;
        private int bytes;
        /** The length of the next word, or -1 if the line that says so has not arrived. */
        private int length = -1;

        void add(String text) {
            unread.delete(0, at);
            at = 0;
            unread.append(text);
        }

        /** Returns about the number of bytes that it keeps. */
        long size() {
            if (at == unread.length()) {
                unread = new StringBuilder();
                at = 0;
            }
            return (unread.isEmpty() ? 0 : unread.capacity()) + bytes + (words == null ? 0 : WORD_BYTES * words.length);
        }

        /** Drops all bytes that were not read. */
        void forget() {
            at = unread.length();
            words = null;
            bytes = 0;
            length = -1;
        }

        /** Returns the words of the next request, at least one, or null if its end has not arrived. */
        String[] next() throws ProtocolError {
            while (true) {
                if (words == null && !begin()) {
                    return null;
                }
                while (count < words.length) {
                    if (!readWord()) {
                        return null;
                    }
                }
                String[] all = words;
                words = null;
                bytes = 0;
                if (all.length > 0) {
                    return all;
                }
            }
        }

        private boolean begin() throws ProtocolError {
            String line = line();
            if (line == null) {
                return false;
            }
            if (line.startsWith("*")) {
                words = new String[number(line, MAX_WORDS, "invalid multibulk length")];
                count = 0;
            } else {
                words = line.isBlank() ? new String[0] : line.strip().split("\\s+");
                count = words.length;
            }
            return true;
        }

        private boolean readWord() throws ProtocolError {
            if (length < 0) {
                String line = line();
                if (line == null) {
                    return false;
                }
                require(
                        line.startsWith("$"),
                        "expected '$', got '" + line.substring(0, Math.min(1, line.length())) + "'");
                length = number(line, MAX_WORD, "invalid bulk length");
                require(bytes + length <= MAX_REQUEST, "too big request");
            }
            int end = at + length;
            if (unread.length() < end + 2) {
                return false;
            }
            require(unread.charAt(end) == '\r' && unread.charAt(end + 1) == '\n', "expected the end of a bulk");
            words[count++] = unread.substring(at, end);
            bytes += length;
            length = -1;
            at = end + 2;
            return true;
        }

        /** Returns the next line, or null. A line ends in \r\n, or in \n if a person has typed it. */
        private String line() throws ProtocolError {
            int start = at;
            int end = unread.indexOf("\n", start);
            require((end < 0 ? unread.length() : end) - start <= MAX_LINE, "too big inline request");
            if (end < 0) {
                return null;
            }
            at = end + 1;
            return unread.substring(start, end > start && unread.charAt(end - 1) == '\r' ? end - 1 : end);
        }

        private static int number(String line, int max, String complaint) throws ProtocolError {
            try {
                int number = Integer.parseInt(line, 1, line.length(), 10);
                require(number >= 0 && number <= max, complaint);
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
