package io.chagres.compare.machine;

import java.io.File;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The kernel's figures of a process and of its descendants, such as the workers of nginx. */
public final class ProcessFigures {

    private static final long TICK_NANOS = 10_000_000;

    private final long pid;

    public ProcessFigures(long pid) {
        this.pid = pid;
    }

    /** Returns the process ids, that of the process first. */
    List<Long> pids() {
        List<Long> pids = new ArrayList<>(List.of(pid));
        for (int i = 0; i < pids.size(); i++) {
            long parent = pids.get(i);
            pids.addAll(children("/proc/" + parent + "/task/" + parent + "/children"));
        }
        return pids;
    }

    private static List<Long> children(String path) {
        try {
            return ProcFile.lines(path).stream()
                    .flatMap(line -> Arrays.stream(line.strip().split(" ")))
                    .filter(child -> !child.isEmpty())
                    .map(Long::valueOf)
                    .toList();
        } catch (UncheckedIOException endedOrUnknown) {
            return List.of();
        }
    }

    /**
     * Returns the nanoseconds that all threads have run, from the first field of their schedstat.
     *
     * <p>They are exact, while stat(5) counts ticks of 10 ms. The time of threads that have ended is lost; the
     * threads of a server do not end.
     */
    public long cpuNanos() {
        return pids().stream()
                .mapToLong(one -> cpuNanos("/proc/" + one + "/task/"))
                .sum();
    }

    /** Returns the nanoseconds that the threads of the process itself have run. */
    long ownCpuNanos() {
        return cpuNanos("/proc/" + pid + "/task/");
    }

    private static long cpuNanos(String tasks) {
        long sum = 0;
        String[] threads = new File(tasks).list();
        for (String thread : threads == null ? new String[0] : threads) {
            sum += threadNanos(tasks + thread);
        }
        return sum;
    }

    private static long threadNanos(String thread) {
        try {
            String schedstat = ProcFile.lines(thread + "/schedstat").getFirst();
            return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
        } catch (RuntimeException ended) {
            return 0;
        }
    }

    /** Returns the CPU time of its children that have ended, in steps of 10 ms: the 16th and 17th field of its stat. */
    public long childrenNanos() {
        String stat = ProcFile.lines("/proc/" + pid + "/stat").getFirst();
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(afterName[13]) + Long.parseLong(afterName[14])) * TICK_NANOS;
    }

    /** Returns the memory in RAM, including shared pages. */
    public long residentKibibytes() {
        return pids().stream()
                .mapToLong(one -> ProcFile.kibibytes("/proc/" + one + "/status", "VmRSS"))
                .sum();
    }

    /** Returns the private memory in RAM. */
    public long privateKibibytes() {
        return pids().stream().mapToLong(ProcessFigures::privateKibibytes).sum();
    }

    private static long privateKibibytes(long pid) {
        String rollup = "/proc/" + pid + "/smaps_rollup";
        return ProcFile.kibibytes(rollup, "Private_Clean") + ProcFile.kibibytes(rollup, "Private_Dirty");
    }
}
