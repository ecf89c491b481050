import io.chagres.ChagresException;
import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.socket.KeepAlive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A chat: each line of a member goes to all other members.
 *
 * <p>Join it with {@code nc 127.0.0.1 9297}; the first line is your name. One line makes as many writes as there are
 * members. So each member has a limit of lines per turn, and all of them together have a limit of writes. The server
 * reads further lines in the next turn. It disconnects a member that does not read, or does not
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
        if (writes >= WRITES_PER_TURN) {
            members.forEach(member -> member.lines.pause());
        }
        if (!turn.isActive()) {
            turn.start(TURN_MILLIS, this::nextTurn);
        }
    }

    /** Begins a turn, in which another member is the first. */
    private void nextTurn() {
        writes = 0;
        Collections.rotate(members, -1);
        for (Member member : members) {
            member.said = 0;
            member.lines.resume();
        }
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
        private final FrameReader lines;
        private String name;
        /** The number of its lines in this turn. */
        private int said;

        Member(Socket socket) {
            this.socket = socket;
            patience = Timer.after(socket.loop(), NAME_MILLIS, () -> disconnect("has no name"));
            members.add(this);
            lines = FrameReader.on(socket, Framing.lines(MAX_LINE)).onText(this::read);
            socket.onError(this::fail);
            socket.onClose(hadError -> leave());
            tell("* Who are you?");
        }

        private void read(String line) {
            if (++said == LINES_PER_TURN) {
                lines.pause();
            }
            hear(line.replaceAll("\\p{Cntrl}", "").strip());
        }

        /** The close, which follows, is enough for a lost connection. */
        private void fail(ChagresException error) {
            if (error.code().equals("ERR_FRAME_TOO_LONG")) {
                disconnect("sends a line without end");
            }
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
