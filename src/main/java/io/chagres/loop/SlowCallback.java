package io.chagres.loop;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A callback that has held its loop for long: what a {@link LoopWatch} reports.
 *
 * @param loop the loop
 * @param thread the name of the thread of the loop
 * @param phase the phase of the iteration, such as {@code poll} or {@code timers}; empty outside of an iteration
 * @param elapsed the time that the callback has run so far, or in total if it has finished, within a quarter of the threshold
 * @param finished false for the first report, while the callback runs; true for the second, when it has ended
 * @param userCode the innermost frame of {@code stack} that belongs neither to the JDK nor to Chagres; null if there is none
 * @param stack the stack that was running when the callback was found, innermost frame first; the same in both reports
 */
public record SlowCallback(
        Loop loop,
        String thread,
        String phase,
        Duration elapsed,
        boolean finished,
        @Nullable StackTraceElement userCode,
        List<StackTraceElement> stack) {

    /**
     * Returns one line, as in {@code "main" is in a callback for 103 ms (poll): Chat.send(Chat.java:40)}. It does not have the stack.
     */
    @Override
    public String toString() {
        return '"' + thread + (finished ? "\" was in a callback for " : "\" is in a callback for ") + elapsed.toMillis()
                + " ms (" + phase + ")" + (userCode == null ? "" : ": " + userCode);
    }
}
