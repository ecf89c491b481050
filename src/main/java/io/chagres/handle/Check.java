package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;

/**
 * A handle that calls back once in each iteration, right after the loop has polled: uv_check_t. Node builds setImmediate on it.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/check.html">uv_check_t</a>
 */
public final class Check extends PhaseHandle {

    /** Makes a handle that is not started. */
    public Check(Loop loop) {
        super(loop, LoopCore.of(loop).phases().check);
    }
}
