package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/**
 * An iteration of a loop that was busy for long. Off by default: a busy loop has 100,000 iterations a second, and even the look at each
 * costs something.
 */
@Name("io.chagres.LoopTurn")
@Label("Loop Turn")
@Description("An iteration of an event loop: the wait for events and the callbacks. "
        + "The duration is that of the callbacks, and the event thread is that of the loop.")
@Category({"Chagres", "Loop"})
@Enabled(false)
@StackTrace(false)
@Threshold("1 ms")
final class LoopTurnEvent extends Event {

    private static final LoopTurnEvent PROBE = new LoopTurnEvent();

    @Label("Turn")
    @Description("The number of the iteration, from 1")
    long turn;

    @Label("Wait Time")
    @Description("The time in epoll_wait(2)")
    @Timespan
    long waitTime;

    @Label("Busy Time")
    @Description("The rest of the iteration: callbacks, and the work of the loop itself")
    @Timespan
    long busyTime;

    @Label("Ready Count")
    @Description("The events of descriptors that were handled, and the tasks of other threads")
    long readyCount;

    @Label("Callbacks")
    @Description("The callbacks that were called")
    long callbacks;

    static boolean isOn() {
        return PROBE.isEnabled();
    }
}
