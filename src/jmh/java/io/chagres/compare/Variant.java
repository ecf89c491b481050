package io.chagres.compare;

import io.chagres.compare.Contestant.Runtime;
import io.chagres.compare.machine.RunningServer;
import io.chagres.compare.server.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A contestant with flags of its runtime.
 *
 * @param cache the AOT cache that it starts with, which is made at first; null for none
 */
record Variant(Contestant contestant, String name, List<String> flags, Path cache) {

    /** The collectors, by their names on the command line. */
    static final Map<String, List<String>> COLLECTORS = Map.of(
            "default", List.of(),
            "serial", List.of("-XX:+UseSerialGC"),
            "parallel", List.of("-XX:+UseParallelGC"),
            "g1", List.of("-XX:+UseG1GC"),
            "zgc", List.of("-XX:+UseZGC"));

    /** Work for a server that makes a cache: what the cache should know. */
    interface Training {
        void run(RunningServer server) throws IOException;
    }

    /**
     * Returns the variants of a contestant: one if it is no JVM, otherwise one for each collector, and one more for each with a cache.
     *
     * @param more flags for all JVMs
     */
    static List<Variant> of(
            Contestant contestant, List<String> collectors, List<String> more, boolean cached, Workshop workshop) {
        List<Variant> variants = new ArrayList<>();
        boolean isJvm = contestant.runtime() == Runtime.JVM;
        for (String collector : isJvm ? collectors : List.of("default")) {
            String name = contestant.name() + (collector.equals("default") ? "" : ' ' + collector);
            List<String> flags = new ArrayList<>(isJvm ? COLLECTORS.get(collector) : List.of());
            flags.addAll(isJvm ? more : List.of());
            variants.add(new Variant(contestant, name, flags, null));
            if (isJvm && cached) {
                variants.add(new Variant(contestant, name + " aot", flags, workshop.file(fileName(name) + ".aot")));
            }
        }
        return variants;
    }

    private static String fileName(String name) {
        return name.replace(' ', '-');
    }

    /** Returns the name of a file for this variant, without its extension. */
    String fileName() {
        return fileName(name);
    }

    boolean isJvm() {
        return contestant.runtime() == Runtime.JVM;
    }

    /** Makes the cache by a server that runs under the load, and writes the cache as it ends. */
    void train(Servers servers, int cores, Training training) throws IOException {
        Files.deleteIfExists(cache);
        List<String> whole = new ArrayList<>(flags);
        whole.add("-XX:AOTCacheOutput=" + cache);
        try (RunningServer server = servers.start(contestant, Mode.ECHO, cores, whole)) {
            training.run(server);
            server.terminate();
        }
        if (!Files.exists(cache)) {
            throw new IOException("no AOT cache was written");
        }
    }

    /** Starts a new server on so many cores, with {@code more} flags. */
    RunningServer start(Servers servers, int cores, List<String> more) throws IOException {
        List<String> all = new ArrayList<>(flags);
        if (cache != null) {
            all.add("-XX:AOTCache=" + cache);
        }
        all.addAll(more);
        return servers.start(contestant, Mode.ECHO, cores, all);
    }
}
