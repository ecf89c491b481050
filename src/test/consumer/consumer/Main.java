package consumer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;

/** An echo server and its client on one loop: a small program of a user. It prints the answer, and how it found the library. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, socket -> socket.pipe(socket));
            server.listen(0, "127.0.0.1");
            server.onListening(() -> talk(loop, server));
            loop.run();
        }
        System.out.println("module " + Loop.class.getModule().getName());
        System.out.println("events " + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
    }

    private static void talk(Loop loop, Server server) {
        Socket client = Net.connect(loop, server.address().port(), "127.0.0.1");
        client.onText(UTF_8, text -> System.out.println("answer " + text));
        client.onClose(hadError -> server.close());
        client.end("hello");
    }
}
