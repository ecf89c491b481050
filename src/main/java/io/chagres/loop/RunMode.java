package io.chagres.loop;

/**
 * The duration of a run: until the loop has ended, or one iteration. See {@link Loop#run(RunMode)}.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/loop.html#c.uv_run">uv_run</a>
 */
public enum RunMode {

    /** Iterations until the loop is no longer alive, or {@link Loop#stop()} is called. Due timers also run before the first iteration. */
    DEFAULT,

    /** One iteration, which waits for an event if there is nothing else to do. */
    ONCE,

    /** One iteration that never waits. */
    NOWAIT
}
