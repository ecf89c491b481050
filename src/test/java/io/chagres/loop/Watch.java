package io.chagres.loop;

import java.util.ArrayList;
import java.util.List;

/** A watcher that remembers what it was told. Like every watcher it does not hold the loop alive. */
final class Watch extends Watcher {

    final List<Integer> events = new ArrayList<>();
    final List<Integer> refusals = new ArrayList<>();
    private Runnable reaction = () -> {};

    Watch(Loop loop) {
        super(loop.core());
    }

    Watch(Loop loop, int fd, int events) {
        this(loop);
        attach(fd);
        want(events);
    }

    /** What it does besides, when an event comes. */
    Watch then(Runnable action) {
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
