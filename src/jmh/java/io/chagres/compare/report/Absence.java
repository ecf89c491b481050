package io.chagres.compare.report;

/** A server that was not measured, and the reason. {@code load} is null for all loads, {@code server} is null for all servers. */
public record Absence(String load, String server, String why) {

    @Override
    public String toString() {
        String who = load == null || server == null
                ? String.valueOf(server == null ? load : server)
                : server + " in " + load;
        return who + ": " + why;
    }
}
