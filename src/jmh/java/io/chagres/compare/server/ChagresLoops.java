package io.chagres.compare.server;

import io.chagres.group.GroupOptions;
import io.chagres.group.LoopGroup;
import io.chagres.group.Sharing;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.Server;
import java.util.Objects;
import java.util.function.Function;

/** Several loops, each with a listening socket of its own on the same port. */
final class ChagresLoops {

    private ChagresLoops() {}

    /** Starts the loops, prints the port, and waits. {@code server} is called on the thread of each. */
    static void run(int port, int loops, Function<Loop, Server> server) throws InterruptedException {
        try (LoopGroup group = LoopGroup.start(loops, GroupOptions.named("loop"))) {
            var listening =
                    group.listen(ListenOptions.at(Task.HOST, port).backlog(Task.BACKLOG), Sharing.REUSE_PORT, server);
            Task.announce(Objects.requireNonNull(listening.address()).port());
            group.join();
        }
    }
}
