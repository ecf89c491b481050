package io.chagres.net;

import io.chagres.loop.ChagresException;
import io.chagres.stream.Completion;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A socket on its way to a connection: the lookup, then the attempts to connect, and what its user wanted meanwhile. It is
 * dropped when the connection stands.
 */
final class Opening implements ConnectAttempts.Listener {

    private final Socket socket;
    private final int port;
    private final SocketAddress local;
    private Lookup lookup;
    private ConnectAttempts attempts;
    private boolean over;
    private boolean wantsRead;
    private ByteBuffer[] data;
    private Completion written;
    private Completion finalDone;

    Opening(Socket socket, int port, SocketAddress local) {
        this.socket = socket;
        this.port = port;
        this.local = local;
    }

    /** Even an address that needs no lookup is tried on a tick, so that listeners can be added first. */
    void begin(String host) {
        if (Ip.version(host) != 0) {
            socket.loop().nextTick(() -> attempt(List.of(host)));
        } else {
            lookup = Lookup.start(socket.loop(), host, this::found);
        }
    }

    private void found(List<String> addresses, Throwable failure) {
        lookup = null;
        if (over) {
            return;
        }
        if (failure instanceof ChagresException error) {
            onFailed(socket.loop().core().isClosing() ? null : error);
        } else {
            attempt(addresses);
        }
    }

    private void attempt(List<String> addresses) {
        if (over) {
            return;
        }
        if (socket.loop().core().isClosing()) {
            onFailed(null);
            return;
        }
        socket.touch();
        attempts = new ConnectAttempts(socket.loop(), addresses, port, local, this);
        attempts.begin();
    }

    @Override
    public void onConnected(Tcp connection) {
        over = true;
        socket.connected(connection);
    }

    @Override
    public void onFailed(ChagresException error) {
        over = true;
        socket.destroy(error);
    }

    /** Gives up: the socket is destroyed. */
    void cancel() {
        over = true;
        if (lookup != null) {
            lookup.cancel();
        }
        if (attempts != null) {
            attempts.cancel();
        }
    }

    void deferRead() {
        wantsRead = true;
    }

    /** There is at most one: a stream sends the next write only when this one is through. */
    void deferWrite(ByteBuffer[] data, Completion done) {
        this.data = data;
        this.written = done;
    }

    long deferredLength() {
        long length = 0;
        for (int i = 0; data != null && i < data.length; i++) {
            length += data[i].remaining();
        }
        return length;
    }

    void deferFinal(Completion done) {
        finalDone = done;
    }

    /** The socket is connected, unless a connect listener has destroyed it again. */
    void catchUp() {
        if (socket.isDestroyed()) {
            failWrite();
            return;
        }
        if (data != null) {
            socket.doWriteVector(data, written);
        }
        if (finalDone != null) {
            socket.doFinal(finalDone);
        }
        if (wantsRead) {
            socket.doRead();
        }
    }

    /** A write that waited for the connection learns that there will be none. */
    void failWrite() {
        if (written != null) {
            written.onComplete(new ChagresException("ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
                "Socket closed before the connection was established"));
        }
    }
}
