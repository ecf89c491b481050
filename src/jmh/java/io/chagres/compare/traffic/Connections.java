package io.chagres.compare.traffic;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Opens any number of connections. If an address has no ports left, it uses the next of 127.0.0.1, 127.0.0.2 ... */
public final class Connections {

    private static final int TIMEOUT_MILLIS = 5000;
    private static final int LAST_SOURCE = 254;

    private final InetSocketAddress server;
    private int source = 1;

    public Connections(InetSocketAddress server) {
        this.server = server;
    }

    /** Opens a connection that is blocking, sends without delay, and is reset when it is closed. */
    public SocketChannel open() throws IOException {
        while (true) {
            try {
                return connect(
                        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) source}), 0));
            } catch (SocketException noPort) {
                if (++source > LAST_SOURCE || !noPort.getMessage().contains("assign requested address")) {
                    throw noPort;
                }
            }
        }
    }

    private SocketChannel connect(InetSocketAddress from) throws IOException {
        SocketChannel client = prepared();
        try {
            if (source > 1) {
                client.bind(from);
            }
            client.socket().connect(server, TIMEOUT_MILLIS);
            return client;
        } catch (IOException refused) {
            client.close();
            throw refused;
        }
    }

    /** Sends a byte, and waits for the echo. */
    public static void exchangeByte(SocketChannel blocking) throws IOException {
        blocking.write(ByteBuffer.allocate(1));
        blocking.socket().setSoTimeout(TIMEOUT_MILLIS);
        if (blocking.socket().getInputStream().read() < 0) {
            throw new EOFException("the server has ended a connection");
        }
    }

    static SocketChannel prepared() throws IOException {
        return SocketChannel.open()
                .setOption(StandardSocketOptions.TCP_NODELAY, true)
                .setOption(StandardSocketOptions.SO_LINGER, 0);
    }
}
