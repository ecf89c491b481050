package io.chagres.faults;

import io.chagres.sys.Faults;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A client of an echo server, on a thread of its own and on java.net. It compares each byte of the echo. */
final class Visitor {

    static final String FINE = "fine";
    static final String DROPPED = "dropped";
    static final String LEFT_ALONE = "left alone";

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int IMPATIENCE_MILLIS = 60;
    private static final int MAX_BYTES = 3000;
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("visitor-", 1).factory());

    private Visitor() {}

    /** Connects to {@code port} and talks until {@code stay} returns false, at least once; {@code report} gets the outcome. */
    static Future<?> talk(int port, BooleanSupplier stay, Consumer<String> report) {
        return THREADS.submit(() -> report.accept(conversation(port, PATIENCE_MILLIS, stay)));
    }

    /** Talks once like {@link #talk}, and leaves after a moment if no answer arrives because of the failure. */
    static Future<?> knock(int port, Consumer<String> report) {
        return THREADS.submit(() -> report.accept(conversation(port, IMPATIENCE_MILLIS, () -> false)));
    }

    private static String conversation(int port, int patienceMillis, BooleanSupplier stay) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(patienceMillis);
            socket.setTcpNoDelay(true);
            Random random = new Random(port);
            boolean good = true;
            do {
                good = echo(socket, random);
            } while (good && stay.getAsBoolean());
            socket.setSoTimeout(PATIENCE_MILLIS);
            return good ? leave(socket) : DROPPED;
        } catch (IOException e) {
            return e.getMessage().contains("timed out") ? LEFT_ALONE : DROPPED;
        }
    }

    private static boolean echo(Socket socket, Random random) throws IOException {
        byte[] sent = new byte[1 + random.nextInt(MAX_BYTES)];
        random.nextBytes(sent);
        socket.getOutputStream().write(sent);
        byte[] returned = new byte[sent.length];
        boolean all = receive(socket, returned);
        if (all && !Arrays.equals(sent, returned)) {
            throw new IOException("the echo has other bytes");
        }
        return all;
    }

    /** Waits longer than its patience if the delay has another reason than the failure: a busy machine. */
    private static boolean receive(Socket socket, byte[] bytes) throws IOException {
        int count = 0;
        for (int waited = 0; count < bytes.length; ) {
            try {
                int more = socket.getInputStream().read(bytes, count, bytes.length - count);
                if (more < 0) {
                    return false;
                }
                count += more;
            } catch (SocketTimeoutException nothing) {
                waited += socket.getSoTimeout();
                if (Faults.struck() || waited >= PATIENCE_MILLIS) {
                    throw nothing;
                }
            }
        }
        return true;
    }

    private static String leave(Socket socket) throws IOException {
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        return in.read() < 0 ? FINE : "the echo has more bytes than were sent";
    }
}
