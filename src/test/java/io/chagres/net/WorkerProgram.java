package io.chagres.net;

import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.socket.Tcp;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A process that serves what another one sends it over a Unix socket: to each connection it writes its own name. It does what
 * single letters say, and answers with one each; it ends when that connection does.
 */
public final class WorkerProgram {

    /** A listener comes along, to listen at. */
    static final char LISTEN = 'L';
    /** A connection comes along, to be taken over: answered with YES, or NO where it is one too many. */
    static final char TAKE = 'T';
    /** Close the server. */
    static final char CLOSE = 'C';

    static final char YES = 'y';
    static final char NO = 'n';
    /** Any other letter is payload, and not answered. */
    static final char PAYLOAD = '.';

    private final Server server;
    private final Pipe ipc;

    private WorkerProgram(Loop loop, String name, int maxConnections) {
        server = Net.createServer(loop, socket -> {
            socket.onError(error -> {});
            socket.resume();
            socket.write(name);
        });
        server.setMaxConnections(maxConnections);
        ipc = new Pipe(loop, true);
    }

    /** Its name, the path to connect to, and how many connections it takes. */
    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            WorkerProgram worker = new WorkerProgram(loop, args[0], Integer.parseInt(args[2]));
            worker.ipc.connect(args[1], error -> worker.begin(args[0]));
            loop.run();
        }
    }

    private void begin(String name) {
        answer(name.charAt(0));
        ipc.readStart(TcpPair.reader(this::obey, () -> {
            ipc.close();
            server.close(Duration.ZERO);
        }));
    }

    private void obey(ByteBuffer orders) {
        while (orders.hasRemaining()) {
            switch ((char) orders.get()) {
                case LISTEN -> {
                    server.listen(received(), null);
                    answer(YES);
                }
                case TAKE -> take(received());
                case CLOSE -> {
                    server.close();
                    answer(YES);
                }
                default -> {}
            }
        }
    }

    private void take(Tcp connection) {
        boolean taken = server.adopt(connection);
        if (!taken) {
            connection.close();
        }
        answer(taken ? YES : NO);
    }

    private Tcp received() {
        Tcp tcp = new Tcp(ipc.loop());
        ipc.accept(tcp);
        return tcp;
    }

    private void answer(char letter) {
        ipc.write(ByteBuffer.wrap(new byte[] {(byte) letter}), error -> {});
    }
}
