package io.chagres.net;

import io.chagres.fixture.PipePair;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.sys.Faults;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * Sends buffers that the caller keeps no reference to, in the way that its argument says, and collects garbage right before the
 * kernel is called. Prints "held", or how many of the buffers were collected by then. Only compiled code forgets a local variable
 * before its method returns, so there are rounds without a collection first.
 */
final class CollectedBufferProgram {

    private static final int TRIES = 12;
    private static final int WARM_UPS = 3000;
    private static final int SIZE = 32;

    private static WeakReference<ByteBuffer> sent;
    private static int collected;

    private CollectedBufferProgram() {}

    public static void main(String[] args) {
        Faults.install();
        try (Loop loop = new Loop()) {
            PipePair pair = PipePair.of(loop, args[0].equals("along"));
            for (int i = 0; i < WARM_UPS + TRIES; i++) {
                if (i == WARM_UPS) {
                    Faults.beforeEach(CollectedBufferProgram::collect);
                }
                send(args[0], pair.one());
                loop.run();
                PipePair.readRaw(pair.other().fd());
            }
            Faults.beforeEach(name -> {});
            pair.close();
            loop.run();
        }
        System.out.println(collected == 0 ? "held" : collected + " of " + TRIES + " were collected");
    }

    private static void send(String way, Pipe pipe) {
        switch (way) {
            case "along" -> pipe.tryWrite(fresh(), pipe);
            case "try" -> pipe.tryWrite(fresh());
            case "queued" -> pipe.write(fresh(), error -> {});
            case "gathered" -> pipe.write(new ByteBuffer[] {fresh(), ByteBuffer.allocateDirect(1)}, error -> {});
            default -> throw new AssertionError(way);
        }
    }

    private static ByteBuffer fresh() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
        sent = new WeakReference<>(buffer);
        return buffer;
    }

    /** Any view of a direct buffer keeps the buffer itself. */
    private static void collect(String call) {
        if (call.startsWith("send") && sent != null) {
            System.gc();
            collected += sent.get() == null ? 1 : 0;
            sent = null;
        }
    }
}
