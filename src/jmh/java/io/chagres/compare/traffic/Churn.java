package io.chagres.compare.traffic;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Connections that are opened, echo one byte, and are reset (RST); a certain number of them at a time. */
public final class Churn extends SelectorTraffic {

    private final InetSocketAddress server;
    private final ByteBuffer one = ByteBuffer.allocateDirect(1);

    public Churn(InetSocketAddress server, int connections) throws IOException {
        this.server = server;
        for (int i = 0; i < connections; i++) {
            begin();
        }
    }

    private void begin() throws IOException {
        SocketChannel channel = Connections.prepared();
        channel.configureBlocking(false);
        Long began = System.nanoTime();
        if (channel.connect(server)) {
            send(channel);
            channel.register(selector, SelectionKey.OP_READ, began);
        } else {
            channel.register(selector, SelectionKey.OP_CONNECT, began);
        }
    }

    @Override
    void serve(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        if (key.isConnectable()) {
            channel.finishConnect();
            send(channel);
            key.interestOps(SelectionKey.OP_READ);
        } else {
            finish(channel, (Long) key.attachment());
        }
    }

    private void send(SocketChannel channel) throws IOException {
        channel.write(one.clear());
    }

    private void finish(SocketChannel channel, long began) throws IOException {
        if (channel.read(one.clear()) != 1) {
            throw new EOFException("the server has ended a connection");
        }
        answered(began, System.nanoTime());
        done(1);
        channel.close();
        begin();
    }
}
