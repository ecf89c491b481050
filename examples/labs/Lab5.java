import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Lab 5: a half-close that loses data. The client asks, ends its side and waits. Of the two lines of the answer one is lost.
 *
 * <p>Your turn: run it with its trace, and find the call that ends the server's side before the second line was written. Then mend it. To
 * learn: who calls shutdown(2), and when.
 *
 * <p>The page is docs/course/11-half-open.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=5}.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -Dchagres.trace=stderr -cp target/classes examples/labs/Lab5.java</pre>
 */
public class Lab5 {

    private static final long WORK_MILLIS = 20;

    public static void main(String[] args) {
        System.out.print(ask("how far is it?"));
    }

    /** Returns what the client has received when its connection is closed. */
    public static String ask(String question) {
        StringBuilder answer = new StringBuilder();
        try (Loop loop = new Loop()) {
            ServerOptions options = ServerOptions.defaults(); // your turn: what must this server be allowed to do?
            Server server = Net.createServer(loop, options, Lab5::reply);
            server.listen(0, "127.0.0.1", () -> {
                Socket client = Net.connect(loop, server.address().port(), "127.0.0.1");
                client.onConnect(() -> client.end(question));
                client.onText(StandardCharsets.UTF_8, answer::append);
                client.onClose(hadError -> server.close());
            });
            loop.run();
        }
        return answer.toString();
    }

    private static void reply(Socket connection) {
        StringBuilder question = new StringBuilder();
        connection.onText(StandardCharsets.UTF_8, question::append);
        connection.onError(error -> System.err.println("server: " + error.getMessage()));
        connection.onEnd(() -> {
            connection.write("your question: " + question + "\n");
            // the answer is the result of some work, and is known later
            String answer = "the answer: " + question.length() + " letters\n";
            Timer.after(connection.loop(), WORK_MILLIS, () -> connection.end(answer));
        });
    }
}
