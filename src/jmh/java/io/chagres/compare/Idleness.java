package io.chagres.compare;

import io.chagres.compare.Contestant.Runtime;
import io.chagres.compare.machine.JvmMemory;
import io.chagres.compare.machine.KernelMemory;
import io.chagres.compare.machine.RunningServer;
import io.chagres.compare.server.Mode;
import io.chagres.compare.traffic.Holder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Servers with idle connections, each of which has echoed a byte.
 *
 * @param program the clients
 * @param each the connections of a server
 * @param pairs the number of servers, each of which has a client process of its own
 * @param seconds the time of rest
 */
record Idleness(Servers servers, String program, int each, int pairs, double seconds) {

    /** The connections that are opened before the count, so that objects that are made once are not counted. */
    private static final int FIRST = 200;

    private static final int KINDS = 8;
    private static final long SETTLE_MILLIS = 2000;
    private static final double BYTES_PER_KIBIBYTE = 1024;
    private static final double BYTES_PER_MEBIBYTE = 1024 * 1024;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MILLIS = 1e3;
    private static final int MILLION = 1_000_000;

    /**
     * The figures.
     *
     * @param open the connections
     * @param heap the bytes of reachable objects that a connection adds
     * @param outside the bytes of the program's memory outside of the heap, likewise
     * @param resident the bytes of memory in RAM, likewise
     * @param kernel the bytes of the kernel's memory for both ends, likewise
     * @param idleMillisPerSecond the CPU time of the servers
     * @param kinds the kernel's objects
     * @param reason the reason why there are no more connections; empty if there are all
     */
    record Figures(
            long open,
            double heap,
            double outside,
            double resident,
            double kernel,
            double idleMillisPerSecond,
            String kinds,
            String reason) {

        /** Returns the MiB of a million connections with so many bytes. */
        double million(double bytes) {
            return MILLION * bytes / BYTES_PER_MEBIBYTE;
        }
    }

    private record Memory(double heap, double outside, double resident, KernelMemory kernel) {}

    /** The process of a server and that of its clients. */
    private record Pair(RunningServer server, Holder clients) implements AutoCloseable {
        @Override
        public void close() {
            clients.close();
            server.close();
        }
    }

    Figures measure(Contestant contestant) throws IOException {
        List<Pair> all = new ArrayList<>();
        try {
            List<String> flags = contestant.runtime() == Runtime.JVM ? List.of(JvmMemory.TRACKING) : List.of();
            for (int i = 0; i < pairs; i++) {
                RunningServer server = servers.start(contestant, Mode.ECHO, false, flags);
                all.add(new Pair(server, new Holder(program, server.address())));
            }
            return measure(contestant, all);
        } finally {
            all.forEach(Pair::close);
        }
    }

    private Figures measure(Contestant contestant, List<Pair> all) throws IOException {
        Holder.Held first = open(all, FIRST);
        Memory before = memory(contestant, all);
        Holder.Held held = open(all, each);
        Memory after = memory(contestant, all);
        double added = held.count() - first.count();
        if (added <= 0) {
            throw new IOException(held.reason());
        }
        return new Figures(
                held.count(),
                (after.heap - before.heap) / added,
                (after.outside - before.outside) / added,
                (after.resident - before.resident) / added,
                after.kernel.since(before.kernel) / added,
                idle(all),
                after.kernel.kindsSince(before.kernel, KINDS, (long) added),
                held.reason());
    }

    private static Holder.Held open(List<Pair> all, int wanted) throws IOException {
        int open = 0;
        String reason = "";
        for (Pair pair : all) {
            Holder.Held held = pair.clients.open(wanted);
            open += held.count();
            reason = reason.isEmpty() ? held.reason() : reason;
        }
        return new Holder.Held(open, reason);
    }

    private static Memory memory(Contestant contestant, List<Pair> all) throws IOException {
        pause(SETTLE_MILLIS);
        double heap = 0;
        double outside = 0;
        double resident = 0;
        for (Pair pair : all) {
            if (contestant.runtime() == Runtime.JVM) {
                heap += JvmMemory.liveHeapBytes(pair.server.pid());
                outside += JvmMemory.nativeBytes(pair.server.pid());
            }
            resident += pair.server.figures().residentKibibytes() * BYTES_PER_KIBIBYTE;
        }
        return new Memory(heap, outside, resident, KernelMemory.now());
    }

    /** Returns the CPU time of all servers in a second of rest. */
    private double idle(List<Pair> all) {
        double nanos = -cpu(all);
        pause((long) (seconds * MILLIS));
        return (nanos + cpu(all)) / NANOS_PER_MILLI / seconds;
    }

    private static double cpu(List<Pair> all) {
        return all.stream()
                .mapToDouble(pair -> pair.server.figures().cpuNanos())
                .sum();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
