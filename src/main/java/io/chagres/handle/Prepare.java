package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;

/**
 * Runs once per iteration, right before the loop polls and perhaps waits: uv_prepare_t.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/prepare.html">uv_prepare_t</a>
 */
public final class Prepare extends PhaseHandle {

    /** A prepare handle that is not started. */
    public Prepare(Loop loop) {
        super(loop, LoopCore.of(loop).phases().prepare);
    }
}
