package io.chagres.group;

import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.FutureTask;

/**
 * Prints the balance that docs/many-loops.md shows: the connections of the busiest loop divided by the mean, for each way of sharing and three
 * kinds of clients.
 *
 * <p>The clients are two threads of this process, on two processors. Each connection sends a byte and waits for it, before the next is made.
 */
final class BalanceProgram {

    private static final int CONNECTIONS = 1000;
    private static final int CLIENTS = 2;
    private static final int BURST = 50;
    private static final int ROUNDS = 5;

    private BalanceProgram() {}

    /** A kind of clients: what one thread does. */
    private interface Kind {
        void run(int port, List<Socket> open, Random random) throws IOException;
    }

    public static void main(String[] args) throws Exception {
        System.out.println("| loops | sharing | long-lived | bursty | uneven |");
        System.out.println("|---|---|---|---|---|");
        for (int loops : new int[] {2, 4}) {
            for (Sharing sharing : Sharing.values()) {
                if (sharing == Sharing.CPU && loops > Processors.allowed().size()) {
                    continue;
                }
                System.out.printf(
                        Locale.ROOT,
                        "| %d | %s | %s | %s | %s |%n",
                        loops,
                        sharing,
                        skews(loops, sharing, BalanceProgram::longLived),
                        skews(loops, sharing, BalanceProgram::bursty),
                        skews(loops, sharing, BalanceProgram::uneven));
            }
        }
    }

    /** Returns the least and the greatest of some rounds. */
    private static String skews(int loops, Sharing sharing, Kind kind) throws Exception {
        double min = Double.MAX_VALUE;
        double max = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double skew = skew(loops, sharing, kind);
            min = Math.min(min, skew);
            max = Math.max(max, skew);
        }
        return String.format(Locale.ROOT, "%.2f to %.2f", min, max);
    }

    private static double skew(int loops, Sharing sharing, Kind kind) throws Exception {
        try (LoopGroup group = LoopGroup.start(loops, GroupOptions.defaults().pinned(sharing == Sharing.CPU))) {
            GroupServer server = group.listen(ListenOptions.at("127.0.0.1", 0), sharing, BalanceProgram::echo);
            List<FutureTask<List<Socket>>> tasks = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int index = i;
                FutureTask<List<Socket>> task = new FutureTask<>(() -> {
                    Processors.pin(Processors.allowed()
                            .get(index % Processors.allowed().size()));
                    List<Socket> open = new ArrayList<>();
                    kind.run(server.address().port(), open, new Random());
                    return open;
                });
                Thread.ofPlatform().start(task);
                tasks.add(task);
            }
            List<Socket> open = new ArrayList<>();
            for (FutureTask<List<Socket>> task : tasks) {
                open.addAll(Waits.get(task));
            }
            Waits.until("all closed ones are gone", () -> server.connections() == open.size());
            double skew = server.skew();
            for (Socket socket : open) {
                socket.close();
            }
            return skew;
        }
    }

    private static Server echo(Loop loop) {
        return Net.createServer(loop, socket -> {
            socket.onError(error -> {});
            socket.pipe(socket);
        });
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static void talk(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
        socket.getInputStream().read();
    }

    /** Each connection stays. */
    private static void longLived(int port, List<Socket> open, Random random) throws IOException {
        for (int i = 0; i < CONNECTIONS / CLIENTS; i++) {
            Socket socket = connect(port);
            open.add(socket);
            talk(socket);
        }
    }

    /** Fifty connections are made at once, and then talk. Each stays. */
    private static void bursty(int port, List<Socket> open, Random random) throws IOException {
        for (int i = 0; i < CONNECTIONS / CLIENTS / BURST; i++) {
            List<Socket> burst = new ArrayList<>();
            for (int k = 0; k < BURST; k++) {
                burst.add(connect(port));
            }
            for (Socket socket : burst) {
                talk(socket);
            }
            open.addAll(burst);
        }
    }

    /** Nine of ten connections are closed after a byte, and one stays: a hundred in the end. */
    private static void uneven(int port, List<Socket> open, Random random) throws IOException {
        for (int i = 0; i < CONNECTIONS / CLIENTS; i++) {
            Socket socket = connect(port);
            talk(socket);
            if (random.nextInt(10) == 0) {
                open.add(socket);
            } else {
                socket.close();
            }
        }
    }
}
