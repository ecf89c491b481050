package io.chagres.compare;

import io.chagres.compare.server.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that competes.
 *
 * @param alone the name of the contestant that is the same with one loop; its own name if it has one loop
 * @param loops the loops, threads or processes that serve connections
 * @param commands the command for each mode that it supports: the program, then its arguments
 * @param missing the reason why it cannot run here; null if it can
 */
public record Contestant(
        String name,
        String alone,
        String says,
        int loops,
        Runtime runtime,
        Map<Mode, List<String>> commands,
        String missing) {

    /** The kind of program that runs it. */
    public enum Runtime {
        JVM,
        NODE,
        NATIVE
    }

    public boolean knows(Mode mode) {
        return commands.containsKey(mode);
    }

    /** Returns the command that starts it, with {@code flags} for its runtime. */
    public List<String> command(Mode mode, List<String> flags) {
        List<String> command = new ArrayList<>(commands.get(mode));
        command.addAll(1, flags);
        return command;
    }
}
