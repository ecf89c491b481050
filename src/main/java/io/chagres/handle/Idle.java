package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;

/**
 * Runs once per iteration, before {@link Prepare}, and keeps the loop from waiting while it is started: uv_idle_t.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/idle.html">uv_idle_t</a>
 */
public final class Idle extends PhaseHandle {

    /** An idle handle that is not started. */
    public Idle(Loop loop) {
        super(loop, LoopCore.of(loop).phases().idle);
    }
}
