package io.chagres.net;

import io.chagres.fixture.Allocations;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.LongStream;

/**
 * Echoes messages in the way that its argument says, "pipe", "data" or "lent", and prints how many bytes of the heap a message
 * costs once that is compiled, the view of a chunk aside.
 */
final class EchoAllocationProgram {

    static final int SIZE = 64;

    private static final int MESSAGES = 2048;
    /** In a round: that there is a slab now and then, and what the measuring leaves; a quarter of a byte a message. */
    private static final long TOLERATED = MESSAGES / 4;

    private final Loop loop;
    private Socket accepted;
    private ByteBuffer view;

    private EchoAllocationProgram(Loop loop) {
        this.loop = loop;
    }

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            new EchoAllocationProgram(loop).run(args[0]);
        }
    }

    private void run(String way) {
        ServerOptions options = ServerOptions.defaults();
        if (way.equals("lent")) {
            options = options.onRead(ByteBuffer.allocate(SIZE), EchoAllocationProgram::echo);
        }
        int port = Local.once(loop, options, socket -> {
            accepted = socket;
            switch (way) {
                case "pipe" -> socket.pipe(socket);
                case "data" -> socket.onData(socket::write);
                default -> {}
            }
        });
        Thread.ofPlatform().daemon().start(() -> talk(port));
        while (accepted == null) {
            loop.run(RunMode.ONCE);
        }
        int view = viewSize();
        int expected = way.equals("data") ? SIZE + view : 0;
        long allocated = Allocations.steadyState(MESSAGES * (long) expected + TOLERATED, this::round);
        System.out.println(allocated / MESSAGES - (way.equals("data") ? view : 0));
        accepted.destroy();
    }

    /** What a chunk costs besides its bytes, which depends on the JVM. */
    private int viewSize() {
        ByteBuffer slab = ByteBuffer.allocate(SIZE);
        Runnable slice = () -> view = slab.slice(0, SIZE);
        return (int) LongStream.range(0, 500)
                .map(round -> Allocations.once(slice))
                .min()
                .orElseThrow();
    }

    private void round() {
        long end = accepted.bytesRead() + MESSAGES * SIZE;
        while (accepted.bytesRead() < end) {
            loop.run(RunMode.ONCE);
        }
    }

    /** The lent buffer itself is written, and as it is empty again at once, the next read may have it. */
    private static boolean echo(Socket socket, ByteBuffer lent, int count) {
        return socket.write(lent);
    }

    private static void talk(int port) {
        try (var socket = new java.net.Socket(Local.HOST, port)) {
            socket.setTcpNoDelay(true);
            byte[] message = new byte[SIZE];
            while (true) {
                socket.getOutputStream().write(message);
                if (socket.getInputStream().readNBytes(message, 0, SIZE) < SIZE) {
                    return;
                }
            }
        } catch (IOException gone) {
            // which is how it ends
        }
    }
}
