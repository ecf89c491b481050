package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;

/**
 * A handle that calls back once in each iteration, before {@link Prepare}: uv_idle_t. While it is started, the loop does not wait for
 * events, and so uses a whole core. Use it for work that can be done in small steps between events.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/idle.html">uv_idle_t</a>
 */
public final class Idle extends PhaseHandle {

    /** Makes a handle that is not started. */
    public Idle(Loop loop) {
        super(loop, LoopCore.of(loop).phases().idle);
    }
}
