import io.chagres.ChagresException;
import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A small HTTP/1.1 server that answers GET and HEAD of /plaintext, fast.
 *
 * <p>Requests may be pipelined, or arrive byte by byte, and a connection is kept open until the client asks to close it. Load it with
 * {@code wrk -c 64 -t 2 http://127.0.0.1:8080/plaintext}.
 *
 * <p>A request that RFC 9112 forbids is refused and its connection closed, since a proxy in front might see other requests in the
 * same bytes. Each client has a limit of bytes and of time; the number of clients follows from the size of the heap.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/HttpPlaintext.java [port] [host]</pre>
 */
public class HttpPlaintext {

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);
    private static final Framing HEADS = Framing.delimiter(new byte[] {'\r', '\n', '\r', '\n'}, 8 * 1024);
    private static final int MAX_FIELDS = 100;
    /** The chunk that was read last, and answers that fill the socket's buffer, both at most 64 KiB, and a few objects. */
    private static final int MAX_HELD = 256 * 1024;

    private static final long MAX_CLIENTS = Math.max(16, Runtime.getRuntime().maxMemory() / 4 / MAX_HELD);
    private static final long IDLE_MILLIS = Long.getLong("idleMillis", 60_000);
    /** The time from the first byte of a request to its last, and from the last answer to the client's end. */
    private static final long REQUEST_MILLIS = Long.getLong("requestMillis", 10_000);
    /** The time that pending requests have when the server exits. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private String date;
    /** The usual answer: it is made once a second, and writing does not change it. */
    private ByteBuffer greeting;
    /** The head of the last request that got this answer: a client repeats its request. */
    private ByteBuffer usual = ByteBuffer.allocate(0);
    /** True if a connection was refused in the last second. */
    private boolean isFull;

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        try (Loop loop = new Loop()) {
            Server server = new HttpPlaintext().server(loop);
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> server.close(GRACE)).unref();
            loop.run();
        }
    }

    Server server(Loop loop) {
        tellTime();
        Timer.every(loop, 1000, this::tellTime).unref();
        Server server = Net.createServer(loop, Client::new);
        server.setMaxConnections((int) Math.min(MAX_CLIENTS, Integer.MAX_VALUE));
        server.onDrop(dropped -> isFull = true);
        Timer.every(loop, 1000, () -> makeRoom(server)).unref();
        return server;
    }

    private void tellTime() {
        date = DATE.format(ZonedDateTime.now(ZoneOffset.UTC));
        greeting = response(Answer.GREETING, "", true);
    }

    /** Closes idle connections to make room for other clients. */
    private void makeRoom(Server server) {
        if (isFull) {
            isFull = false;
            server.closeIdleConnections();
        }
    }

    private ByteBuffer response(Answer answer, String headerLine, boolean withBody) {
        return StandardCharsets.ISO_8859_1.encode("HTTP/1.1 " + answer.status + "\r\nDate: " + date
                + "\r\nContent-Type: text/plain\r\nContent-Length: " + answer.body.length() + "\r\n" + headerLine
                + "\r\n"
                + (withBody ? answer.body : ""));
    }

    private enum Answer {
        GREETING("200 OK", "Hello, World!"),
        BAD_REQUEST("400 Bad Request", "This is not HTTP/1.\n"),
        NOT_FOUND("404 Not Found", "There is only /plaintext.\n"),
        TOO_SLOW("408 Request Timeout", "That took too long.\n"),
        TOO_LARGE("431 Request Header Fields Too Large", "Say it in 8 KiB.\n"),
        NOT_IMPLEMENTED("501 Not Implemented", "There are only GET and HEAD, without a body.\n");

        final String status;
        final String body;

        Answer(String status, String body) {
            this.status = status;
            this.body = body;
        }

        static Answer to(Head head) {
            if (head == null || head.breaksTheRules()) {
                return BAD_REQUEST;
            }
            if (head.fields.size() > MAX_FIELDS) {
                return TOO_LARGE;
            }
            if (!head.method.equals("GET") && !head.method.equals("HEAD") || head.hasBody()) {
                return NOT_IMPLEMENTED;
            }
            return head.path.equals("/plaintext") ? GREETING : NOT_FOUND;
        }

        /** Returns whether it is known where the next request begins. */
        boolean mayGoOn() {
            return this == GREETING || this == NOT_FOUND;
        }
    }

    /** A line "name: value" of the head. */
    private record Field(String name, String value) {

        /** A name is a token, right before the colon; a value has no control characters but tabs: RFC 9110, 5.5, RFC 9112, 5.1. */
        private static final Pattern LINE =
                Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]++):[ \t]*+([\t\\x20-\\x7e\\x80-\\xff]*+)");

        /** Returns null if the line is no field. */
        static Field of(String line) {
            Matcher parts = LINE.matcher(line);
            return parts.matches() ? new Field(parts.group(1), parts.group(2).strip()) : null;
        }
    }

    /** The head of a request: {@code GET /plaintext HTTP/1.1}, and lines of fields. */
    private record Head(String method, String path, String version, List<Field> fields) {

        private static final Pattern REQUEST_LINE =
                Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\\x21-\\x7e\\x80-\\xff]+) (HTTP/1\\.[0-9])");

        /** Returns null if a line is malformed: it begins with a space, for instance, or has a single CR or LF in it. */
        static Head of(String text) {
            String[] lines = text.split("\r\n", -1);
            Matcher words = REQUEST_LINE.matcher(lines[0]);
            if (!words.matches()) {
                return null;
            }
            List<Field> fields = new ArrayList<>();
            for (int i = 1; i < lines.length; i++) {
                Field field = Field.of(lines[i]);
                if (field == null) {
                    return null;
                }
                fields.add(field);
            }
            return new Head(words.group(1), words.group(2), words.group(3), fields);
        }

        private List<String> values(String name) {
            return fields.stream()
                    .filter(field -> field.name.equalsIgnoreCase(name))
                    .map(Field::value)
                    .toList();
        }

        /** Returns whether two readers may understand the request in two ways, or it has no host or several: RFC 9112, 3.2 and 6.3. */
        boolean breaksTheRules() {
            List<String> lengths = values("Content-Length");
            boolean isAmbiguous = lengths.size() > 1
                    || lengths.size() == 1 && !lengths.getFirst().matches("[0-9]{1,18}")
                    || !lengths.isEmpty() && !values("Transfer-Encoding").isEmpty();
            int hosts = values("Host").size();
            return isAmbiguous || hosts > 1 || hosts == 0 && !version.equals("HTTP/1.0");
        }

        boolean hasBody() {
            return !values("Transfer-Encoding").isEmpty()
                    || values("Content-Length").stream().anyMatch(length -> !length.matches("0+"));
        }

        boolean isLast() {
            return version.equals("HTTP/1.0")
                    || values("Connection").stream()
                            .anyMatch(value -> Stream.of(value.split(","))
                                    .map(String::strip)
                                    .anyMatch("close"::equalsIgnoreCase));
        }
    }

    private final class Client {

        private final Socket socket;
        private final FrameReader heads;
        private boolean isAnswering;

        Client(Socket socket) {
            this.socket = socket;
            socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
            socket.onError(error -> {}); // a client that is gone needs no answer
            heads = FrameReader.on(socket, HEADS)
                    .frameTimeout(Duration.ofMillis(REQUEST_MILLIS))
                    .onFrame(this::answer)
                    .onError(this::refuse);
            socket.onDrain(heads::resume);
        }

        private void answer(ByteBuffer head) {
            if (!socket.isWritable()) {
                return; // requests after the last one are dropped
            }
            if (!isAnswering) { // the answers of one turn are written together
                isAnswering = true;
                socket.cork();
                socket.loop().nextTick(this::send);
            }
            if (head.equals(usual)) {
                socket.write(greeting);
            } else {
                answer(head, StandardCharsets.ISO_8859_1.decode(head.slice()).toString());
            }
            if (socket.writableNeedDrain()) {
                heads.pause(); // a client that does not read answers may not ask for more
            }
        }

        private void answer(ByteBuffer bytes, String text) {
            // an empty line between requests: RFC 9112, 2.2
            Head head = Head.of(text.startsWith("\r\n") ? text.substring(2) : text);
            Answer answer = Answer.to(head);
            boolean withBody = head == null || !head.method.equals("HEAD");
            if (!answer.mayGoOn() || head.isLast()) {
                end(answer, withBody);
            } else {
                socket.write(response(answer, "", withBody));
                if (answer == Answer.GREETING && withBody) {
                    usual = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
                }
            }
        }

        private void send() {
            isAnswering = false;
            socket.uncork();
        }

        private void refuse(ChagresException error) {
            if (socket.isWritable()) {
                switch (error.code()) {
                    case "ERR_FRAME_TOO_LONG" -> end(Answer.TOO_LARGE, true);
                    case "ERR_FRAME_TIMEOUT" -> end(Answer.TOO_SLOW, true);
                    default -> {} // the client has ended in the middle of a request
                }
            }
        }

        private void end(Answer answer, boolean withBody) {
            socket.end(response(answer, "Connection: close\r\n", withBody));
            Timer deadline = Timer.after(socket.loop(), REQUEST_MILLIS, socket::destroy); // if the client does not end
            socket.onClose(hadError -> deadline.close());
        }
    }
}
