package io.chagres.compare;

import io.chagres.compare.report.Metric;
import io.chagres.compare.server.Mode;
import java.io.IOException;
import java.util.List;

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

    /** Starts what has to be there, warms it up, and leaves it ready for the first round. */
    Trial prepare(Contestant contestant, Setting setting) throws IOException;
}
