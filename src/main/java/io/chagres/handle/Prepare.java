package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;

/**
 * A handle that calls back once in each iteration, right before the loop polls, and may wait: uv_prepare_t.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/prepare.html">uv_prepare_t</a>
 */
public final class Prepare extends PhaseHandle {

    /** Makes a handle that is not started. */
    public Prepare(Loop loop) {
        super(loop, LoopCore.of(loop).phases().prepare);
    }
}
