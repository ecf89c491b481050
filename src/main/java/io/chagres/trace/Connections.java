package io.chagres.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The connections in a trace. A descriptor is a connection from connect(2) or accept4(2) to close(2). If both ends are in the trace, an
 * accept belongs to the oldest connect with the same port whose connection has not been accepted: the queue of a listener is in that order.
 */
final class Connections {

    /** A connection, and the names of the threads at both ends; an end that is not in the trace is null. */
    static final class Connection {

        private final int number;
        private String name;
        private final @Nullable String client;
        private @Nullable String server;
        private boolean refused;
        private boolean named;

        private Connection(int number, String name, @Nullable String client) {
            this.number = number;
            this.name = name;
            this.client = client;
        }

        /** Returns its number, from 1. */
        int number() {
            return number;
        }

        /** Returns the owner of its calls: {@code client 1 of server:9297} if it was accepted, otherwise the address of the server. */
        String name() {
            return name;
        }

        @Nullable
        String client() {
            return client;
        }

        @Nullable
        String server() {
            return server;
        }

        /** Returns whether the kernel reported that the connection could not be made. */
        boolean isRefused() {
            return refused;
        }

        /** Returns whether both ends are in the trace. */
        boolean isWhole() {
            return client != null && server != null;
        }
    }

    /**
     * A call about a connection.
     *
     * @param byClient whether the end that connected made the call, and not the end that accepted
     */
    record Use(Connection connection, boolean byClient) {}

    private static final int EINPROGRESS = 115;
    private static final Pattern FAILED = Pattern.compile("SO_ERROR, \\[E");

    private final Map<SystemCall, Use> uses = new IdentityHashMap<>();
    private final Map<Integer, Use> open = new HashMap<>();
    private final Map<String, Deque<Connection>> connecting = new HashMap<>();
    private int count;

    private Connections() {}

    static Connections of(List<Timeline.Step> steps) {
        List<SystemCall> calls = new ArrayList<>();
        for (Timeline.Step step : steps) {
            if (step.event() instanceof SystemCall call) {
                calls.add(call);
            }
        }
        calls.sort(Comparator.comparingLong(SystemCall::startNanos));
        Connections connections = new Connections();
        calls.forEach(connections::follow);
        return connections;
    }

    /** Returns the connection that a call is about; null if it is about something else. */
    @Nullable
    Use use(TraceEvent event) {
        return event instanceof SystemCall call ? uses.get(call) : null;
    }

    private void follow(SystemCall call) {
        switch (call.name()) {
            case "connect" -> connect(call);
            case "accept4", "accept" -> accept(call);
            case "close" -> note(call, open.remove(call.descriptor()));
            // a new descriptor of something else: the close of the old one is not in the trace
            case "socket", "eventfd", "eventfd2", "epoll_create1" -> open.remove((int) call.result());
            default -> {
                note(call, open.get(call.descriptor()));
                learn(call);
            }
        }
    }

    /** A connect(2) that does not block fails later: getsockopt(2) has the error. */
    private void learn(SystemCall call) {
        if (call.name().equals("getsockopt") && FAILED.matcher(call.arguments()).find()) {
            refuse(open.get(call.descriptor()));
        }
    }

    private void refuse(@Nullable Use use) {
        if (use != null) {
            use.connection().refused = true;
            connecting.values().forEach(waiting -> waiting.remove(use.connection()));
        }
    }

    private void note(SystemCall call, @Nullable Use use) {
        if (use == null) {
            return;
        }
        uses.put(call, use);
        if (!use.byClient() && !use.connection().named) {
            use.connection().name = call.owner();
            use.connection().named = true;
        }
    }

    private void connect(SystemCall call) {
        Use known = open.get(call.descriptor());
        if (known != null) {
            note(call, known);
            return;
        }
        String port = ShortText.port(ShortText.address(call.arguments()));
        Connection connection =
                new Connection(++count, call.owner(), call.place().thread());
        connecting.computeIfAbsent(port, any -> new ArrayDeque<>()).add(connection);
        Use use = new Use(connection, true);
        open.put(call.descriptor(), use);
        uses.put(call, use);
        if (call.result() < 0 && call.result() != -EINPROGRESS) {
            refuse(use);
        }
    }

    private void accept(SystemCall call) {
        if (call.result() < 0) {
            return;
        }
        String port = ShortText.port(call.owner());
        Deque<Connection> waiting = connecting.getOrDefault(port, new ArrayDeque<>());
        Connection connection = waiting.poll();
        if (connection == null) {
            connection = new Connection(++count, "", null);
        }
        connection.server = call.place().thread();
        Use use = new Use(connection, false);
        open.put((int) call.result(), use);
        uses.put(call, use);
    }
}
