package io.chagres.net;

import io.chagres.address.SocketAddress;
import io.chagres.fixture.Local;
import io.chagres.fixture.PipePair;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.sys.Sockets;
import java.util.Random;

/** Connections for runs of a model: many with buffers in the kernel that are soon full. */
final class ModelWires {

    private static final int[] TCP_BUFFERS = {0, 16 * 1024, 128 * 1024};
    private static final int[] UNIX_BUFFERS = {0, 1, 16 * 1024};

    private ModelWires() {}

    /** Over TCP, by {@code listener}. */
    static ModelRuns.Wire tcp(Tcp listener) {
        Tcp[] accepted = new Tcp[1];
        listener.bind(new SocketAddress(Local.HOST, 0));
        listener.listen(16, _ -> {
            accepted[0] = new Tcp(listener.loop());
            listener.accept(accepted[0]);
            listener.loop().stop();
        });
        listener.unref();
        return (loop, random) -> {
            SocketHandle[] pair = {connect(loop, listener, random, accepted), accepted[0]};
            accepted[0] = null;
            return pair;
        };
    }

    private static Tcp connect(Loop loop, Tcp listener, Random random, Tcp[] accepted) {
        Tcp client = new Tcp(loop);
        client.setNoDelay(true);
        int size = TCP_BUFFERS[random.nextInt(TCP_BUFFERS.length)];
        if (size > 0) {
            client.set(SocketOption.SO_SNDBUF, size);
        }
        client.connect(listener.localAddress(), error -> loop.stop());
        while (client.isConnecting() || accepted[0] == null) {
            loop.run();
        }
        accepted[0].setNoDelay(true);
        if (size > 0) {
            accepted[0].set(SocketOption.SO_SNDBUF, size);
        }
        return client;
    }

    /** Over a socketpair(2); some of the streams carry descriptors. */
    static SocketHandle[] unix(Loop loop, Random random) {
        PipePair pair = PipePair.of(loop, random.nextInt(4) == 0);
        int size = UNIX_BUFFERS[random.nextInt(UNIX_BUFFERS.length)];
        if (size > 0) {
            Sockets.setsockopt(pair.one().fd(), Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, size);
            Sockets.setsockopt(pair.other().fd(), Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, size);
        }
        return new SocketHandle[] {pair.one(), pair.other()};
    }
}
