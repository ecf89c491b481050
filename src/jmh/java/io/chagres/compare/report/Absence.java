package io.chagres.compare.report;

/** Who was not measured, and why; {@code load} is null where it was none of them, {@code server} where it was nobody. */
public record Absence(String load, String server, String why) {

    @Override
    public String toString() {
        String who = load == null || server == null
                ? String.valueOf(server == null ? load : server)
                : server + " in " + load;
        return who + ": " + why;
    }
}
