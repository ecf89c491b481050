package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.ChagresException;
import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Waits;
import io.chagres.handle.Async;
import io.chagres.net.Net;
import io.chagres.socket.Pipe;
import io.chagres.socket.Tcp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Loops in a JVM whose native memory is used up, or whose collector never frees native memory. */
@ExtendWith(HangGuard.class)
@Tag("host")
class LoopWithoutMemoryTest {

    private static void expect(String output, Class<?> main, String... options) throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(main, options);
        assertEquals(output, outcome.output());
        assertEquals(0, outcome.status());
    }

    /** Takes and keeps all native memory but a few bytes. In few sizes, because each refusal costs half a second of garbage collection. */
    private static List<ByteBuffer> takeAll() {
        List<ByteBuffer> taken = new ArrayList<>();
        for (int size = 1 << 20; size > 1; size /= 256) {
            try {
                while (true) {
                    taken.add(ByteBuffer.allocateDirect(size));
                }
            } catch (OutOfMemoryError less) {
                // Then smaller ones.
            }
        }
        return taken;
    }

    @Test
    void withoutMemoryAFreshThreadCanWakeALoop() throws Exception {
        expect("task sent closed", FreshSenders.class, "-XX:MaxDirectMemorySize=8m");
    }

    static final class FreshSenders {
        public static void main(String[] arguments) throws InterruptedException {
            ForkedJvm.haltAfter(50);
            CountDownLatch ran = new CountDownLatch(1);
            CountDownLatch sent = new CountDownLatch(1);
            Async[] async = new Async[1];
            LoopThread loopThread = Loop.start("a loop", loop -> async[0] = new Async(loop, sent::countDown));
            List<ByteBuffer> taken = takeAll();
            Waits.join(Thread.ofPlatform().start(() -> loopThread.execute(ran::countDown)));
            System.out.print(ran.await(20, TimeUnit.SECONDS) ? "task " : "lost ");
            Waits.join(Thread.ofPlatform().start(async[0]::send));
            System.out.print(sent.await(20, TimeUnit.SECONDS) ? "sent " : "lost ");
            loopThread.close();
            System.out.println(taken.isEmpty() ? "?" : "closed");
        }
    }

    @Test
    void withoutMemoryALookupFailsWithTheCauseAndTheNextOneSucceeds() throws Exception {
        expect(
                "EAI_MEMORY java.lang.OutOfMemoryError, EAI_MEMORY java.lang.OutOfMemoryError, found",
                Lookups.class,
                "-XX:MaxDirectMemorySize=8m");
    }

    static final class Lookups {
        private static final List<String> HEARD = new ArrayList<>();

        public static void main(String[] arguments) {
            ForkedJvm.haltAfter(50);
            List<ByteBuffer> taken = new ArrayList<>();
            try (Loop loop = new Loop()) {
                loop.run(RunMode.NOWAIT);
                taken.addAll(takeAll());
                Lookup.address(loop, "localhost", LookupOptions.defaults(), (found, error) -> hear(error));
                Net.connect(loop, 9, "localhost").onError(Lookups::hear);
                loop.run();
                taken.clear();
                System.gc();
                Lookup.address(loop, "localhost", LookupOptions.defaults(), (found, error) -> hear(error));
                loop.run();
            }
            System.out.println(String.join(", ", HEARD));
        }

        private static void hear(Throwable error) {
            HEARD.add(
                    error == null
                            ? "found"
                            : ((ChagresException) error).code() + " "
                                    + error.getCause().getClass().getName());
        }
    }

    @Test
    void aClosedLoopGivesItsMemoryBack() throws Exception {
        expect("200 loops", ManyLoops.class, "-XX:MaxDirectMemorySize=8m", "-XX:+DisableExplicitGC");
    }

    static final class ManyLoops {
        public static void main(String[] arguments) {
            int loops = 0;
            for (; loops < 200; loops++) {
                try (Loop loop = new Loop()) {
                    useAllOfIt(loop);
                }
            }
            System.out.println(loops + " loops");
        }

        /** Addresses, a socket, a pipe(7), a stream that carries descriptors, and writes of several buffers: 160 KB a loop. */
        private static void useAllOfIt(Loop loop) {
            Tcp tcp = new Tcp(loop);
            tcp.bind(new SocketAddress("127.0.0.1", 0));
            tcp.localAddress();
            int[] ends = Pipe.pipe2();
            Pipe reader = new Pipe(loop);
            Pipe writer = new Pipe(loop);
            reader.open(ends[0]);
            writer.open(ends[1]);
            int[] pair = Pipe.socketpair();
            new Pipe(loop, true).open(pair[0]);
            new Pipe(loop, true).open(pair[1]);
            writer.write(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(1)}, error -> {});
            loop.run(RunMode.NOWAIT);
        }
    }
}
