package io.chagres.compare;

import io.chagres.compare.latency.Course;
import io.chagres.compare.latency.JitLog;
import io.chagres.compare.latency.OpenLoop;
import io.chagres.compare.machine.Disturbance;
import io.chagres.compare.machine.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs of new servers, so that the warm-up is a part of the run.
 *
 * @param cores the cores of a server
 * @param before the rate at which a server runs before the run, for as long; 0 for none
 * @param seconds the length of a run
 * @param every the length of an interval
 */
record FixedRate(
        Servers servers, Workshop workshop, OpenLoop clients, int cores, double before, double seconds, double every) {

    /** The time for the start of a JVM to end, with which the load should have nothing to do. */
    private static final long SETTLE_MILLIS = 1000;

    private static final double TRAINING_SECONDS = 10;
    private static final double UNCOUNTED = 2.0 / 3;

    record Run(Course course, JitLog log, Disturbance.Share disturbance) {}

    /** An attempt, which may fail. */
    interface Attempt {
        double run() throws IOException;
    }

    /** Returns the result of the attempt; if it fails, prints the reason, and removes the variant from those which are present. */
    double tried(List<Variant> present, Variant variant, Attempt attempt) {
        try {
            return attempt.run();
        } catch (IOException | RuntimeException failure) {
            System.out.println("not measured: " + variant.name() + ": " + failure + '\n');
            present.remove(variant);
            return Double.MAX_VALUE;
        }
    }

    /** Returns the messages a second in a closed loop, after two thirds of {@code probe} seconds. */
    double maximum(Variant variant, double probe) throws IOException {
        try (RunningServer server = variant.start(servers, cores, List.of())) {
            return clients.run(server, 0, probe, probe / 3).rate(probe * UNCOUNTED);
        }
    }

    Run run(Variant variant, double rate) throws IOException {
        if (variant.cache() != null && !Files.exists(variant.cache())) {
            variant.train(servers, cores, server -> clients.run(server, rate, TRAINING_SECONDS, TRAINING_SECONDS));
        }
        Path file = workshop.file(variant.fileName() + "-jit.log");
        try (RunningServer server =
                variant.start(servers, cores, variant.isJvm() ? List.of(JitLog.flag(file)) : List.of())) {
            settle();
            if (before > 0) {
                clients.run(server, before, seconds, seconds);
            }
            Disturbance disturbance = new Disturbance();
            long cpu = server.figures().cpuNanos();
            Course course = clients.run(server, rate, seconds, every);
            cpu = server.figures().cpuNanos() - cpu;
            return new Run(course, variant.isJvm() ? JitLog.read(file) : JitLog.NONE, disturbance.since(cpu));
        }
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
