package io.chagres.compare.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.chagres.compare.machine.Disturbance;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * The result of a load.
 *
 * @param metrics the figures, first the one that is compared
 * @param reference the server that is 1.00; null if none of the candidates took part
 */
public record Standing(String load, String says, List<Metric> metrics, String reference, List<Row> rows) {

    private static final double HALF = 0.5;
    private static final double QUARTER = 0.25;

    /**
     * The row of one server.
     *
     * @param ratio the median of its ratios to the reference in the same round, because the speed of a shared machine is constant
     *     for minutes, not for hours; null if there is none
     * @param spread the width of the middle half of those ratios (of its rounds if there are none), in parts of the median
     * @param toOneLoop the median of its ratios, likewise, to the same server with one loop; null if that took no part, or it is that server
     * @param noise the reason why its figures are doubtful
     */
    public record Row(
            String server,
            Map<Metric, Double> medians,
            Double ratio,
            Double toOneLoop,
            double spread,
            List<String> noise) {}

    /**
     * Makes the result of {@code rounds}, which are all of this load. Its metrics are those of {@code wanted} that any round has.
     *
     * @param alone the name of each server with one loop
     */
    public static Standing of(
            String load, String says, List<Metric> wanted, List<Round> rounds, Map<String, String> alone) {
        List<Metric> metrics = wanted.stream()
                .filter(metric -> values(rounds, metric).length > 0)
                .toList();
        Map<String, List<Round>> servers =
                rounds.stream().collect(groupingBy(Round::server, LinkedHashMap::new, toList()));
        String reference = metrics.getFirst().references().stream()
                .filter(servers::containsKey)
                .findFirst()
                .orElse(null);
        List<Row> rows = new ArrayList<>();
        servers.forEach((server, own) -> {
            List<Round> one = server.equals(alone.get(server)) ? null : servers.get(alone.get(server));
            rows.add(row(server, own, metrics, servers.getOrDefault(reference, List.of()), one));
        });
        return new Standing(load, says, metrics, reference, rows);
    }

    private static Row row(
            String server, List<Round> rounds, List<Metric> metrics, List<Round> reference, List<Round> one) {
        Map<Metric, Double> medians = new EnumMap<>(Metric.class);
        for (Metric metric : metrics) {
            double[] values = values(rounds, metric);
            if (values.length > 0) {
                medians.put(metric, quantile(values, HALF));
            }
        }
        double[] ratios = ratios(rounds, reference, metrics.getFirst());
        double[] toOne = one == null ? new double[0] : ratios(rounds, one, metrics.getFirst());
        double spread = spread(ratios.length > 0 ? ratios : values(rounds, metrics.getFirst()));
        return new Row(server, medians, median(ratios), median(toOne), spread, noise(rounds, spread));
    }

    private static Double median(double[] values) {
        return values.length > 0 ? Double.valueOf(quantile(values, HALF)) : null;
    }

    private static double[] values(List<Round> rounds, Metric metric) {
        return rounds.stream()
                .map(round -> round.figures().get(metric))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
    }

    /** Returns the ratio of each round's figure to that of the reference in the same round. */
    private static double[] ratios(List<Round> rounds, List<Round> reference, Metric metric) {
        Map<Integer, Double> units = new HashMap<>();
        for (Round round : reference) {
            if (round.figures().containsKey(metric)) {
                units.put(round.number(), round.figures().get(metric));
            }
        }
        return rounds.stream()
                .filter(round -> round.figures().containsKey(metric) && units.containsKey(round.number()))
                .mapToDouble(round -> round.figures().get(metric) / units.get(round.number()))
                .sorted()
                .toArray();
    }

    /** Returns the value below which {@code share} of the sorted {@code values} are. */
    private static double quantile(double[] values, double share) {
        double at = share * (values.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, values.length - 1);
        return values[below] + (at - below) * (values[above] - values[below]);
    }

    private static double spread(double[] values) {
        return values.length < 2
                ? 0
                : (quantile(values, HALF + QUARTER) - quantile(values, QUARTER)) / quantile(values, HALF);
    }

    private static List<String> noise(List<Round> rounds, double spread) {
        return Noise.of(spread, typical(rounds, Disturbance.Share::steal), typical(rounds, Disturbance.Share::others));
    }

    /** Returns the share that a quarter of the rounds exceeds. Single rounds do not count, because they do not change a median. */
    private static double typical(List<Round> rounds, ToDoubleFunction<Disturbance.Share> part) {
        double[] shares = rounds.stream()
                .map(Round::disturbance)
                .filter(Objects::nonNull)
                .mapToDouble(part)
                .sorted()
                .toArray();
        return shares.length == 0 ? 0 : quantile(shares, HALF + QUARTER);
    }
}
