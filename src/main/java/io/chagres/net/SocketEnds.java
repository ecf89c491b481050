package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.address.SocketAddress;
import io.chagres.jfr.Ends;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The addresses of a handle, for the events of JDK Flight Recorder. A handle that is closed has none. */
record SocketEnds(SocketHandle handle) implements Ends {

    /** Returns the ends of a stream that is a connected socket, otherwise {@link Ends#NONE}. */
    static Ends of(Object stream) {
        SocketHandle handle = stream instanceof Socket socket ? socket.handle() : null;
        return handle == null ? NONE : of((Socket) stream, handle);
    }

    /** Returns the ends of the client that a load balancer has named, otherwise those of the handle. */
    static Ends of(Socket socket, SocketHandle handle) {
        ProxyHeader header = SocketSettings.clientHeaderOf(socket);
        return header == null ? new SocketEnds(handle) : new KnownEnds(header.destination(), header.source());
    }

    @Override
    public @Nullable String localAddress() {
        return ask(() -> handle instanceof Pipe pipe ? pipe.localName() : textOf(handle.localAddress()));
    }

    @Override
    public int localPort() {
        return portOf(ask(handle::localAddress));
    }

    @Override
    public @Nullable String remoteAddress() {
        return ask(() -> handle instanceof Pipe pipe ? pipe.remoteName() : textOf(handle.peer()));
    }

    @Override
    public int remotePort() {
        return portOf(ask(handle::peer));
    }

    /** The kernel may refuse, since the peer has gone already. */
    private static <T> @Nullable T ask(Supplier<? extends @Nullable T> question) {
        try {
            return question.get();
        } catch (ChagresException unknown) {
            return null;
        }
    }

    static @Nullable String textOf(@Nullable SocketAddress address) {
        return address == null ? null : address.address();
    }

    static int portOf(@Nullable SocketAddress address) {
        return address == null ? 0 : address.port();
    }
}
