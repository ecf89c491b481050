package io.chagres.compare.machine;

import java.io.File;

/** The kernel's figures of a process. */
public final class ProcessFigures {

    private static final long TICK_NANOS = 10_000_000;

    private final String proc;

    public ProcessFigures(long pid) {
        proc = "/proc/" + pid;
    }

    /**
     * Returns the nanoseconds that all threads of the process have run, from the first field of their schedstat.
     *
     * <p>They are exact, while stat(5) counts ticks of 10 ms. The time of threads that have ended is lost; the
     * threads of a server do not end.
     */
    public long cpuNanos() {
        long sum = 0;
        String[] threads = new File(proc + "/task").list();
        for (String thread : threads == null ? new String[0] : threads) {
            sum += threadNanos(thread);
        }
        return sum;
    }

    private long threadNanos(String thread) {
        try {
            String schedstat =
                    ProcFile.lines(proc + "/task/" + thread + "/schedstat").getFirst();
            return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
        } catch (RuntimeException ended) {
            return 0;
        }
    }

    /** Returns the CPU time of its children that have ended, in steps of 10 ms: the 16th and 17th field of its stat. */
    public long childrenNanos() {
        String stat = ProcFile.lines(proc + "/stat").getFirst();
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(afterName[13]) + Long.parseLong(afterName[14])) * TICK_NANOS;
    }

    /** Returns its memory in RAM, including shared pages. */
    public long residentKibibytes() {
        return ProcFile.kibibytes(proc + "/status", "VmRSS");
    }

    /** Returns its private memory in RAM. */
    public long privateKibibytes() {
        String rollup = proc + "/smaps_rollup";
        return ProcFile.kibibytes(rollup, "Private_Clean") + ProcFile.kibibytes(rollup, "Private_Dirty");
    }
}
