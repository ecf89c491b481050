package io.chagres.net;

import io.chagres.loop.Loop;
import java.util.function.Consumer;

/** Servers and connections on 127.0.0.1, for tests that are about something else. */
final class Local {

    static final String HOST = "127.0.0.1";

    private Local() {
    }

    /** A server that takes one connection: the port it listens on until then. */
    static int once(Loop loop, Consumer<Socket> listener) {
        return once(loop, new ServerOptions(), listener);
    }

    static int once(Loop loop, ServerOptions options, Consumer<Socket> listener) {
        return times(1, loop, options, listener);
    }

    /** A server that takes {@code count} connections: the port it listens on until then. */
    static int times(int count, Loop loop, ServerOptions options, Consumer<Socket> listener) {
        Server server = Net.createServer(loop, options, listener);
        int[] left = {count};
        server.onConnection(socket -> {
            if (--left[0] == 0) {
                server.close();
            }
        });
        return server.listen(0, HOST).address().port();
    }

    static Socket connect(Loop loop, int port) {
        return Net.connect(loop, port, HOST);
    }
}
