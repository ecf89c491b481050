import io.chagres.ChagresException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.socket.Tcp;

/**
 * Lab 7: EMFILE. A program asks again and again whether a server listens. After a while it can open no descriptor.
 *
 * <p>Your turn: find the way through the callback on which a descriptor is never closed. {@code ulimit -n 64} lets it happen soon, and the
 * trace shows a socket(2) for each attempt, and not as many close(2). To learn: a handle that failed to connect is still open.
 *
 * <p>The page is docs/course/09-server.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=7}.
 *
 * <pre>(ulimit -n 64; java --enable-native-access=ALL-UNNAMED -cp target/classes examples/labs/Lab7.java)</pre>
 */
public class Lab7 {

    private final Loop loop;
    private final SocketAddress server;
    private int left;
    private int refused;

    private Lab7(Loop loop, SocketAddress server, int times) {
        this.loop = loop;
        this.server = server;
        this.left = times;
    }

    public static void main(String[] args) {
        System.out.println(
                probe(args.length > 0 ? Integer.parseInt(args[0]) : 1, 200) + " of 200 attempts were refused");
    }

    /** Connects to {@code port} so many {@code times}, one after another, and returns how many attempts were refused. */
    public static int probe(int port, int times) {
        try (Loop loop = new Loop()) {
            Lab7 lab = new Lab7(loop, new SocketAddress("127.0.0.1", port), times);
            lab.next();
            loop.run();
            return lab.refused;
        }
    }

    private void next() {
        if (left-- > 0) {
            Tcp attempt = new Tcp(loop);
            attempt.connect(server, error -> onResult(attempt, error));
        }
    }

    private void onResult(Tcp attempt, ChagresException error) {
        // your turn: which of these attempts keep their descriptor?
        if (error == null) {
            attempt.close();
        } else {
            refused++;
        }
        next();
    }
}
