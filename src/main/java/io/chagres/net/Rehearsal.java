package io.chagres.net;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.loop.internal.Failures;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.Memory;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A rehearsal of a server before its first client: connections over loopback send a request again and again, to a loop of their own.
 *
 * <p>The first connection of a process costs some 90 ms, because the JVM loads the classes and links the functions that it needs. The
 * first thousands of messages run in the interpreter, while the compilers take CPU time that the server needs. A server that rehearses
 * before it listens, or before it reports that it is ready, has both behind it.
 *
 * <pre>{@code
 * Rehearsal.run(Duration.ofSeconds(2), StandardCharsets.US_ASCII.encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), App::serve);
 * server.listen(8080);
 * }</pre>
 *
 * <p>The compilers work for the paths that they have seen: rehearse with the code that will run, and with a usual request. What it
 * saves stands in docs/performance.md, "The warm-up".
 */
public final class Rehearsal {

    private static final int CONNECTIONS = 16;
    /** Then a connection ends and another begins, so that both are rehearsed too. */
    private static final int REQUESTS_PER_CONNECTION = 500;

    private static final int NONE = -1;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int ROOM = 64 * 1024;
    /** The pause of a client without an answer: the server's loop is to sleep now and then, as it will later. */
    private static final long PAUSE_NANOS = 20_000;

    private final MemorySegment address = Memory.allocate(SockAddr.SIZE);
    private final int addressLength;
    private final MemorySegment request;
    private final MemorySegment answer = MemorySegment.ofArray(new byte[ROOM]);
    private final int[] clients = new int[CONNECTIONS];
    private final int[] sent = new int[CONNECTIONS];
    /** The requests of the current connection: one for the first, so that an end is rehearsed soon. */
    private final int[] planned = new int[CONNECTIONS];

    private long answers;

    private Rehearsal(int port, byte[] request) {
        addressLength = SockAddr.putInet(address, LOOPBACK, port);
        this.request = MemorySegment.ofArray(request);
    }

    /**
     * Serves connections with {@code listener}, on a loop and a thread of its own, for {@code time}. The calling thread is the client: 16
     * connections over loopback, each of which sends {@code request}, waits for the first bytes of an answer, and sends it again. The first
     * connections end after one answer, later ones after 500, and others begin. An interrupt ends the rehearsal; the interrupt flag stays set.
     *
     * @param time two seconds are enough for most servers; the compilers of a server with one core take longer
     * @param request the bytes between position and limit, which stay as they are; at most 64 KiB
     * @param listener called with each connection, as that of {@link Net#createServer(Loop, Consumer)}
     * @return the number of answers
     * @throws UsageException EINVAL if {@code request} is empty or too long
     * @throws RuntimeException what has ended the loop, if {@code listener} throws and the like
     * @throws io.chagres.SystemException EMFILE and others of socket(2), connect(2) and listen(2)
     */
    public static long run(Duration time, ByteBuffer request, Consumer<? super Socket> listener) {
        UsageException.requireArgument(time, "time");
        byte[] bytes = bytesOf(UsageException.requireArgument(request, "request"));
        UsageException.requireArgument(listener, "listener");
        int[] port = new int[1];
        LoopThread server = Loop.start("rehearsal", loop -> {
            Server listening = Net.createServer(loop, listener).listen(0, "127.0.0.1");
            port[0] = Objects.requireNonNull(listening.address()).port();
        });
        try (server) {
            return new Rehearsal(port[0], bytes).play(time, server);
        }
    }

    private static byte[] bytesOf(ByteBuffer request) {
        byte[] bytes = new byte[request.remaining()];
        request.get(request.position(), bytes);
        if (bytes.length == 0 || bytes.length > ROOM) {
            throw new UsageException("EINVAL", "a request has 1 to " + ROOM + " bytes. Received " + request);
        }
        return bytes;
    }

    private long play(Duration time, LoopThread server) {
        Arrays.fill(clients, NONE);
        Arrays.fill(planned, 1);
        long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(time);
        try {
            while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted() && server.isAlive()) {
                if (!exchange()) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } catch (SystemException refused) {
            server.close();
            requireAlive(server);
            throw refused;
        } finally {
            for (int client : clients) {
                if (client != NONE) {
                    Descriptors.close(client);
                }
            }
        }
        requireAlive(server);
        return answers;
    }

    /** Throws what the loop has died of, which is also why connections are refused. */
    private static void requireAlive(LoopThread server) {
        Throwable failure = server.failure();
        if (failure != null) {
            throw Failures.<RuntimeException>asIs(failure);
        }
    }

    /** Lets each connection that has an answer send its next request; returns whether one had an answer. */
    private boolean exchange() {
        boolean any = false;
        for (int i = 0; i < CONNECTIONS; i++) {
            if (clients[i] == NONE) {
                clients[i] = connect();
                sent[i] = 0;
                send(i);
            } else if (hasAnswer(i)) {
                any = true;
                answers++;
                if (sent[i] == planned[i]) {
                    leave(i);
                } else {
                    send(i);
                }
            }
        }
        return any;
    }

    private int connect() {
        int fd = check(Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0), "socket");
        int result = Sockets.connect(fd, address, addressLength);
        if (result < 0) {
            Descriptors.close(fd);
        }
        check(result, "connect");
        return fd;
    }

    private void send(int i) {
        sent[i]++;
        if (Sockets.send(clients[i], request, request.byteSize(), Sockets.MSG_NOSIGNAL) < request.byteSize()) {
            leave(i);
        }
    }

    /** Returns whether bytes have arrived. The end of the connection or an error makes room for another one. */
    private boolean hasAnswer(int i) {
        long count = Sockets.recv(clients[i], answer, ROOM, 0);
        if (count == 0 || count < 0 && count != -Errno.EAGAIN) {
            leave(i);
        }
        return count > 0;
    }

    private void leave(int i) {
        Descriptors.close(clients[i]);
        clients[i] = NONE;
        planned[i] = REQUESTS_PER_CONNECTION;
    }

    @Override
    public String toString() {
        return "Rehearsal (" + answers + " answers)";
    }
}
