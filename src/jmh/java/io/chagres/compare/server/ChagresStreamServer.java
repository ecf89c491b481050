package io.chagres.compare.server;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.socket.ReadListener;
import io.chagres.socket.Tcp;
import java.nio.ByteBuffer;

/** Chagres without the net floor: a handle of the socket floor, one read buffer for all, and tryWrite before write. */
final class ChagresStreamServer {

    private final ByteBuffer room = ByteBuffer.allocateDirect(Task.PIECE);
    private final Task task;
    private final Tcp listener;

    private ChagresStreamServer(Loop loop, Task task) {
        this.task = task;
        listener = new Tcp(loop);
    }

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            new ChagresStreamServer(loop, Task.of(args)).listen();
            loop.run();
        }
    }

    private void listen() {
        listener.bind(new SocketAddress(Task.HOST, task.port()));
        listener.listen(Task.BACKLOG, socket -> accept());
        Task.announce(listener.localAddress().port());
    }

    private void accept() {
        Tcp client = new Tcp(listener.loop());
        listener.accept(client);
        client.setNoDelay(true);
        Connection connection = new Connection(client);
        client.readStart(connection);
        if (task.mode() == Mode.SOURCE) {
            connection.pour(null);
        }
    }

    private final class Connection implements ReadListener {
        private final Tcp client;

        Connection(Tcp client) {
            this.client = client;
        }

        @Override
        public ByteBuffer onAllocate(int suggestedSize) {
            return room;
        }

        @Override
        public void onRead(int count, ByteBuffer buffer) {
            if (count > 0 && task.mode() == Mode.ECHO) {
                echo(count);
            }
        }

        private void echo(int count) {
            room.limit(count);
            int taken = tryWrite(room);
            room.clear();
            if (taken >= 0 && taken < count) {
                echoLater(room.slice(taken, count - taken));
            }
        }

        /** All connections share the buffer: bytes that the kernel does not accept are copied, and reading pauses meanwhile. */
        private void echoLater(ByteBuffer rest) {
            ByteBuffer kept = ByteBuffer.allocate(rest.remaining()).put(rest).flip();
            client.readStop();
            client.write(kept, error -> {
                if (error == null) {
                    client.readStart(this);
                } else {
                    close();
                }
            });
        }

        private int tryWrite(ByteBuffer data) {
            try {
                return client.tryWrite(data);
            } catch (SystemException gone) {
                close();
                return -1;
            }
        }

        void pour(ChagresException error) {
            if (error == null && !client.isClosing()) {
                client.write(room, this::pour);
            } else {
                close();
            }
        }

        @Override
        public void onEnd() {
            close();
        }

        @Override
        public void onError(SystemException error) {
            close();
        }

        private void close() {
            if (!client.isClosing()) {
                client.close();
            }
        }
    }
}
