package io.chagres.compare;

import io.chagres.compare.report.Metric;
import io.chagres.compare.server.Mode;
import java.io.IOException;
import java.util.List;

/** Work for a server, and the figures that are measured. */
interface Load {

    /** Returns the name of the load on the command line. */
    String name();

    /** Returns a description in one line. */
    String says();

    /** Returns the mode of the server. */
    Mode mode();

    /** Returns the figures, first the one that is compared. */
    List<Metric> metrics();

    /** Returns the reason why the load cannot run on this machine; null if it can. */
    default String missing() {
        return null;
    }

    /** Returns the number of rounds if {@code wanted} were asked for. */
    default int rounds(int wanted) {
        return wanted;
    }

    /** Starts the server and its clients, warms them up, and leaves them ready for the first round. */
    Trial prepare(Contestant contestant, Setting setting) throws IOException;
}
