package io.chagres.net;

import io.chagres.fixture.Allocations;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Reads into a buffer that it lends, and prints how many bytes that allocates once it is compiled, or "nothing". */
final class LentBufferProgram {

    private static final int READS = 1000;

    private int reads;
    private Socket accepted;

    private LentBufferProgram() {}

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            new LentBufferProgram().run(loop);
        }
    }

    private void run(Loop loop) {
        ServerOptions lending = ServerOptions.defaults().onRead(ByteBuffer.allocate(64), (socket, buffer, count) -> {
            if (++reads % READS == 0) {
                loop.stop();
            }
            return true;
        });
        int port = Local.once(loop, lending, socket -> accepted = socket);
        Thread.ofPlatform().daemon().start(() -> flood(port));
        long allocated = Allocations.steadyState(READS, loop::run);
        System.out.println(allocated <= READS ? "nothing" : allocated + " bytes in " + READS + " reads");
        accepted.destroy();
    }

    private static void flood(int port) {
        try (var socket = new java.net.Socket(Local.HOST, port)) {
            OutputStream out = socket.getOutputStream();
            while (true) {
                out.write(new byte[64 * 1024]);
            }
        } catch (IOException reset) {
            // which is how it ends
        }
    }
}
