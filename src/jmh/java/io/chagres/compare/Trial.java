package io.chagres.compare;

import io.chagres.compare.machine.Disturbance;
import io.chagres.compare.report.Metric;
import java.io.IOException;
import java.util.Map;

/** One contestant under a load. Between its rounds it rests, while others take their turns. */
interface Trial extends AutoCloseable {

    /** Runs one round. */
    Outcome measure() throws IOException;

    /** Measures, after the last round, figures whose measurement would disturb a round; empty if there are none. */
    default Map<Metric, Double> afterwards() throws IOException {
        return Map.of();
    }

    @Override
    default void close() throws IOException {}

    /** @param disturbance null if it does not matter */
    record Outcome(Map<Metric, Double> figures, Disturbance.Share disturbance) {}
}
