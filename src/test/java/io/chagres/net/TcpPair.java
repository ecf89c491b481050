package io.chagres.net;

import io.chagres.loop.Loop;
import io.chagres.loop.SystemException;
import io.chagres.stream.ReadListener;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Two connected handles of one loop, the listener gone, and listeners of reads in few words. */
record TcpPair(Tcp client, Tcp accepted) {

    /** Runs {@code loop} until the two are connected. */
    static TcpPair connected(Loop loop) {
        Tcp listener = listening(loop);
        Tcp accepted = new Tcp(loop);
        Tcp client = new Tcp(loop);
        listener.listen(1, () -> {
            listener.accept(accepted);
            listener.close();
            stopWhenBoth(loop, client, accepted);
        });
        client.connect(listener.localAddress(), error -> stopWhenBoth(loop, client, accepted));
        loop.run();
        return new TcpPair(client, accepted);
    }

    private static void stopWhenBoth(Loop loop, Tcp client, Tcp accepted) {
        if (!client.isConnecting() && accepted.fd() >= 0) {
            loop.stop();
        }
    }

    /** A handle that is bound to a free port of 127.0.0.1. */
    static Tcp listening(Loop loop) {
        Tcp listener = new Tcp(loop);
        listener.bind(new SocketAddress(Local.HOST, 0));
        return listener;
    }

    void close() {
        client.close();
        accepted.close();
    }

    /** Reads until the end: {@code onBytes} gets what comes, {@code onEnd} runs at the end, an error is a failure. */
    static ReadListener reader(Consumer<ByteBuffer> onBytes, Runnable onEnd) {
        return reader(onBytes, onEnd, error -> {
            throw error;
        });
    }

    static ReadListener reader(Consumer<ByteBuffer> onBytes, Runnable onEnd, Consumer<SystemException> onError) {
        return new ReadListener() {
            @Override
            public ByteBuffer onAllocate(int suggestedSize) {
                return ByteBuffer.allocate(suggestedSize);
            }

            @Override
            public void onRead(int count, ByteBuffer buffer) {
                onBytes.accept(buffer.slice(buffer.position(), count));
            }

            @Override
            public void onEnd() {
                onEnd.run();
            }

            @Override
            public void onError(SystemException error) {
                onError.accept(error);
            }
        };
    }
}
