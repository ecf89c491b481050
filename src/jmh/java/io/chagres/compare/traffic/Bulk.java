package io.chagres.compare.traffic;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Bytes in one direction, as many as possible; 64 KiB of them are an operation. */
public final class Bulk extends SelectorTraffic {

    private static final int PIECE = 64 * 1024;

    /** The direction, seen from the server. */
    public enum Direction {
        IN,
        OUT
    }

    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    private long bytes;

    public Bulk(InetSocketAddress server, Direction direction, int connections) throws IOException {
        Connections source = new Connections(server);
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = source.open();
            channel.configureBlocking(false);
            channel.register(selector, direction == Direction.IN ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    @Override
    void serve(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        piece.clear();
        int count = key.isWritable() ? channel.write(piece) : channel.read(piece);
        if (count < 0) {
            throw new EOFException("the server has ended a connection");
        }
        bytes += count;
        done(bytes / PIECE);
        bytes %= PIECE;
    }
}
