package io.chagres.compare.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One core for the server, another for the load.
 *
 * <p>They are the first and the last core that this process may use. If there are four or more, these are not
 * siblings of one physical core.
 */
public final class Cores {

    private final List<String> allowed = allowed();
    private final boolean pinned = allowed.size() > 1 && Command.exists("taskset");

    /** Moves this process, with all its threads, to the core of the load. */
    public void pinLoad() throws IOException {
        if (pinned) {
            Command.output(
                    "taskset",
                    "-a",
                    "-c",
                    "-p",
                    load(),
                    Long.toString(ProcessHandle.current().pid()));
        }
    }

    /** Returns the command that runs {@code command} on the server's core. */
    public List<String> pinServer(List<String> command) {
        return pinServer(command, 1);
    }

    /** Returns the command that runs {@code command} on {@code count} cores: the server's, and the next ones. */
    public List<String> pinServer(List<String> command, int count) {
        return on(servers(count), command);
    }

    /** Returns the command that runs {@code command} on any core; by default a process is on the core of its parent. */
    public List<String> freeServer(List<String> command) {
        return on(String.join(",", allowed), command);
    }

    private List<String> on(String cores, List<String> command) {
        List<String> whole = new ArrayList<>(pinned ? List.of("taskset", "-c", cores) : List.of());
        whole.addAll(command);
        return whole;
    }

    private String servers(int count) {
        return String.join(",", allowed.subList(0, Math.min(count, allowed.size())));
    }

    private String load() {
        return allowed.getLast();
    }

    /** Returns the use of the cores in words, if a server has {@code count} of them. */
    public String says(int count) {
        if (pinned) {
            String cores = count == 1 ? " core " : " cores ";
            return "server on" + cores + servers(count) + ", load on core " + load()
                    + (count < allowed.size() ? "" : ", which a server with a loop for each core shares with it");
        }
        return "nothing is pinned: " + (allowed.size() > 1 ? "there is no taskset" : "there is one core only");
    }

    /** Parses a list such as {@code 0-3,8}. */
    private static List<String> allowed() {
        List<String> cores = new ArrayList<>();
        for (String range : ProcFile.field("/proc/self/status", "Cpus_allowed_list")
                .orElse("0")
                .split(",")) {
            String[] ends = range.split("-");
            for (int core = Integer.parseInt(ends[0]); core <= Integer.parseInt(ends[ends.length - 1]); core++) {
                cores.add(Integer.toString(core));
            }
        }
        return cores;
    }
}
