package io.chagres.group;

import static io.chagres.SystemException.check;

import io.chagres.sys.Affinity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The processors that this process may use, and the way to keep a thread on one of them. */
final class Processors {

    /** A line of proc(5), as in {@code Cpus_allowed_list: 0-3,8}. A cgroup or taskset(1) decides what it says. */
    private static final String LIST = "Cpus_allowed_list:";

    private Processors() {}

    /** Returns the numbers of the processors that the process may use, in ascending order. */
    static List<Integer> allowed() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(LIST)) {
                    return parse(line.substring(LIST.length()).strip());
                }
            }
        } catch (IOException noProc) {
            // a container without /proc: the count is all that is known
        }
        return IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .boxed()
                .toList();
    }

    static List<Integer> parse(String ranges) {
        List<Integer> processors = new ArrayList<>();
        for (String range : ranges.split(",")) {
            String[] ends = range.split("-");
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int processor = Integer.parseInt(ends[0]); processor <= last; processor++) {
                processors.add(processor);
            }
        }
        return List.copyOf(processors);
    }

    /** Keeps the calling thread on {@code processor}. */
    static void pin(int processor) {
        check(Affinity.sched_setaffinity(0, Affinity.mask(processor)), "sched_setaffinity", "processor " + processor);
    }
}
