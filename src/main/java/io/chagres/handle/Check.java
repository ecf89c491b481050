package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;

/**
 * Runs once per iteration, right after the loop has polled: uv_check_t. Node's setImmediate is one.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/check.html">uv_check_t</a>
 */
public final class Check extends PhaseHandle {

    /** A check handle that is not started. */
    public Check(Loop loop) {
        super(loop, LoopCore.of(loop).phases().check);
    }
}
