package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;

/** Two streams in memory: the bytes that are written to one are read from the other. Node: duplexPair. */
final class MemoryPair {

    private final End client;
    private final End server;

    MemoryPair(Loop loop) {
        client = new End(loop);
        server = new End(loop);
        client.peer = server;
        server.peer = client;
    }

    Duplex client() {
        return client;
    }

    Duplex server() {
        return server;
    }

    private static final class End extends Duplex {

        private End peer;
        private Completion waiting;

        End(Loop loop) {
            super(loop, DuplexOptions.defaults().allowHalfOpen(true));
        }

        /** The peer has room again. */
        @Override
        protected void doRead() {
            Completion done = peer.waiting;
            peer.waiting = null;
            if (done != null) {
                done.onComplete(null);
            }
        }

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
            if (peer.isDestroyed() || peer.push(copy)) {
                loop().nextTick(() -> done.onComplete(null));
            } else {
                waiting = done;
            }
        }

        @Override
        protected void doFinal(Completion done) {
            if (!peer.isDestroyed()) {
                peer.pushEnd();
            }
            done.onComplete(null);
        }

        @Override
        protected void doDestroy(ChagresException error, Completion done) {
            waiting = null;
            if (!isWritableFinished() && !peer.isDestroyed()) {
                peer.pushEnd();
            }
            done.onComplete(error);
        }
    }
}
