package io.chagres.compare.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.chagres.compare.machine.Disturbance;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * How a load came out.
 *
 * @param metrics first the one that is compared
 * @param reference the server whose median is 1.00; null where none of those took part
 */
public record Standing(String load, String says, List<Metric> metrics, String reference, List<Row> rows) {

    private static final double MUCH_SPREAD = 0.15;
    private static final double MUCH_STEAL = 0.02;
    private static final double MUCH_ELSE = 0.10;

    /**
     * One server.
     *
     * @param ratio its median to the reference's; null where there is none
     * @param spread the widest distance between its rounds, in parts of their median
     * @param noise what makes its figures doubtful
     */
    public record Row(String server, Map<Metric, Double> medians, Double ratio, double spread, List<String> noise) { }

    /** {@code rounds} are all of this load; of {@code wanted}, those that any of them has are its metrics. */
    public static Standing of(String load, String says, List<Metric> wanted, List<Round> rounds) {
        List<Metric> metrics = wanted.stream().filter(metric -> values(rounds, metric).length > 0).toList();
        Map<String, List<Round>> servers = rounds.stream().collect(groupingBy(Round::server, LinkedHashMap::new, toList()));
        String reference = metrics.getFirst().references().stream().filter(servers::containsKey).findFirst().orElse(null);
        Double unit = reference == null ? null : median(servers.get(reference), metrics.getFirst());
        List<Row> rows = new ArrayList<>();
        servers.forEach((server, own) -> rows.add(row(server, own, metrics, unit)));
        return new Standing(load, says, metrics, reference, rows);
    }

    private static Row row(String server, List<Round> rounds, List<Metric> metrics, Double unit) {
        Map<Metric, Double> medians = new EnumMap<>(Metric.class);
        for (Metric metric : metrics) {
            Double median = median(rounds, metric);
            if (median != null) {
                medians.put(metric, median);
            }
        }
        Double compared = medians.get(metrics.getFirst());
        double spread = spread(rounds, metrics.getFirst());
        return new Row(server, medians, unit == null || compared == null ? null : compared / unit, spread,
            noise(rounds, spread));
    }

    private static double[] values(List<Round> rounds, Metric metric) {
        return rounds.stream().map(round -> round.figures().get(metric)).filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static Double median(List<Round> rounds, Metric metric) {
        double[] values = values(rounds, metric);
        int middle = values.length / 2;
        if (values.length == 0) {
            return null;
        }
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static double spread(List<Round> rounds, Metric metric) {
        double[] values = values(rounds, metric);
        return values.length < 2 ? 0 : (values[values.length - 1] - values[0]) / values[values.length / 2];
    }

    private static List<String> noise(List<Round> rounds, double spread) {
        List<String> noise = new ArrayList<>();
        note(noise, "spread", spread, MUCH_SPREAD);
        note(noise, "steal", worst(rounds, Disturbance.Share::steal), MUCH_STEAL);
        note(noise, "others", worst(rounds, Disturbance.Share::others), MUCH_ELSE);
        return noise;
    }

    private static double worst(List<Round> rounds, ToDoubleFunction<Disturbance.Share> part) {
        return rounds.stream().map(Round::disturbance).filter(Objects::nonNull).mapToDouble(part).max().orElse(0);
    }

    private static void note(List<String> noise, String what, double share, double much) {
        if (share > much) {
            noise.add(String.format("%s %.0f %%", what, share * 100));
        }
    }
}
