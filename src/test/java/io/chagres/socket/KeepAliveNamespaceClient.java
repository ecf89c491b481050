package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.TcpPair;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Connects several times, cuts the cable, and prints a line for each connection: its name, how it ended, and how many milliseconds
 * after the cut. A connection that has not ended after {@code PATIENCE_MILLIS} is "open".
 */
final class KeepAliveNamespaceClient {

    private static final long PATIENCE_MILLIS = 8000;
    private static final KeepAlive IMPATIENT = KeepAlive.ON
            .idle(Duration.ofSeconds(1))
            .interval(Duration.ofSeconds(1))
            .count(2);
    private static final KeepAlive OF_MANY_PROBES = KeepAlive.ON
            .idle(Duration.ofSeconds(1))
            .interval(Duration.ofSeconds(1))
            .count(100);

    private final Loop loop;
    private final SocketAddress peer;
    private final List<String> cut;
    private final List<Connection> connections = new ArrayList<>();
    private int connected;
    private long cutNanos;

    private record Connection(String name, Tcp tcp, boolean writes) {}

    private KeepAliveNamespaceClient(Loop loop, SocketAddress peer, List<String> cut) {
        this.loop = loop;
        this.peer = peer;
        this.cut = cut;
    }

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            new KeepAliveNamespaceClient(
                            loop,
                            new SocketAddress(args[0], Integer.parseInt(args[1])),
                            List.of(args).subList(2, args.length))
                    .run();
        }
    }

    private void run() {
        connect("idle", IMPATIENT, Duration.ZERO, false);
        connect("idle-user-timeout", OF_MANY_PROBES, Duration.ofSeconds(3), false);
        connect("rearmed", KeepAlive.ON, Duration.ZERO, false);
        connect("unacknowledged", IMPATIENT, Duration.ZERO, true);
        connect("unacknowledged-user-timeout", IMPATIENT, Duration.ofSeconds(4), true);
        connect("switched-off", IMPATIENT, Duration.ZERO, false);
        loop.run();
    }

    private void connect(String name, KeepAlive keepAlive, Duration userTimeout, boolean writes) {
        Tcp tcp = new Tcp(loop);
        tcp.setKeepAlive(keepAlive);
        tcp.set(SocketOption.TCP_USER_TIMEOUT, userTimeout);
        connections.add(new Connection(name, tcp, writes));
        tcp.connect(peer, error -> {
            if (error != null) {
                throw error;
            }
            if (++connected == connections.size()) {
                cutAndRead();
            }
        });
    }

    private void cutAndRead() {
        cutNanos = System.nanoTime();
        cutCable();
        for (Connection connection : connections) {
            Tcp tcp = connection.tcp;
            if (connection.writes) {
                tcp.write(ByteBuffer.allocate(1), error -> {});
            }
            switch (connection.name) {
                case "rearmed" -> tcp.setKeepAlive(IMPATIENT);
                case "switched-off" -> tcp.setKeepAlive(KeepAlive.OFF);
                default -> {}
            }
            tcp.readStart(TcpPair.reader(
                    bytes -> {}, () -> ended(connection, "end"), error -> ended(connection, describe(error))));
        }
        Timer.after(loop, PATIENCE_MILLIS, this::giveUp);
    }

    private void cutCable() {
        try {
            int status = Waits.exit(new ProcessBuilder(cut).inheritIO().start());
            if (status != 0) {
                throw new IllegalStateException(cut + " has failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String describe(SystemException error) {
        return error.syscall() + "-" + error.code();
    }

    private void ended(Connection connection, String how) {
        long millis = (System.nanoTime() - cutNanos) / 1_000_000;
        System.out.println(connection.name + " " + how + " " + millis);
        connection.tcp.close();
    }

    private void giveUp() {
        for (Connection connection : connections) {
            if (!connection.tcp.isClosing()) {
                ended(connection, "open-with-" + connection.tcp.info().unacked() + "-unacknowledged");
            }
        }
    }
}
