package io.chagres.compare;

import io.chagres.compare.machine.Limits;
import io.chagres.compare.server.Mode;
import io.chagres.compare.traffic.Bulk;
import io.chagres.compare.traffic.Churn;
import io.chagres.compare.traffic.Messages;
import io.chagres.compare.traffic.TlsTraffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All loads, in the order in which they run. */
final class Loads {

    private static final int BULK_CONNECTIONS = 4;
    private static final int CHURN_CONNECTIONS = 16;
    private static final int IDLE_CONNECTIONS = 10_000;

    /** The loads of the table in README. */
    static final List<String> HEADLINES =
            List.of("ping-pong-64x64", "in-flight-16384x16x4", "churn", "idle-" + IDLE_CONNECTIONS, "start");

    private Loads() {}

    static List<Load> all() {
        List<Load> loads = new ArrayList<>();
        loads.add(pingPong(64, 64));
        loads.add(messages("in-flight-16384x16x4", 16384, 16, 4));
        loads.add(new TrafficLoad(
                "churn",
                "Connect, 1 byte, reset; " + CHURN_CONNECTIONS + " at a time",
                Mode.ECHO,
                (server, workshop) -> new Churn(server, CHURN_CONNECTIONS)));
        loads.add(new IdleLoad("idle-" + IDLE_CONNECTIONS, Mode.ECHO, IDLE_CONNECTIONS));
        loads.add(new StartLoad());
        loads.addAll(List.of(pingPong(64, 1), pingPong(64, 1000)));
        for (int size : new int[] {1024, 16384}) {
            loads.addAll(List.of(pingPong(size, 1), pingPong(size, 64), pingPong(size, 1000)));
        }
        loads.add(messages("pipelined-64x64x16", 64, 64, 16));
        loads.add(bulk("bulk-in", Mode.SINK, Bulk.Direction.IN));
        loads.add(bulk("bulk-out", Mode.SOURCE, Bulk.Direction.OUT));
        loads.add(new ToolLoad("http", "HTTP, by wrk on 64 connections", Mode.HTTP, new Wrk()));
        loads.add(new ToolLoad(
                "keys", "Redis's GET, by redis-benchmark on 64 connections", Mode.KEYS, new RedisBenchmark(1)));
        loads.add(new ToolLoad(
                "keys-pipelined",
                "Redis's GET, by redis-benchmark, 64 connections, pipelined by 16",
                Mode.KEYS,
                new RedisBenchmark(16)));
        addTls(loads);
        return loads;
    }

    /** Adds the loads of TLS 1.3, the clients of which are in C. */
    private static void addTls(List<Load> loads) {
        loads.add(tls("tls-64x64", "Echo of 64 B, 64 connections", Mode.TLS_ECHO, "echo", 64, 64));
        loads.add(tls("tls-16384x16", "Echo of 16,384 B, 16 connections", Mode.TLS_ECHO, "echo", 16, 16384));
        loads.add(tls("tls-bulk-in", bulkSays("into"), Mode.TLS_SINK, "in", BULK_CONNECTIONS, 0));
        loads.add(tls("tls-bulk-out", bulkSays("out of"), Mode.TLS_SOURCE, "out", BULK_CONNECTIONS, 0));
        String says = "Connect, handshake%s, 1 byte, end; " + CHURN_CONNECTIONS + " at a time";
        loads.add(tls("tls-full", says.replace("%s", ", ECDSA P-256"), Mode.TLS_ECHO, "full", CHURN_CONNECTIONS, 0));
        loads.add(
                tls("tls-full-rsa", says.replace("%s", ", RSA-2048"), Mode.TLS_ECHO_RSA, "full", CHURN_CONNECTIONS, 0));
        loads.add(tls(
                "tls-resumed",
                says.replace("%s", " resumed by a ticket"),
                Mode.TLS_ECHO,
                "resumed",
                CHURN_CONNECTIONS,
                0));
        loads.add(new IdleLoad(
                "tls-idle-" + IDLE_CONNECTIONS,
                Mode.TLS_ECHO,
                Math.min(IDLE_CONNECTIONS, Limits.connections() - 1000)));
    }

    /** @param work the work of the clients, see src/jmh/c/secure.c */
    private static Load tls(String name, String says, Mode mode, String work, int connections, int size) {
        return new TrafficLoad(
                name,
                "TLS 1.3: " + says,
                mode,
                (server, workshop) ->
                        new TlsTraffic(OpenSsl.clients(workshop, server, mode, work, connections, size), work));
    }

    private static Load pingPong(int size, int connections) {
        return messages("ping-pong-" + size + 'x' + connections, size, connections, 1);
    }

    private static Load messages(String name, int size, int connections, int depth) {
        String says =
                String.format(Locale.ROOT, "Echo of %,d B, %,d connections, %s in flight", size, connections, depth);
        return new TrafficLoad(
                name, says, Mode.ECHO, (server, workshop) -> new Messages(server, size, connections, depth));
    }

    private static Load bulk(String name, Mode mode, Bulk.Direction direction) {
        String says = bulkSays(direction == Bulk.Direction.IN ? "into" : "out of");
        return new TrafficLoad(name, says, mode, (server, workshop) -> new Bulk(server, direction, BULK_CONNECTIONS));
    }

    private static String bulkSays(String direction) {
        return "Bytes " + direction + " the server, " + BULK_CONNECTIONS + " connections; an operation is 64 KiB";
    }
}
