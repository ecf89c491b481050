package io.chagres.compare;

import io.chagres.compare.machine.Disturbance;
import io.chagres.compare.report.Metric;
import io.chagres.compare.server.Mode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Something to do to a server, and what is measured then. */
interface Load {

    /** As it is chosen on the command line. */
    String name();

    /** For a person, in a line. */
    String says();

    /** What the server has to do meanwhile. */
    Mode mode();

    /** The figures, first the one that is compared. */
    List<Metric> metrics();

    /** Why it can't be done on this machine; null where it can. */
    default String missing() {
        return null;
    }

    /** How many rounds there are where {@code wanted} were asked for. */
    default int rounds(int wanted) {
        return wanted;
    }

    /** Before the first round. */
    default void warmUp(Contestant contestant, Setting setting) throws IOException {
    }

    /** One round. */
    Outcome measure(Contestant contestant, Setting setting) throws IOException;

    /** After the last round, what disturbs the server too much to be measured in one; empty where there is nothing. */
    default Map<Metric, Double> afterwards(Contestant contestant, Setting setting) throws IOException {
        return Map.of();
    }

    /** @param disturbance null where it does not matter */
    record Outcome(Map<Metric, Double> figures, Disturbance.Share disturbance) { }
}
