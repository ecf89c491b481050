package io.chagres.net;

import io.chagres.fixture.Local;
import io.chagres.fixture.UnixPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Where a server listens, for tests of what is the same over TCP and over a Unix socket. */
enum Place {
    TCP,
    UNIX;

    /** A free port of 127.0.0.1, or a name in {@code folder}. */
    ListenOptions in(Path folder) {
        return this == TCP
                ? ListenOptions.at(Local.HOST, 0)
                : ListenOptions.atPath(folder.resolve("socket").toString());
    }

    /** Where {@code server} listens, for a client. */
    ConnectOptions connectTo(Server server) {
        return this == TCP
                ? ConnectOptions.to(Local.HOST, server.address().port())
                : ConnectOptions.toPath(server.path());
    }

    static SocketAddress of(Server server) {
        return server.path() == null
                ? new InetSocketAddress(Local.HOST, server.address().port())
                : UnixDomainSocketAddress.of(server.path());
    }

    static <T> UnixPeer<T> client(Server server, UnixPeer.Conversation<T> conversation) {
        return UnixPeer.client(of(server), conversation);
    }

    /** One more connection to the place that {@code channel} is connected to. */
    static SocketChannel another(SocketChannel channel) throws IOException {
        return SocketChannel.open(channel.getRemoteAddress());
    }
}
