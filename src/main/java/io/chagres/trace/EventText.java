package io.chagres.trace;

/** The parts of a line that all events have. */
final class EventText {

    private static final int MICROS = 1000;
    private static final int SECOND = 1_000_000;

    private EventText() {}

    /** Returns {@code "[io 12 poll server:9297] "}: thread, turn, phase and owner, without those that are not known. */
    static String head(Place place, String owner) {
        StringBuilder head = new StringBuilder("[").append(place.thread());
        if (place.turn() > 0) {
            head.append(' ').append(place.turn());
        }
        if (!place.phase().isEmpty()) {
            head.append(' ').append(place.phase());
        }
        if (!owner.isEmpty()) {
            head.append(' ').append(owner);
        }
        return head.append("] ").toString();
    }

    /** Returns {@code " <0.000012>"}: seconds, as strace(1) prints them with its option -T. */
    static String duration(long nanos) {
        long micros = nanos / MICROS;
        return " <" + micros / SECOND + "."
                + String.valueOf(SECOND + micros % SECOND).substring(1) + ">";
    }
}
