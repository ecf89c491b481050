package io.chagres.compare;

import io.chagres.compare.machine.Cores;
import io.chagres.compare.machine.RunningServer;
import io.chagres.compare.server.Mode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The servers that run, side by side: each is started when it is first asked for, and used by one load after the other. */
final class Servers implements AutoCloseable {

    private record Key(String contestant, Mode mode) { }

    private final Map<Key, RunningServer> running = new HashMap<>();
    private final Cores cores;
    private final Workshop workshop;

    Servers(Cores cores, Workshop workshop) {
        this.cores = cores;
        this.workshop = workshop;
    }

    boolean isRunning(Contestant contestant, Mode mode) {
        return running.containsKey(new Key(contestant.name(), mode));
    }

    RunningServer get(Contestant contestant, Mode mode) throws IOException {
        Key key = new Key(contestant.name(), mode);
        RunningServer server = running.get(key);
        if (server == null) {
            server = start(contestant, mode, List.of());
            running.put(key, server);
        }
        return server;
    }

    /** A fresh one, which is the caller's to close. */
    RunningServer start(Contestant contestant, Mode mode, List<String> flags) throws IOException {
        return new RunningServer(cores.pinServer(contestant.command(mode, flags)),
            workshop.file(contestant.name() + '-' + mode.argument() + ".log"));
    }

    /** Ends one that has failed: the next load gets a new one. */
    void drop(Contestant contestant, Mode mode) {
        RunningServer server = running.remove(new Key(contestant.name(), mode));
        if (server != null) {
            server.close();
        }
    }

    @Override
    public void close() {
        running.values().forEach(RunningServer::close);
        running.clear();
    }
}
