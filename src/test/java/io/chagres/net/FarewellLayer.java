package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;

/** A stream over a socket that says farewell before it ends, as TLS does with its close_notify, and when it is destroyed. */
final class FarewellLayer extends Duplex {

    private final Socket socket;
    private final Server server;

    FarewellLayer(Socket socket) {
        super(socket.loop(), DuplexOptions.defaults());
        this.socket = socket.setLayer(this);
        server = socket.server();
        socket.onData(this::push).onEnd(this::pushEnd).onClose(hadError -> destroy());
    }

    Socket socket() {
        return socket;
    }

    /** The server of its socket. */
    Server server() {
        return server;
    }

    @Override
    protected void doRead() {
        socket.resume();
    }

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        socket.write(data, done);
    }

    @Override
    protected void doFinal(Completion done) {
        socket.write("<end>");
        socket.end(done);
    }

    @Override
    protected void doDestroy(ChagresException error, Completion done) {
        if (socket.isWritable()) {
            socket.write("<gone>");
        }
        socket.destroy(error);
        done.onComplete(error);
    }
}
