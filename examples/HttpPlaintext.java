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
import java.util.Locale;

/**
 * A small HTTP/1.1 server that answers GET and HEAD of /plaintext, fast.
 *
 * <p>Requests may come pipelined, or byte by byte, and a connection is kept until the client wants it closed. Load it with
 * {@code wrk -c 64 -t 2 http://127.0.0.1:8080/plaintext}.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/HttpPlaintext.java [port] [host]</pre>
 */
public class HttpPlaintext {

    private static final DateTimeFormatter DATE =
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final int LONGEST_HEAD = 8 * 1024;
    private static final long IDLE_MILLIS = 60_000;
    /** How long requests that are under way may take when the server is to exit. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private String date;
    /** What nearly everybody gets: made once a second, and not changed by being written. */
    private ByteBuffer greeting;
    /** The head that it was last sent for: a client asks the same again and again. */
    private String usual = "";

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        HttpPlaintext http = new HttpPlaintext();
        try (Loop loop = new Loop()) {
            http.tellTime();
            Timer.every(loop, 1000, http::tellTime).unref();
            Server server = Net.createServer(loop, http::serve);
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> server.close(GRACE)).unref();
            loop.run();
        }
    }

    private void tellTime() {
        date = DATE.format(ZonedDateTime.now(ZoneOffset.UTC));
        greeting = response(Answer.GREETING, "", true);
    }

    private void serve(Socket socket) {
        Client client = new Client(socket);
        socket.onText(StandardCharsets.ISO_8859_1, client::read);
        socket.onDrain(socket::resume);
        socket.setTimeout(IDLE_MILLIS).onTimeout(socket::destroy);
        socket.onError(error -> { });   // who is gone needs no answer
    }

    private ByteBuffer response(Answer answer, String headerLine, boolean withBody) {
        return StandardCharsets.ISO_8859_1.encode("HTTP/1.1 " + answer.status + "\r\nDate: " + date
            + "\r\nContent-Type: text/plain\r\nContent-Length: " + answer.body.length() + "\r\n" + headerLine + "\r\n"
            + (withBody ? answer.body : ""));
    }

    private enum Answer {
        GREETING("200 OK", "Hello, World!"),
        BAD_REQUEST("400 Bad Request", "This is not HTTP/1.\n"),
        NOT_FOUND("404 Not Found", "There is only /plaintext.\n"),
        TOO_LARGE("431 Request Header Fields Too Large", "Say it in 8 KiB.\n"),
        NOT_IMPLEMENTED("501 Not Implemented", "There are only GET and HEAD, without a body.\n");

        final String status;
        final String body;

        Answer(String status, String body) {
            this.status = status;
            this.body = body;
        }

        static Answer to(Head head) {
            if (!head.version.startsWith("HTTP/1.")) {
                return BAD_REQUEST;
            }
            if (!head.method.equals("GET") && !head.method.equals("HEAD")
                || !head.field("Content-Length").isEmpty() || !head.field("Transfer-Encoding").isEmpty()) {
                return NOT_IMPLEMENTED;
            }
            return head.path.equals("/plaintext") ? GREETING : NOT_FOUND;
        }

        /** Whether it is known where the next request begins. */
        boolean mayGoOn() {
            return this == GREETING || this == NOT_FOUND;
        }
    }

    /** The head of a request: {@code GET /plaintext HTTP/1.1}, and lines of fields. */
    private record Head(String method, String path, String version, String fields) {

        static Head of(String text) {
            String[] lines = text.split("\r\n", 2);
            String[] words = lines[0].split(" ");
            return words.length != 3 ? new Head("", "", "", "")
                : new Head(words[0], words[1], words[2], lines.length == 2 ? lines[1] : "");
        }

        String field(String name) {
            return fields.lines().filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip()).findFirst().orElse("");
        }

        boolean isLast() {
            return version.equals("HTTP/1.0") || field("Connection").equalsIgnoreCase("close");
        }
    }

    private final class Client {

        private final Socket socket;
        /** The beginning of a request whose end has not come. */
        private String unread = "";

        Client(Socket socket) {
            this.socket = socket;
        }

        /** Answers all requests that are whole; what it writes goes together. */
        void read(String text) {
            if (!socket.isWritable()) {
                return;   // after its last request a client has nothing to say
            }
            socket.cork();
            unread += text;
            int start = 0;
            int end = unread.indexOf(END_OF_HEAD);
            while (end >= 0 && socket.isWritable()) {
                answer(unread.substring(start, end));
                start = end + END_OF_HEAD.length();
                end = unread.indexOf(END_OF_HEAD, start);
            }
            unread = unread.substring(start);
            if (unread.length() > LONGEST_HEAD && socket.isWritable()) {
                end(Answer.TOO_LARGE, true);
            }
            socket.uncork();
            if (socket.isWritableNeedDrain()) {
                socket.pause();   // who does not read answers shall not ask for more
            }
        }

        private void answer(String request) {
            if (request.equals(usual)) {
                socket.write(greeting);
                return;
            }
            Head head = Head.of(request);
            Answer answer = Answer.to(head);
            boolean withBody = !head.method.equals("HEAD");
            if (head.isLast() || !answer.mayGoOn()) {
                end(answer, withBody);
            } else {
                socket.write(response(answer, "", withBody));
                usual = answer == Answer.GREETING && withBody ? request : usual;
            }
        }

        private void end(Answer answer, boolean withBody) {
            socket.end(response(answer, "Connection: close\r\n", withBody));
        }
    }
}
