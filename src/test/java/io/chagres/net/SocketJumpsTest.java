package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Local;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection that jumps between two loops while numbered bytes flow both ways: not one is lost, doubled or out of order. */
@ExtendWith(HangGuard.class)
class SocketJumpsTest {

    private static final int RUNS = Integer.getInteger("chagres.runs", 5);
    private static final int JUMPS = 100;
    private static final int SENT = 300_000;

    /** The numbered bytes of one direction: byte n is n modulo a prime, so that no shift goes unnoticed. */
    private static final class Numbers {
        private int next;

        ByteBuffer take(int count) {
            ByteBuffer bytes = ByteBuffer.allocate(count);
            while (bytes.hasRemaining()) {
                bytes.put((byte) (next++ % 251));
            }
            return bytes.flip();
        }

        void check(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                assertEquals((byte) (next % 251), bytes.get(), "byte " + next);
                next++;
            }
        }
    }

    /** The side that jumps. Its fields belong to the thread of the loop that has the connection. */
    private static final class Jumper {
        private final Random random;
        private final Server[] servers = new Server[2];
        private final Loop[] loops;
        private final Numbers in = new Numbers();
        private final Numbers out = new Numbers();
        private final CompletableFuture<Integer> ended = new CompletableFuture<>();
        private int at;
        private int jumps;

        Jumper(long seed, Loop... loops) {
            random = new Random(seed);
            this.loops = loops;
        }

        void welcome(Socket socket) {
            socket.setNoDelay();
            socket.onError(ended::completeExceptionally);
            int style = random.nextInt(3);
            if (style == 0) {
                socket.onData(bytes -> attempt(socket, () -> pieces(socket, bytes)));
            } else if (style == 1) {
                socket.onReadable(() -> attempt(socket, () -> byHand(socket)));
            } else {
                socket.pause();
                socket.onData(bytes -> attempt(socket, () -> pieces(socket, bytes)));
                socket.resume();
            }
            socket.onEnd(() -> {
                ended.complete(in.next);
            });
        }

        private void attempt(Socket socket, Runnable step) {
            try {
                if (!socket.isDestroyed()) {
                    step.run();
                }
            } catch (Throwable failed) {
                ended.completeExceptionally(failed);
                socket.destroy();
            }
        }

        /** Takes the bytes in pieces, answers each, and jumps now and then: the bytes that are left are put back before. */
        private void pieces(Socket socket, ByteBuffer bytes) {
            while (bytes.hasRemaining() && !socket.isDestroyed()) {
                int taken = 1 + random.nextInt(Math.min(bytes.remaining(), 1000));
                in.check(bytes.slice(bytes.position(), taken));
                bytes.position(bytes.position() + taken);
                socket.write(out.take(taken));
                if (wantsToJump(socket)) {
                    socket.pause();
                    socket.unshift(bytes);
                    jump(socket);
                }
            }
        }

        private void byHand(Socket socket) {
            ByteBuffer bytes = socket.read(1 + random.nextInt(1000));
            while (bytes != null) {
                in.check(bytes);
                socket.write(out.take(bytes.position()));
                if (wantsToJump(socket)) {
                    jump(socket);
                    return;
                }
                bytes = socket.read(1 + random.nextInt(1000));
            }
        }

        private boolean wantsToJump(Socket socket) {
            return jumps < JUMPS && random.nextInt(3) == 0 && socket.writableLength() == 0 && socket.queueSize() == 0;
        }

        private void jump(Socket socket) {
            DetachedSocket connection = socket.detach();
            jumps++;
            at = 1 - at;
            loops[at].execute(() -> servers[at].adopt(connection));
        }
    }

    @Test
    void numberedBytesSurviveAHundredJumps() throws Exception {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("SocketJumpsTest: " + RUNS + " runs, -Dchagres.seed=" + seed);
        try (LoopThread one = Loop.startDaemon("one", loop -> {});
                LoopThread two = Loop.startDaemon("two", loop -> {})) {
            for (int run = 0; run < RUNS; run++) {
                play(new Jumper(seed + run, one.loop(), two.loop()));
            }
        }
    }

    private static void play(Jumper jumper) throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        for (int i = 0; i < 2; i++) {
            int number = i;
            jumper.loops[i].execute(
                    () -> jumper.servers[number] = Net.createServer(jumper.loops[number], jumper::welcome));
        }
        jumper.loops[0].execute(() -> port.complete(jumper.servers[0]
                .onConnection(socket -> jumper.servers[0].close())
                .listen(0, Local.HOST)
                .address()
                .port()));
        try (java.net.Socket client = new java.net.Socket(Local.HOST, Waits.get(port))) {
            Thread sender = Thread.ofVirtual().start(() -> send(client));
            Numbers answers = new Numbers();
            byte[] chunk = new byte[8192];
            for (int n = client.getInputStream().read(chunk);
                    n >= 0;
                    n = client.getInputStream().read(chunk)) {
                answers.check(ByteBuffer.wrap(chunk, 0, n));
            }
            Waits.join(sender);
            assertEquals(SENT, Waits.get(jumper.ended));
            assertEquals(jumper.out.next, answers.next);
            assertEquals(JUMPS, jumper.jumps);
        }
    }

    private static void send(java.net.Socket client) {
        Numbers numbers = new Numbers();
        Random random = new Random(1);
        try {
            while (numbers.next < SENT) {
                int count = Math.min(1 + random.nextInt(1500), SENT - numbers.next);
                client.getOutputStream().write(numbers.take(count).array());
            }
            client.shutdownOutput();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
