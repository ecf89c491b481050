package io.chagres.compare.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The JDK's selector: a loop with one direct buffer for all connections. */
final class NioServer {

    private final ByteBuffer room = ByteBuffer.allocateDirect(Task.PIECE);
    private final Task task;
    private final Selector selector;
    private final ServerSocketChannel listener;

    private NioServer(Task task) throws IOException {
        this.task = task;
        selector = Selector.open();
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(Task.HOST, task.port()), Task.BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] args) throws IOException {
        NioServer server = new NioServer(Task.of(args));
        Task.announce(server.listener.socket().getLocalPort());
        while (true) {
            server.selector.select(server::ready);
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.channel() == listener) {
                accept();
            } else if (key.isReadable()) {
                read(key, (SocketChannel) key.channel());
            } else {
                write(key, (SocketChannel) key.channel(), (ByteBuffer) key.attachment());
            }
        } catch (IOException gone) {
            close(key);
        }
    }

    private void accept() throws IOException {
        SocketChannel client;
        while ((client = listener.accept()) != null) {
            client.configureBlocking(false);
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (task.mode() == Mode.SOURCE) {
                client.register(selector, SelectionKey.OP_WRITE, room.duplicate());
            } else {
                client.register(selector, SelectionKey.OP_READ);
            }
        }
    }

    private void read(SelectionKey key, SocketChannel client) throws IOException {
        room.clear();
        if (client.read(room) < 0) {
            close(key);
        } else if (task.mode() == Mode.ECHO) {
            client.write(room.flip());
            if (room.hasRemaining()) {
                writeLater(key);
            }
        }
    }

    private void writeLater(SelectionKey key) {
        key.attach(ByteBuffer.allocateDirect(room.remaining()).put(room).flip());
        key.interestOps(SelectionKey.OP_WRITE);
    }

    private void write(SelectionKey key, SocketChannel client, ByteBuffer rest) throws IOException {
        client.write(rest);
        if (rest.hasRemaining()) {
            return;
        }
        if (task.mode() == Mode.SOURCE) {
            rest.clear();
        } else {
            key.attach(null);
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException gone) {
            key.cancel();
        }
    }
}
