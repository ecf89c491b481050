import io.chagres.group.GroupServer;
import io.chagres.group.LoopGroup;
import io.chagres.group.Sharing;
import io.chagres.net.ListenOptions;

/**
 * The example HttpPlaintext on several loops, each with a listening socket of its own on the same port. It is compiled together with the
 * example.
 *
 * <pre>java HttpLoops PORT LOOPS</pre>
 */
final class HttpLoops {

    private static final int BACKLOG = 511;

    public static void main(String[] args) throws InterruptedException {
        int port = Integer.parseInt(args[0]);
        try (LoopGroup group = LoopGroup.start(Integer.parseInt(args[1]))) {
            GroupServer server = group.listen(
                    ListenOptions.at("127.0.0.1", port).backlog(BACKLOG),
                    Sharing.REUSE_PORT,
                    loop -> new HttpPlaintext().server(loop));
            System.out.println("listening " + server.address().port());
            group.join();
        }
    }
}
