package io.chagres.socket;

import io.chagres.fixture.Allocations;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.PipeReader;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.ReadSlab;
import java.nio.ByteBuffer;

/** Sends messages from pipe to pipe, and prints which pipes make more garbage than slices of buffers. */
final class PipeGarbage {

    private static final int MESSAGES = 500;
    /** Three slices of 40 B a message, if the compiler does not inline a call. */
    private static final long TOLERATED = 3 * 40 * MESSAGES;

    private final Loop loop = new Loop();
    private final ByteBuffer room = ReadSlab.of(LoopCore.of(loop)).room();
    private int arrived;

    private PipeGarbage() {}

    public static void main(String[] args) {
        new PipeGarbage().measureAll();
    }

    private void measureAll() {
        PipePair socket = PipePair.of(loop, false);
        PipePair ipc = PipePair.of(loop, true);
        PipePair ends = PipePair.ends(loop);
        measure("sockets", socket.one(), socket.other());
        measure("sockets that carry descriptors", ipc.one(), ipc.other());
        measure("the ends of a pipe", ends.other(), ends.one());
        socket.close();
        ipc.close();
        ends.close();
        loop.run();
        loop.closeStrictly();
    }

    /** A message is a write, a wait and a read. */
    private void measure(String what, Pipe from, Pipe to) {
        ByteBuffer message = room.slice(0, 4);
        to.readStart(new PipeReader(room, count -> arrived++, to::close));
        long bytes = Allocations.steadyState(TOLERATED, () -> {
            for (int i = 0; i < MESSAGES; i++) {
                int before = arrived;
                from.tryWrite(message);
                while (arrived == before) {
                    loop.run(RunMode.ONCE);
                }
            }
        });
        if (bytes > TOLERATED) {
            System.out.println(what + ": " + bytes + " B for " + MESSAGES + " messages");
        }
    }
}
