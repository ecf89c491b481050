package io.chagres.compare;

import io.chagres.compare.machine.Disturbance;
import io.chagres.compare.report.Metric;
import java.io.IOException;
import java.util.Map;

/** One contestant under a load. Between its rounds it rests, while others have their turn. */
interface Trial extends AutoCloseable {

    /** One round. */
    Outcome measure() throws IOException;

    /** After the last round, what disturbs the server too much to be measured in one; empty where there is nothing. */
    default Map<Metric, Double> afterwards() throws IOException {
        return Map.of();
    }

    @Override
    default void close() throws IOException {}

    /** @param disturbance null where it does not matter */
    record Outcome(Map<Metric, Double> figures, Disturbance.Share disturbance) {}
}
