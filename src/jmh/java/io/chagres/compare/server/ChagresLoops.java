package io.chagres.compare.server;

import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.Server;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Several loops, each on a thread of its own, with a listening socket of its own on the same port (SO_REUSEPORT). */
final class ChagresLoops {

    private ChagresLoops() {}

    /** Starts the loops, and prints the port. {@code server} is called on the thread of each. */
    static void start(int port, int loops, Function<Loop, Server> server) {
        AtomicInteger chosen = new AtomicInteger(port);
        for (int i = 0; i < loops; i++) {
            Loop.start("loop-" + i, loop -> {
                Server own = server.apply(loop);
                own.listen(ListenOptions.at(Task.HOST, chosen.get())
                        .backlog(Task.BACKLOG)
                        .reusePort(true));
                chosen.set(own.address().port());
            });
        }
        Task.announce(chosen.get());
    }
}
