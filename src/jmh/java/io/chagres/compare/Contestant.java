package io.chagres.compare;

import io.chagres.compare.server.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that competes.
 *
 * @param commands how it is started for each mode that it knows: the program, then its arguments
 * @param missing why it can't run here; null where it can
 */
public record Contestant(String name, String says, Runtime runtime, Map<Mode, List<String>> commands, String missing) {

    /** What runs it. */
    public enum Runtime {
        JVM,
        NODE,
        NATIVE
    }

    public boolean knows(Mode mode) {
        return commands.containsKey(mode);
    }

    /** How it is started, with {@code flags} for what runs it. */
    public List<String> command(Mode mode, List<String> flags) {
        List<String> command = new ArrayList<>(commands.get(mode));
        command.addAll(1, flags);
        return command;
    }
}
