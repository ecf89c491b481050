package io.chagres.compare;

import io.chagres.compare.machine.Cores;
import io.chagres.compare.machine.RunningServer;
import io.chagres.compare.server.Mode;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The running servers. Each is started when it is needed first, and one load after the other uses it. */
final class Servers implements AutoCloseable {

    private record Key(String contestant, Mode mode) {}

    /** @param seen the kinds of load that the JIT has compiled for */
    private record Entry(RunningServer server, Set<Object> seen) {}

    private final Map<Key, Entry> running = new HashMap<>();
    private final Cores cores;
    private final Workshop workshop;

    Servers(Cores cores, Workshop workshop) {
        this.cores = cores;
        this.workshop = workshop;
    }

    RunningServer get(Contestant contestant, Mode mode) throws IOException {
        return entry(contestant, mode).server;
    }

    private Entry entry(Contestant contestant, Mode mode) throws IOException {
        Key key = new Key(contestant.name(), mode);
        Entry entry = running.get(key);
        if (entry == null) {
            entry = new Entry(start(contestant, mode, true, List.of()), new HashSet<>());
            running.put(key, entry);
        }
        return entry;
    }

    /** Returns whether a load of this kind is the first for this server. */
    boolean isFirst(Contestant contestant, Mode mode, Object kind) throws IOException {
        return entry(contestant, mode).seen.add(kind);
    }

    /** Starts a new server, on as many cores as it has loops or on any core. The caller closes it. */
    RunningServer start(Contestant contestant, Mode mode, boolean pinned, List<String> flags) throws IOException {
        List<String> command = contestant.command(mode, flags);
        return new RunningServer(
                pinned ? cores.pinServer(command, contestant.loops()) : cores.freeServer(command),
                workshop.file(contestant.name() + '-' + mode.argument() + ".log"));
    }

    /** Starts a new server on so many cores. The caller closes it. */
    RunningServer start(Contestant contestant, Mode mode, int count, List<String> flags) throws IOException {
        return new RunningServer(
                cores.pinServer(contestant.command(mode, flags), count),
                workshop.file(contestant.name() + '-' + mode.argument() + ".log"));
    }

    /** Ends a server that has failed: the next load gets a new one. Returns its last words if it had ended by itself, otherwise null. */
    String drop(Contestant contestant, Mode mode) {
        Entry entry = running.remove(new Key(contestant.name(), mode));
        if (entry == null) {
            return null;
        }
        String lastWords = entry.server.isAlive() ? null : entry.server.lastWords();
        entry.server.close();
        return lastWords;
    }

    @Override
    public void close() {
        running.values().forEach(entry -> entry.server.close());
        running.clear();
    }
}
