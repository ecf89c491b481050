package io.chagres.service;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Plain descriptors: their owner does the rest. */
record OfferedDescriptors(String name, List<Integer> listening) implements Offered {

    @Override
    public boolean isMoving() {
        return false;
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void release() {}

    @Override
    public void detachIdle(int max, Consumer<List<IdleConnection>> found) {
        found.accept(List.of());
    }

    @Override
    public void close(Duration grace) {}

    @Override
    public void destroyConnections() {}

    @Override
    public boolean isEmpty() {
        return true;
    }
}
