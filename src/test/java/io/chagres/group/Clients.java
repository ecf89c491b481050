package io.chagres.group;

import io.chagres.address.SocketAddress;
import io.chagres.fixture.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Connections of blocking sockets, which stay open until the close. */
final class Clients implements AutoCloseable {

    private static final int READ_MILLIS = 30_000;

    private final List<Socket> sockets = new ArrayList<>();
    private final InetSocketAddress server;

    Clients(SocketAddress server) {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    /** Connects {@code count} more. */
    Clients connect(int count) {
        try {
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket();
                sockets.add(socket);
                socket.setSoTimeout(READ_MILLIS);
                socket.connect(server, READ_MILLIS);
            }
            return this;
        } catch (IOException refused) {
            throw new AssertionError(refused);
        }
    }

    /** Connects from a thread that is pinned to {@code processor}. */
    Clients connectOn(int processor, int count) {
        FutureTask<Clients> task = new FutureTask<>(() -> {
            Processors.pin(processor);
            return connect(count);
        });
        Thread.ofPlatform().start(task);
        return Waits.get(task);
    }

    List<Socket> sockets() {
        return sockets;
    }

    /** Returns what client {@code index} reads: -1 for the end, -2 for a reset. */
    int read(int index) {
        try {
            return sockets.get(index).getInputStream().read();
        } catch (IOException reset) {
            return -2;
        }
    }

    @Override
    public void close() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
