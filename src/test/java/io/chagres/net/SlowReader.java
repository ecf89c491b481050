package io.chagres.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A peer that reads only when it is asked to. Over a Unix socket, since the room that a read makes is there at once: over TCP
 * it comes with an acknowledgement.
 */
final class SlowReader implements AutoCloseable {

    private final Path path;
    private final ServerSocketChannel listener;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private SocketChannel connection;
    private int rounds;

    SlowReader(Path path) throws IOException {
        this.path = path;
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    String path() {
        return path.toString();
    }

    /** Reads what has arrived; the number of bytes. */
    int read() {
        try {
            if (connection == null) {
                connection = listener.accept();
                connection.configureBlocking(false);
            }
            rounds++;
            int total = 0;
            for (int count = 1; count > 0; total += Math.max(count, 0)) {
                count = connection.read(buffer.clear());
            }
            return total;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often it has read. */
    int rounds() {
        return rounds;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (connection != null) {
            connection.close();
        }
    }
}
