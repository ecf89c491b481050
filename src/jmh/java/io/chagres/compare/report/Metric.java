package io.chagres.compare.report;

import java.util.List;
import java.util.Locale;

/** The figures: of an operation, and from {@link #MEMORY} on of a connection or a process. */
public enum Metric {
    CPU("CPU ns/op", 0),
    RATE("op/s", 0),
    MEDIAN("p50 µs", 1),
    PERCENTILE_99("p99 µs", 1),
    PERCENTILE_99_9("p99.9 µs", 1),
    RESIDENT("RSS MiB", 1),
    CALLS("syscalls/op", 2),
    MEMORY("B each", 0),
    HEAP("heap B each", 0),
    NATIVE("native B each", 0),
    START("ms", 1),
    START_ON_A_CORE("ms, one core", 1),
    START_AOT("ms, AOT cache", 1);

    private final String title;
    private final int decimals;

    Metric(String title, int decimals) {
        this.title = title;
        this.decimals = decimals;
    }

    /** Returns the name of the figure with its unit. */
    public String title() {
        return title;
    }

    /**
     * Returns the candidates for the server that is 1.00. The first of them that took part is the reference.
     *
     * <p>The raw epoll loop is no reference for memory and for the start: it uses no memory for an idle connection,
     * and its start is that of a shell.
     */
    List<String> references() {
        boolean isOfAnOperation = compareTo(MEMORY) < 0;
        return isOfAnOperation ? List.of("c", "nio", "redis", "node") : List.of("nio", "node");
    }

    public String format(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
