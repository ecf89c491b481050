package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** A callback that holds a loop. The watchdog commits it from its own thread, so the stack of the loop is a field. */
@Name("io.chagres.SlowCallback")
@Label("Slow Callback")
@Description(
        "A callback that has held its loop for longer than the threshold. Recorded twice: when it is found, with finished = false "
                + "and the stack that was running, and when it has ended, with finished = true and the total duration.")
@Category({"Chagres", "Loop"})
@StackTrace(false)
@Threshold("20 ms")
final class SlowCallbackEvent extends Event {

    private static final SlowCallbackEvent PROBE = new SlowCallbackEvent();

    @Label("Loop")
    @Description("The name of the thread of the loop")
    @Nullable
    String loop;

    @Label("Phase")
    @Description("The phase of the iteration in which the callback runs")
    @Nullable
    String phase;

    @Label("Finished")
    @Description(
            "False when the callback was found, true when it has ended. Both events have the same turn and callback number.")
    boolean finished;

    @Label("Turn")
    @Description("The number of the iteration")
    long turn;

    @Label("Callback")
    @Description("The number of the callback since the loop was made")
    long callback;

    @Label("User Code")
    @Description("The first frame that belongs neither to the JDK nor to Chagres")
    @Nullable
    String userCode;

    @Label("Stack")
    @Description("The stack that was running when the callback was found, one frame a line; null if finished")
    @Nullable
    String stack;

    static boolean isOn() {
        return PROBE.isEnabled();
    }

    /** Returns whether the time since begin reaches the threshold of the recording. */
    boolean isDue() {
        end();
        return shouldCommit();
    }
}
