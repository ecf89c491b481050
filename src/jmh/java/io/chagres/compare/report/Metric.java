package io.chagres.compare.report;

import java.util.List;
import java.util.Locale;

/** A figure: of an operation, and from {@link #MEMORY} on of a connection or a process. */
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

    /** With its unit. */
    public String title() {
        return title;
    }

    /**
     * Whose figure is 1.00: the first of them that took part. An idle connection costs the raw epoll loop nothing, and its start is
     * the shell's: with that nothing can be compared.
     */
    List<String> references() {
        boolean isOfAnOperation = compareTo(MEMORY) < 0;
        return isOfAnOperation ? List.of("c", "nio", "redis", "node") : List.of("nio", "node");
    }

    public String format(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
