package io.chagres.loop;

/**
 * How long {@link Loop#run(RunMode)} goes on.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/loop.html#c.uv_run">uv_run</a>
 */
public enum RunMode {

    /** Until the loop is no longer alive, or {@link Loop#stop()}. Due timers also run before the first iteration. */
    DEFAULT,

    /** One iteration, which waits for an event when there is nothing else to do. */
    ONCE,

    /** One iteration that never waits. */
    NOWAIT
}
