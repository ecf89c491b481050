package io.chagres.compare.latency;

import io.chagres.compare.machine.Command;
import io.chagres.compare.machine.RunningServer;
import java.io.IOException;
import java.util.List;

/**
 * The clients in C, compiled.
 *
 * @param program the path of the program
 * @param size the bytes of a message
 */
public record OpenLoop(String program, int connections, int size) {

    private static final int EXTRA_SECONDS = 30;

    /**
     * Runs the clients.
     *
     * @param rate the messages a second on all connections; 0 for a closed loop with a message in flight on each
     * @param every the seconds of an interval
     * @throws IOException with the last words of the clients if they fail, for instance because the server ends a connection
     */
    public Course run(RunningServer server, double rate, double seconds, double every) throws IOException {
        String said = Command.output(
                EXTRA_SECONDS + (int) seconds,
                List.of(
                        program,
                        Integer.toString(server.address().getPort()),
                        Integer.toString(connections),
                        Integer.toString(size),
                        Double.toString(rate),
                        Double.toString(seconds),
                        Double.toString(every),
                        Long.toString(server.pid())));
        return Course.parse(said, every);
    }
}
