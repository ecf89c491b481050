import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A chat: what one says in a line, everybody else hears.
 *
 * <p>Join it with {@code nc 127.0.0.1 9297}; the first line is your name. Who does not read what the others say is put out,
 * so that the server need not keep it for them.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/Chat.java [port] [host]</pre>
 */
public class Chat {

    private static final int LONGEST_LINE = 4 * 1024;
    private static final long MOST_UNREAD = 256 * 1024;

    private final List<Member> members = new ArrayList<>();

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9297;
        String host = args.length > 1 ? args[1] : "127.0.0.1";
        Chat chat = new Chat();
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, socket -> chat.new Member(socket));
            server.listen(port, host, () -> System.out.println("listening on " + server.address()));
            Signal.on(loop, "INT", () -> {
                server.close();
                chat.close();
            }).unref();
            loop.run();
        }
    }

    private void tellAllBut(Member one, String line) {
        for (Member member : members) {
            if (member != one && member.name != null) {
                member.tell(line);
            }
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
        private String name;
        /** The beginning of a line whose end has not come. */
        private String unread = "";

        Member(Socket socket) {
            this.socket = socket;
            members.add(this);
            socket.onText(StandardCharsets.UTF_8, this::read);
            socket.onError(error -> { });   // the close, which follows, is enough
            socket.onClose(hadError -> leave());
            tell("* Who are you?");
        }

        private void read(String text) {
            unread += text;
            int start = 0;
            for (int end; (end = unread.indexOf('\n', start)) >= 0; start = end + 1) {
                hear(unread.substring(start, end).strip());
            }
            unread = unread.substring(start);
            if (unread.length() > LONGEST_LINE) {
                putOut("speaks without end");
            }
        }

        private void hear(String line) {
            if (name != null) {
                tellAllBut(this, name + ": " + line);
            } else if (line.isEmpty() || members.stream().anyMatch(other -> line.equals(other.name))) {
                tell("* Somebody else has that name. Who are you?");
            } else {
                name = line;
                tell("* Welcome, " + name + ".");
                tellAllBut(this, "* " + name + " is here.");
            }
        }

        void tell(String line) {
            if (!socket.isWritable()) {
                return;
            }
            socket.write(line + "\n");
            if (socket.writableLength() > MOST_UNREAD) {
                putOut("does not listen");
            }
        }

        private void putOut(String reason) {
            System.out.println(name + " " + reason);
            socket.destroy();
        }

        private void leave() {
            members.remove(this);
            if (name != null) {
                tellAllBut(this, "* " + name + " has left.");
            }
        }
    }
}
