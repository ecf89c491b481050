import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import io.chagres.trace.CallbackRun;
import io.chagres.trace.Note;
import io.chagres.trace.Recording;
import io.chagres.trace.SystemCall;
import io.chagres.trace.Trace;
import io.chagres.trace.TraceEvent;
import io.chagres.trace.TraceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A server and a client that are watched while they talk: each callback, each system call, each note of the program.
 *
 * <p>The client sends a line, and the server sends it back. Then the server closes gracefully: it accepts no more connections, and
 * ends when its client has ended. Both loops run in this JVM, so one trace has both sides. The conversation is printed, and written
 * to a folder, together with pictures of it.
 *
 * <pre>make watch</pre>
 */
public class Watch {

    private static final String HOST = "127.0.0.1";
    private static final String[] COLOURS = {"\033[32m", "\033[34m", "\033[33m", "\033[35m"};
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";

    public static void main(String[] args) throws IOException, InterruptedException {
        Path folder = Path.of(args.length > 0 ? args[0] : "target/watch");
        // loads the classes, so that the times of the second run are those of the calls
        watch(new Recording("warm-up"));
        Recording recording = new Recording("A graceful exit").addSources(Path.of("examples"));
        watch(recording);
        print(recording);
        write(recording, Files.createDirectories(folder));
    }

    /** Runs the server and the client, each on a thread with a loop, until both loops have nothing left to do. */
    private static void watch(Recording recording) throws InterruptedException {
        try (Trace trace = Trace.start(TraceOptions.defaults().socketStates(true), recording)) {
            CompletableFuture<Integer> port = new CompletableFuture<>();
            Thread server = Thread.ofPlatform().name("server").start(() -> run(loop -> serve(loop, port)));
            int known = port.join();
            Thread client = Thread.ofPlatform().name("client").start(() -> run(loop -> ask(loop, known)));
            client.join();
            server.join();
        }
    }

    private static void run(Consumer<Loop> setup) {
        try (Loop loop = new Loop()) {
            setup.accept(loop);
            loop.run();
        }
    }

    private static void serve(Loop loop, CompletableFuture<Integer> port) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            Trace.note("'connection'");
            socket.onData(chunk -> {
                Trace.note("'data', " + chunk.remaining() + " bytes");
                socket.write(chunk);
                server.close(); // accepts no more connections; this one may finish
            });
            socket.onEnd(() -> Trace.note("'end': the client sends no more"));
            socket.onClose(hadError -> Trace.note("'close' of the connection"));
        });
        server.onClose(() -> Trace.note("'close' of the server: its last client has left"));
        server.listen(0, HOST, () -> {
            Trace.note("'listening'");
            port.complete(server.address().port());
        });
    }

    private static void ask(Loop loop, int port) {
        Socket socket = Net.connect(loop, port, HOST);
        socket.onConnect(() -> {
            Trace.note("'connect'");
            socket.write("hello\n");
        });
        socket.onData(chunk -> {
            Trace.note("'data', " + chunk.remaining() + " bytes");
            socket.end(); // a half-close: sends no more, and still reads
        });
        socket.onEnd(() -> Trace.note("'end': the server sends no more"));
        socket.onClose(hadError -> Trace.note("'close'"));
    }

    /** Prints the events of both sides, in a colour for each thread if this is a terminal. */
    private static void print(Recording recording) {
        List<TraceEvent> events = recording.events();
        List<String> threads =
                events.stream().map(event -> event.place().thread()).distinct().toList();
        boolean coloured =
                System.console() != null && System.console().isTerminal() && System.getenv("NO_COLOR") == null;
        for (TraceEvent event : events) {
            String colour = COLOURS[threads.indexOf(event.place().thread()) % COLOURS.length];
            String weight = switch (event) {
                case SystemCall call -> "";
                case CallbackRun run -> BOLD;
                case Note note -> BOLD;
            };
            System.out.println(coloured ? colour + weight + event + PLAIN : event.toString());
        }
    }

    private static void write(Recording recording, Path folder) throws IOException {
        for (String name : List.of("conversation.txt", "watch.html", "watch.json", "watch.mmd")) {
            recording.write(folder.resolve(name));
        }
        System.out.println();
        System.out.println("This text:           " + folder.resolve("conversation.txt"));
        System.out.println("Step by step:        open " + folder.resolve("watch.html") + " in a browser");
        System.out.println("On a time line:      open " + folder.resolve("watch.json") + " at https://ui.perfetto.dev");
        System.out.println("A sequence diagram:  put " + folder.resolve("watch.mmd")
                + " into a ```mermaid block of a Markdown file");
    }
}
