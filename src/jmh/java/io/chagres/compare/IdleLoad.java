package io.chagres.compare;

import io.chagres.compare.Contestant.Runtime;
import io.chagres.compare.machine.Command;
import io.chagres.compare.machine.JvmMemory;
import io.chagres.compare.machine.RunningServer;
import io.chagres.compare.report.Metric;
import io.chagres.compare.server.Mode;
import io.chagres.compare.traffic.Connections;
import io.chagres.compare.traffic.Holder;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Connections that echo one byte and are idle then: the memory that each costs the program, without the memory of the
 * kernel.
 *
 * <p>For a JVM it is the reachable heap and the program's memory outside of the heap. For others it is the private
 * pages.
 */
record IdleLoad(String name, Mode mode, int connections) implements Load {

    /** The connections that are opened before the count, so that objects that are made once are not counted. */
    private static final int FIRST = 200;

    private static final long SETTLE_MILLIS = 300;
    private static final double BYTES_PER_KIBIBYTE = 1024;

    private record Memory(double heap, double outside) {}

    private interface Clients extends AutoCloseable {
        /** Opens connections until there are {@code wanted}. Each echoes a byte. */
        void open(int wanted) throws IOException;

        @Override
        void close() throws IOException;
    }

    private record PlainClients(Connections source, List<SocketChannel> channels) implements Clients {
        @Override
        public void open(int wanted) throws IOException {
            while (channels.size() < wanted) {
                SocketChannel client = source.open();
                channels.add(client);
                Connections.exchangeByte(client);
            }
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel client : channels) {
                client.close();
            }
        }
    }

    private record TlsClients(Holder holder) implements Clients {
        @Override
        public void open(int wanted) throws IOException {
            Holder.Held held = holder.open(wanted);
            if (held.count() < wanted) {
                throw new IOException("only " + held.count() + " connections: " + held.reason());
            }
        }

        @Override
        public void close() {
            holder.close();
        }
    }

    @Override
    public String says() {
        return String.format(
                Locale.ROOT, "%,d idle connections%s: user memory of each", connections, mode.isTls() ? " of TLS" : "");
    }

    @Override
    public String missing() {
        return mode.isTls() ? OpenSsl.missing() : null;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.MEMORY, Metric.HEAP, Metric.NATIVE);
    }

    @Override
    public int rounds(int wanted) {
        return 1;
    }

    @Override
    public Trial prepare(Contestant contestant, Setting setting) {
        return () -> measure(contestant, setting);
    }

    private Trial.Outcome measure(Contestant contestant, Setting setting) throws IOException {
        try (RunningServer server = setting.servers().start(contestant, mode, true, flags(contestant));
                Clients clients = clients(server, setting.workshop())) {
            return measure(contestant, server, clients);
        }
    }

    private Clients clients(RunningServer server, Workshop workshop) throws IOException {
        return mode.isTls()
                ? new TlsClients(new Holder(OpenSsl.clients(workshop, server.address(), mode, "hold", 1, 1)))
                : new PlainClients(new Connections(server.address()), new ArrayList<>());
    }

    private static List<String> flags(Contestant contestant) {
        return switch (contestant.runtime()) {
            case JVM -> List.of(JvmMemory.TRACKING);
            case NODE -> List.of("--expose-gc");
            case NATIVE -> List.of();
        };
    }

    private Trial.Outcome measure(Contestant contestant, RunningServer server, Clients clients) throws IOException {
        clients.open(FIRST);
        Memory before = memory(contestant, server);
        clients.open(FIRST + connections);
        Memory after = memory(contestant, server);
        double heap = (after.heap - before.heap) / connections;
        double outside = (after.outside - before.outside) / connections;
        return new Trial.Outcome(
                contestant.runtime() == Runtime.JVM
                        ? Map.of(Metric.MEMORY, heap + outside, Metric.HEAP, heap, Metric.NATIVE, outside)
                        : Map.of(Metric.MEMORY, outside),
                null);
    }

    private static Memory memory(Contestant contestant, RunningServer server) throws IOException {
        if (contestant.runtime() == Runtime.JVM) {
            return new Memory(JvmMemory.liveHeapBytes(server.pid()), JvmMemory.nativeBytes(server.pid()));
        }
        if (contestant.runtime() == Runtime.NODE) {
            Command.output("kill", "-USR2", Long.toString(server.pid()));
        }
        settle();
        return new Memory(0, server.figures().privateKibibytes() * BYTES_PER_KIBIBYTE);
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
