package io.chagres.compare.report;

import io.chagres.compare.machine.Disturbance;
import java.util.Map;

/** The figures of one server in one round of a load; {@code disturbance} is null if it does not matter. */
public record Round(
        String load, String server, int number, Map<Metric, Double> figures, Disturbance.Share disturbance) {}
