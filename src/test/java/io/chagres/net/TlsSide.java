package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.socket.SocketHandle;
import io.chagres.stream.DuplexOptions;
import io.chagres.tls.TestContexts;
import io.chagres.tls.TlsClientOptions;
import io.chagres.tls.TlsServerOptions;
import io.chagres.tls.TlsSocket;
import java.nio.ByteBuffer;
import java.util.Random;

/** A side that is TLS 1.3 over a socket: the first is the client. */
final class TlsSide extends ModelSide {

    private static final TlsServerOptions SERVER = TlsServerOptions.of(TestContexts.SERVER);
    private static final TlsClientOptions CLIENT =
            TlsClientOptions.defaults().secureContext(TestContexts.CLIENT).servername("localhost");

    private final TlsSocket socket;
    private int drainsOwed;
    private boolean destroyed;
    private ChagresException error;

    TlsSide(ModelRun run, String name, SocketHandle handle, Random random) {
        super(run, name, random);
        int mark = random.nextInt(3) == 0 ? random.nextInt(1000) : DuplexOptions.DEFAULT_HIGH_WATER_MARK;
        Socket below = new Socket(
                handle.loop(),
                ServerOptions.defaults(),
                DuplexOptions.defaults()
                        .highWaterMark(random.nextInt(4) == 0 ? 100 : 65536)
                        .emitClose(false),
                handle,
                null,
                null);
        boolean halfOpen = random.nextBoolean();
        socket = name.equals("one")
                ? TlsSocket.client(below, CLIENT.allowHalfOpen(halfOpen).highWaterMark(mark))
                : TlsSocket.server(below, SERVER.allowHalfOpen(halfOpen).highWaterMark(mark));
        if (random.nextInt(4) == 0) {
            socket.setMaxSendFragment(512 + random.nextInt(4000));
        }
        socket.onData(this::take);
        socket.onEnd(this::end);
        socket.onDrain(this::drained);
        socket.onFinish(() -> react(", at the finish"));
        socket.onError(this::fail);
        socket.onClose(this::close);
    }

    // ---- what it does

    @Override
    void perform(ModelStep step) {
        switch (step.kind()) {
            case WRITE -> write(bytes(step, 1)[0]);
            case WRITE_PIECES -> writeCorked(bytes(step, step.pieces()), step.chance() < 70);
            case TRY_WRITE -> writeAndForget(bytes(step, 1)[0]);
            case PAUSE -> socket.pause();
            case RESUME -> socket.resume();
            case HALF_CLOSE -> socket.end();
            case CLOSE -> destroy(step.chance());
            case RESET -> reset();
            case NOTHING -> socket.uncork();
        }
    }

    private void write(ByteBuffer data) {
        if (!socket.isWritable()) {
            return;
        }
        sent += data.remaining();
        boolean empty = !data.hasRemaining();
        int mine = writes++;
        calling = true;
        boolean goOn = socket.write(data, reason -> wrote(mine, empty, reason));
        calling = false;
        afterWrite(goOn);
    }

    private void writeAndForget(ByteBuffer data) {
        if (socket.isWritable()) {
            sent += data.remaining();
            afterWrite(socket.write(data));
        }
    }

    private void afterWrite(boolean goOn) {
        drainsOwed += goOn ? 0 : 1;
        require(mayFail() || socket.bytesWritten() == sent, "it counts " + socket.bytesWritten() + " bytes");
    }

    private void writeCorked(ByteBuffer[] data, boolean uncork) {
        socket.cork();
        for (ByteBuffer buffer : data) {
            write(buffer);
        }
        if (uncork) {
            socket.uncork();
        }
    }

    private void destroy(int chance) {
        forced = true;
        if (chance < 30) {
            destroyed = true;
            socket.destroy();
        } else if (chance < 60) {
            destroyed = true;
            socket.destroy(new ChagresException("EX", "model"));
        } else {
            socket.destroySoon();
        }
    }

    private void reset() {
        forced = true;
        destroyed = true;
        socket.destroy();
    }

    @Override
    void finish() {
        finishing = true;
        socket.end();
        socket.resume();
    }

    // ---- what happens to it

    private void take(ByteBuffer chunk) {
        require(!ended && !destroyed, "data after the end");
        arrived(chunk);
        require(socket.bytesRead() >= received && socket.bytesRead() <= peer.sent, "it has read " + socket.bytesRead());
        react(", at data");
    }

    private void end() {
        require(!ended && !closed && !destroyed, "a second end");
        ended = true;
        require(peer.forced || received == peer.sent, "the end came early");
        react(", at the end");
    }

    private void drained() {
        require(drainsOwed > 0, "a drain that was not announced");
        require(socket.writableLength() == 0, "a drain, and there are bytes still");
        drainsOwed = 0;
        react(", at the drain");
    }

    private void fail(ChagresException reason) {
        require(error == null && !closed, "a second error");
        require(mayFail(), "an error for no reason: " + reason);
        error = reason;
    }

    private void close(boolean hadError) {
        require((error != null) == hadError, "closed, with " + error);
        closed();
    }

    private void wrote(int write, boolean empty, ChagresException reason) {
        completed(write, empty, reason);
        react(", at a write");
    }

    @Override
    long handedOver() {
        return sent;
    }

    @Override
    void check() {
        super.check();
        if (!mayFail()) {
            require(error == null, "an error: " + error);
            require(socket.bytesRead() == received && socket.bytesWritten() == sent, "it has miscounted");
        }
    }
}
