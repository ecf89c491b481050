package io.chagres.compare.latency;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The columns: latencies in microseconds, CPU time in milliseconds, and the work of a JVM's compilers. */
public enum Figure {
    RATE("answers/s", 0),
    MEDIAN("p50", 0),
    PERCENTILE_99("p99", 0),
    PERCENTILE_99_9("p99.9", 0),
    PERCENTILE_99_99("p99.99", 0),
    MAX("max µs", 0),
    /** The time by which the client itself was late, in the worst message of a thousand. */
    LATE("client p99.9", 0),
    CPU("CPU ms", 0),
    COMPILERS("compilers", 0),
    /** The methods that the two compilers compiled. */
    BY_C1("C1", 0),
    BY_C2("C2", 0),
    /** The compiled methods that were made not entrant: replaced by a better version, or wrong. */
    NOT_ENTRANT("not entrant", 0),
    /** Those of C2 among them, which were wrong. */
    NOT_ENTRANT_C2("of C2", 0),
    /** The deoptimisations: a frame of a compiled method continues in the interpreter. */
    TRAPS("traps", 0);

    static final Map<Figure, Double> PERCENTILES = new EnumMap<>(
            Map.of(MEDIAN, 50.0, PERCENTILE_99, 99.0, PERCENTILE_99_9, 99.9, PERCENTILE_99_99, 99.99, MAX, 100.0));

    private final String title;
    private final int decimals;

    Figure(String title, int decimals) {
        this.title = title;
        this.decimals = decimals;
    }

    public String title() {
        return title;
    }

    public String format(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
