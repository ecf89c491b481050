package io.chagres.compare.traffic;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Messages of one size to an echo server, of which {@code depth} are in flight on each connection. */
public final class Messages extends SelectorTraffic {

    private static final int ROOM = 256 * 1024;

    private final int size;
    private final int depth;
    private final ByteBuffer room = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer messages;

    public Messages(InetSocketAddress server, int size, int connections, int depth) throws IOException {
        this.size = size;
        this.depth = depth;
        messages = ByteBuffer.allocateDirect(size * depth);
        Connections source = new Connections(server);
        for (int i = 0; i < connections; i++) {
            add(source.open());
        }
    }

    private void add(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        Connection connection = new Connection(key, channel);
        key.attach(connection);
        connection.send(depth, System.nanoTime());
    }

    @Override
    void serve(SelectionKey key) throws IOException {
        Connection connection = (Connection) key.attachment();
        if (key.isReadable()) {
            connection.read();
        }
        if (key.isWritable()) {
            connection.write();
        }
    }

    private final class Connection {
        private final SelectionKey key;
        private final SocketChannel channel;
        /** The times at which the messages in flight were sent, the oldest at {@code oldest}. */
        private final long[] sent = new long[depth];

        private int oldest;
        private int incomplete;
        private int unsent;

        Connection(SelectionKey key, SocketChannel channel) {
            this.key = key;
            this.channel = channel;
        }

        void read() throws IOException {
            room.clear();
            int count = channel.read(room);
            if (count < 0) {
                throw new EOFException("the server has ended a connection");
            }
            int complete = (incomplete + count) / size;
            incomplete = (incomplete + count) % size;
            if (complete > 0) {
                long now = System.nanoTime();
                answered(complete, now);
                send(complete, now);
            }
        }

        private void answered(int count, long now) {
            for (int i = 0; i < count; i++) {
                Messages.this.answered(sent[(oldest + i) % depth], now);
            }
            done(count);
        }

        /** Sends messages that replace the answered ones, which are the oldest. */
        void send(int count, long now) throws IOException {
            for (int i = 0; i < count; i++) {
                sent[oldest] = now;
                oldest = oldest + 1 == depth ? 0 : oldest + 1;
            }
            unsent += count * size;
            write();
        }

        void write() throws IOException {
            messages.position(0).limit(unsent);
            unsent -= channel.write(messages);
            int interest = unsent > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (key.interestOps() != interest) {
                key.interestOps(interest);
            }
        }
    }
}
