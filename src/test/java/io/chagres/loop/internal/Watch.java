package io.chagres.loop.internal;

import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;

/** A watcher that records its events. Like every watcher it does not keep the loop alive. */
public final class Watch extends Watcher {

    public final List<Integer> events = new ArrayList<>();
    public final List<Integer> refusals = new ArrayList<>();
    private Runnable reaction = () -> {};

    public Watch(Loop loop) {
        super(LoopCore.of(loop));
    }

    public Watch(Loop loop, int fd, int events) {
        this(loop);
        attach(fd);
        want(events);
    }

    /** A further action for each event. */
    public Watch then(Runnable action) {
        reaction = action;
        return this;
    }

    @Override
    protected void onReady(int ready) {
        events.add(ready);
        reaction.run();
    }

    @Override
    protected void onRefused(int errno) {
        refusals.add(errno);
    }
}
