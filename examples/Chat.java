import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.socket.KeepAlive;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * A chat: each line of a member goes to all other members.
 *
 * <p>Join it with {@code nc 127.0.0.1 9297}; the first line is your name. One line makes as many writes as there are
 * members. So each member has a limit of lines per turn, and all of them together have a limit of writes. The server
 * reads the rest of the lines of a member in the next turn. It disconnects a member that does not read, or does not
 * give a name.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/Chat.java [port] [host]</pre>
 */
public class Chat {

    /** With {@link #MAX_UNREAD} for each, the members can make the server keep 128 MiB. */
    private static final int MAX_MEMBERS = 500;

    private static final int MAX_UNREAD = 256 * 1024;
    private static final int MAX_LINE = 4 * 1024;
    private static final int MAX_NAME = 32;
    private static final long NAME_MILLIS = Long.getLong("nameMillis", 60_000);

    private static final long TURN_MILLIS = 100;
    private static final int LINES_PER_TURN = 50;
    /** A write is about a microsecond: the loop is busy with them for some 10 ms of the 100. */
    private static final int WRITES_PER_TURN = 10_000;

    private final List<Member> members = new ArrayList<>();
    private final Timer turn;
    /** The members with more lines than this turn allows, in the order of arrival. */
    private Queue<Member> waiting = new ArrayDeque<>();

    private int turns;
    private int writes;

    Chat(Loop loop) {
        turn = new Timer(loop);
        turn.unref();
    }

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        ServerOptions options = ServerOptions.defaults().keepAlive(KeepAlive.every(Duration.ofMinutes(1)));
        try (Loop loop = new Loop()) {
            Chat chat = new Chat(loop);
            Server server = Net.createServer(loop, options, socket -> chat.new Member(socket))
                    .setMaxConnections(MAX_MEMBERS);
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> {
                        server.close();
                        chat.close();
                    })
                    .unref();
            loop.run();
        }
    }

    private void tellAllBut(Member one, String line) {
        for (Member member : members) {
            if (member != one && member.name != null) {
                member.tell(line);
            }
        }
        spend(members.size());
    }

    private void spend(int count) {
        writes += count;
        if (!turn.isActive()) {
            turn.start(TURN_MILLIS, this::nextTurn);
        }
    }

    private void nextTurn() {
        turns++;
        writes = 0;
        Queue<Member> waited = waiting;
        waiting = new ArrayDeque<>();
        waited.forEach(Member::speak);
    }

    private void close() {
        for (Member member : members) {
            member.tell("* The chat is over.");
            member.socket.destroySoon();
        }
    }

    private final class Member {

        private final Socket socket;
        private final Timer patience;
        private String name;
        /** Lines that are not forwarded yet, and the beginning of a line whose end has not arrived. */
        private String unsaid = "";

        private int spokeIn;
        private int lines;

        Member(Socket socket) {
            this.socket = socket;
            patience = Timer.after(socket.loop(), NAME_MILLIS, () -> disconnect("has no name"));
            members.add(this);
            socket.onText(StandardCharsets.UTF_8, this::read);
            socket.onError(error -> {}); // the close, which follows, is enough
            socket.onClose(hadError -> leave());
            tell("* Who are you?");
        }

        private void read(String text) {
            unsaid += text;
            speak();
        }

        /** Forwards the complete lines, up to the limits. While some are left, the server does not read from the member. */
        private void speak() {
            if (socket.isDestroyed()) {
                return;
            }
            int start = 0;
            for (int end; (end = unsaid.indexOf('\n', start)) >= 0 && maySpeak(); start = end + 1) {
                hear(unsaid.substring(start, end).replaceAll("\\p{Cntrl}", "").strip());
            }
            unsaid = unsaid.substring(start);
            if (unsaid.indexOf('\n') >= 0) {
                socket.pause();
                waiting.add(this);
            } else if (unsaid.length() > MAX_LINE) {
                disconnect("sends a line without end");
            } else if (socket.isPaused()) {
                socket.resume();
            }
        }

        private boolean maySpeak() {
            if (spokeIn != turns) {
                spokeIn = turns;
                lines = 0;
            }
            return !socket.isDestroyed() && writes < WRITES_PER_TURN && lines++ < LINES_PER_TURN;
        }

        private void hear(String line) {
            if (name != null) {
                tellAllBut(this, name + ": " + line);
                return;
            }
            spend(1);
            if (line.isEmpty() || line.length() > MAX_NAME) {
                tell("* A name has 1 to " + MAX_NAME + " letters. Who are you?");
            } else if (members.stream().anyMatch(other -> line.equals(other.name))) {
                tell("* That name is taken. Who are you?");
            } else {
                name = line;
                patience.close();
                tell("* Welcome, " + name + ".");
                tellAllBut(this, "* " + name + " is here.");
            }
        }

        void tell(String line) {
            if (!socket.isWritable()) {
                return;
            }
            socket.write(line + "\n");
            if (socket.writableLength() > MAX_UNREAD) {
                disconnect("does not read");
            }
        }

        private void disconnect(String reason) {
            System.out.println((name == null ? "A stranger" : name) + " " + reason);
            socket.destroy();
        }

        private void leave() {
            patience.close();
            members.remove(this);
            if (name != null) {
                tellAllBut(this, "* " + name + " has left.");
            }
        }
    }
}
