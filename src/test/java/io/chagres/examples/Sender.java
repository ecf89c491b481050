package io.chagres.examples;

import io.chagres.fixture.Waits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends on a thread of its own and half-closes, so that the reader may begin late. The bytes of the array are sent
 * repeatedly.
 */
final class Sender {

    private static final int PIECE = 16 * 1024;
    private static final int LOOKS_WITHOUT_PROGRESS = 40;

    private final AtomicInteger sent = new AtomicInteger();
    private final Thread thread;
    private volatile IOException failure;

    Sender(Socket socket, byte[] bytes, int from, int length) {
        thread = Thread.ofVirtual().start(() -> {
            try {
                send(socket, bytes, from, length);
            } catch (IOException e) {
                failure = e;
            }
        });
    }

    private void send(Socket socket, byte[] bytes, int from, int length) throws IOException {
        OutputStream out = socket.getOutputStream();
        while (sent.get() < length) {
            int at = (from + sent.get()) % bytes.length;
            int piece = Math.min(Math.min(PIECE, bytes.length - at), length - sent.get());
            out.write(bytes, at, piece);
            sent.addAndGet(piece);
        }
        socket.shutdownOutput();
    }

    /** Waits until all bytes are sent, or no more are accepted for a while. */
    void awaitDoneOrStuck() throws InterruptedException {
        int before = -1;
        for (int looks = 0; looks < LOOKS_WITHOUT_PROGRESS && thread.isAlive(); looks++) {
            if (sent.get() != before) {
                before = sent.get();
                looks = 0;
            }
            thread.join(5);
        }
    }

    /** Returns the number of bytes that the kernel has accepted. */
    int sent() {
        return sent.get();
    }

    /** Waits for the end. */
    void join() throws InterruptedException, IOException {
        Waits.join(thread);
        if (failure != null) {
            throw failure;
        }
    }
}
