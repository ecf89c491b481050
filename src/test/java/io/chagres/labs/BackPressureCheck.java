package io.chagres.labs;

import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import io.chagres.socket.SocketOption;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The check of lab 9: how many bytes the socket holds when the lab takes the next chunk. The peer reads only after send() has returned. */
final class BackPressureCheck {

    private static final int CHUNK_SIZE = 16 * 1024;
    private static final int CHUNKS = 1024;
    private static final int KERNEL_BUFFER = 64 * 1024;

    private final CountDownLatch mayRead = new CountDownLatch(1);
    private final AtomicLong maxHeld = new AtomicLong();
    private final AtomicLong highWaterMark = new AtomicLong();
    private int taken;

    private BackPressureCheck() {}

    static void run(Lab lab, Report report) throws Exception {
        BackPressureCheck check = new BackPressureCheck();
        try (ServerSocket server = new ServerSocket()) {
            server.setReceiveBufferSize(KERNEL_BUFFER);
            server.setSoTimeout(Lab.MAX_SECONDS * 1000);
            server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            Lab.Call writer = lab.start(() -> check.write(lab, server.getLocalPort()));
            long received = check.read(server);
            writer.end();
            report.expect("bytes that have arrived", (long) CHUNK_SIZE * CHUNKS, received);
            report.expectCount(
                    "bytes that the socket held when the next chunk was taken, at most",
                    "less than its high-water mark of %,d".formatted(check.highWaterMark.get()),
                    check.maxHeld.get(),
                    held -> held < check.highWaterMark.get());
        }
    }

    private long read(ServerSocket server) throws IOException, InterruptedException {
        try (java.net.Socket peer = server.accept()) {
            peer.setSoTimeout(Lab.MAX_SECONDS * 1000);
            if (!mayRead.await(Lab.MAX_SECONDS, TimeUnit.SECONDS)) {
                throw new NotYet("send() does not return");
            }
            return count(peer.getInputStream());
        }
    }

    private static long count(InputStream in) throws IOException {
        byte[] buffer = new byte[CHUNK_SIZE];
        long count = 0;
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count += read;
            }
            return count;
        } catch (SocketTimeoutException e) {
            throw new NotYet("%,d bytes have arrived, and then nothing for %d s".formatted(count, Lab.MAX_SECONDS), e);
        }
    }

    private void write(Lab lab, int port) {
        try (Loop loop = new Loop()) {
            Socket socket = Net.connect(loop, port, "127.0.0.1");
            socket.set(SocketOption.SO_SNDBUF, KERNEL_BUFFER);
            socket.resume();
            socket.onConnect(() -> {
                highWaterMark.set(socket.writableHighWaterMark());
                send(lab, socket);
                mayRead.countDown();
            });
            loop.run();
        }
    }

    private void send(Lab lab, Socket socket) {
        try {
            Supplier<ByteBuffer> source = () -> next(socket);
            lab.type().getMethod("send", Socket.class, Supplier.class).invoke(null, socket, source);
        } catch (ReflectiveOperationException e) {
            throw new NotYet("send() has failed: " + e.getCause(), e);
        }
    }

    private ByteBuffer next(Socket socket) {
        if (taken == CHUNKS) {
            return null;
        }
        taken++;
        maxHeld.accumulateAndGet(socket.writableLength(), Math::max);
        return ByteBuffer.allocate(CHUNK_SIZE);
    }
}
