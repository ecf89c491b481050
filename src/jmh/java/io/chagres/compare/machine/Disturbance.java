package io.chagres.compare.machine;

import java.util.Arrays;

/** The CPU time of the whole machine, from which the share of others in a round follows: /proc/stat, in ticks of 10 ms. */
public final class Disturbance {

    private static final double TICK_NANOS = 1e7;
    private static final int USER = 0;
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final int STEAL = 7;

    private final long[] before = ticks();
    private final long began = System.nanoTime();
    private final ProcessFigures self =
            new ProcessFigures(ProcessHandle.current().pid());
    private final long knownBefore = self.ownCpuNanos() + self.childrenNanos();

    /** The time of the hypervisor and of other programs, as a share of the time of one core. */
    public record Share(double steal, double others) {}

    /**
     * Returns the shares since this object was made. The time of this process, and of its tools that have ended, is known.
     *
     * @param oursNanos the time of the server, and of clients in a process of their own
     */
    public Share since(long oursNanos) {
        long[] now = ticks();
        double nanos = System.nanoTime() - began;
        double known = oursNanos + self.ownCpuNanos() + self.childrenNanos() - knownBefore;
        double busy = 0;
        for (int kind = USER; kind < STEAL; kind++) {
            busy += kind == IDLE || kind == IOWAIT ? 0 : now[kind] - before[kind];
        }
        double steal = (now[STEAL] - before[STEAL]) * TICK_NANOS / nanos;
        return new Share(steal, Math.max(0, (busy * TICK_NANOS - known) / nanos));
    }

    private static long[] ticks() {
        String[] fields = ProcFile.lines("/proc/stat").getFirst().split(" +");
        return Arrays.stream(fields).skip(1).mapToLong(Long::parseLong).toArray();
    }
}
