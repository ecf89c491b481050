package io.chagres.handle;

import io.chagres.fixture.Allocations;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;

/** Repeats sends, and prints those that make garbage once they are compiled. */
final class AsyncGarbage {

    private static final int SENDS = 5_000;

    /** The bytes that the JVM itself may allocate on a thread. One object per send would be 10 times as much. */
    private static final long TOLERATED = 8_000;

    private final Loop loop = new Loop();
    private volatile int delivered;
    private final Async async = new Async(loop, () -> delivered++);

    private AsyncGarbage() {}

    public static void main(String[] args) {
        new AsyncGarbage().measureAll();
    }

    private void measureAll() {
        tell("a send on the loop's thread", Allocations.steadyState(TOLERATED, () -> {
            for (int i = 0; i < SENDS; i++) {
                async.send();
                loop.run(RunMode.NOWAIT);
            }
        }));
        if (delivered < SENDS) {
            System.out.println(delivered + " of " + SENDS + " sends were delivered");
        }
        Thread.ofPlatform().start(() -> {
            tell("a send that wakes the loop", Allocations.steadyState(TOLERATED, this::sendAndAwait));
            loop.execute(async::close);
        });
        loop.run();
        loop.closeStrictly();
    }

    private void sendAndAwait() {
        for (int i = 0; i < SENDS; i++) {
            int expected = delivered + 1;
            async.send();
            while (delivered < expected) {
                Thread.yield();
            }
        }
    }

    private static void tell(String what, long bytes) {
        if (bytes > TOLERATED) {
            System.out.println(what + ": " + bytes + " bytes in " + SENDS + " sends");
        }
    }
}
