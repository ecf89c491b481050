package io.chagres.group;

import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.net.ListenOptions;
import io.chagres.net.ListeningSocket;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Closes a socket with connections in its backlog beside a second one of the same port, without and with net.ipv4.tcp_migrate_req, and prints
 * how many of 100 connections arrive. It changes a setting of its network namespace.
 */
final class MigrationProgram {

    private static final int COUNT = 100;
    private static final Path SETTING = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");

    private MigrationProgram() {}

    public static void main(String[] args) throws Exception {
        for (String value : List.of("0", "1")) {
            Files.writeString(SETTING, value);
            System.out.print(arrivals() + " ");
        }
        System.out.println();
    }

    private static int arrivals() throws Exception {
        List<ListeningSocket> sockets = ListeningSocket.openReusePort(ListenOptions.at("127.0.0.1", 0), 2);
        try (Clients clients = new Clients(sockets.getFirst().address());
                Loop loop = new Loop()) {
            clients.connect(COUNT);
            sockets.getFirst().close();
            ListeningSocket second = sockets.getLast();
            Server server = Net.createServer(loop, socket -> socket.onError(error -> {}));
            server.listen(second.place(second.duplicate()));
            long before = -1;
            while (before < server.acceptedCount()) { // a queue that has one connection is always ready
                before = server.acceptedCount();
                for (int i = 0; i < COUNT; i++) {
                    loop.run(RunMode.NOWAIT);
                }
            }
            second.close();
            return (int) before;
        }
    }
}
