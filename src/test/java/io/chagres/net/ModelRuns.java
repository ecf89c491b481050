package io.chagres.net;

import static io.chagres.SystemException.check;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.OpenDescriptors;
import io.chagres.handle.Handle;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import io.chagres.sys.EventFd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Very many runs on one loop, some at a time, after which nothing must be left: {@code -Dchagres.runs}, {@code -Dchagres.seed}. */
final class ModelRuns {

    private static final int RUNS = Integer.getInteger("chagres.runs", 5000);
    private static final int AT_ONCE = 4;

    /** Where connections come from. */
    interface Wire {
        SocketHandle[] connect(Loop loop, Random random);
    }

    private final Loop loop;
    private final Wire wire;
    private final ModelRun.Floor floor;
    private int nextDescriptor;
    private long seed = Long.getLong("chagres.seed", System.nanoTime());

    ModelRuns(Loop loop, Wire wire, ModelRun.Floor floor) {
        this.loop = loop;
        this.wire = wire;
        this.floor = floor;
    }

    void play(String name) {
        play(name, RUNS);
    }

    void play(String name, int runs) {
        System.out.println(name + ": " + runs + " runs, -Dchagres.seed=" + seed);
        openTheSpareOfTheLoop();
        int handles = handles();
        OpenDescriptors before = OpenDescriptors.now();
        for (int left = runs; left > 0; left -= AT_ONCE) {
            long first = seed;
            play(Math.min(AT_ONCE, left));
            assertEquals(handles, handles(), () -> "handles left by runs from seed " + first);
            if (hasMovedTheNextDescriptor()) {
                assertEquals(
                        Map.of(), OpenDescriptors.now().since(before), () -> "left open by runs from seed " + first);
            }
        }
    }

    /** From its first listener, or stream of descriptors, on a loop keeps one descriptor in reserve. */
    private void openTheSpareOfTheLoop() {
        Tcp listener = new Tcp(loop);
        ModelWires.tcp(listener);
        listener.close();
        loop.run();
    }

    private void play(int atOnce) {
        List<ModelRun> runs = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
            SocketHandle[] pair = wire.connect(loop, new Random(seed));
            runs.add(new ModelRun(loop, seed++, floor, pair));
        }
        loop.run();
        runs.forEach(ModelRun::check);
    }

    private int handles() {
        int[] count = {0};
        Handle.walk(loop, handle -> count[0]++);
        return count[0];
    }

    /** A descriptor that is left open takes the lowest number that was free: seen in no time, unlike a list of all. */
    private boolean hasMovedTheNextDescriptor() {
        int fd = check(EventFd.eventfd(0, EventFd.EFD_CLOEXEC), "eventfd");
        Descriptors.close(fd);
        boolean moved = fd != nextDescriptor;
        nextDescriptor = fd;
        return moved;
    }
}
