package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.socket.ConnectionListener;
import io.chagres.socket.DescriptorKind;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.sys.Errno;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a listening handle from the options of a listen. If this fails, nothing is left open, and the error is Node's:
 * {@code listen EADDRINUSE: address already in use 127.0.0.1:80}, with address and port. Of a path they are the path and -1.
 */
final class Binding {

    private static final String ALL_IPV6 = "::";
    private static final String ALL_IPV4 = "0.0.0.0";
    private static final int NO_PORT = -1;

    private final Loop loop;
    private final ListenOptions where;
    private final ConnectionListener listener;

    Binding(Loop loop, ListenOptions where, ConnectionListener listener) {
        this.loop = loop;
        this.where = where;
        this.listener = listener;
    }

    /** Listens at the place of the options. For a host that must be looked up first, see {@link #onFirst}. */
    SocketHandle listen() {
        if (where.handle() != null) {
            return listen(where.handle(), null, NO_PORT, () -> {});
        }
        if (where.isDescriptor()) {
            return onDescriptor(where.fd());
        }
        if (where.path() != null) {
            return onPath(where.path());
        }
        return where.host() == null ? onAll() : onAddress(new SocketAddress(where.host(), where.port()));
    }

    /** Listens on the first address; on a link-local one, which would need a zone, only if there is no other. */
    SocketHandle onFirst(List<SocketAddress> addresses) {
        return onAddress(preferred(addresses).withPort(where.port()));
    }

    static SocketAddress preferred(List<SocketAddress> addresses) {
        return addresses.stream()
                .filter(address -> !address.isLinkLocal())
                .findFirst()
                .orElse(addresses.getFirst());
    }

    // ---- places

    /** Listens on IPv6, which takes IPv4 connections too; on IPv4 if the system has no IPv6. */
    private SocketHandle onAll() {
        Tcp tcp = new Tcp(loop);
        try {
            bind(tcp, new SocketAddress(ALL_IPV6, where.port()));
        } catch (SystemException noIPv6) {
            tcp.close();
            return onAddress(new SocketAddress(ALL_IPV4, where.port()));
        }
        return listen(tcp, ALL_IPV6, where.port(), () -> {});
    }

    private SocketHandle onAddress(SocketAddress local) {
        Tcp tcp = new Tcp(loop);
        return listen(tcp, local.address(), local.port(), () -> bind(tcp, local));
    }

    private void bind(Tcp tcp, SocketAddress local) {
        if (where.reusePort()) {
            tcp.set(SocketOption.SO_REUSEPORT, true);
        }
        tcp.bind(local, where.ipv6Only() && local.isIPv6());
    }

    /** Sets the mode of the file before the listen, so that no client is refused for the mode that it had. */
    private SocketHandle onPath(String path) {
        Pipe pipe = new Pipe(loop);
        return listen(pipe, path, NO_PORT, () -> {
            bind(pipe, path);
            if (where.opensToAll()) {
                pipe.chmod(where.readableAll(), where.writableAll());
            }
        });
    }

    /** Binds. A path that is too long, or no name at all, is an error of the listen, as in Node. */
    private static void bind(Pipe pipe, String path) {
        try {
            pipe.bind(path);
        } catch (UsageException noName) {
            throw SystemException.of(Errno.EINVAL, "bind");
        }
    }

    private SocketHandle onDescriptor(int fd) {
        DescriptorKind kind = DescriptorKind.of(fd);
        if (kind != DescriptorKind.TCP && kind != DescriptorKind.PIPE) {
            throw SystemException.described(Errno.EINVAL, "listen", null, NO_PORT);
        }
        return listen(GivenDescriptor.open(loop, fd), null, NO_PORT, () -> {});
    }

    // ---- steps

    private SocketHandle listen(SocketHandle handle, @Nullable String address, int port, Runnable opening) {
        try {
            opening.run();
            handle.listen(where.backlog(), listener);
            if (where.epollExclusive()) {
                handle.acceptExclusively();
            }
        } catch (SystemException refused) {
            abandon(handle);
            throw SystemException.described(refused.errno(), "listen", address, port, handle.remark());
        } catch (Throwable wrong) {
            abandon(handle);
            throw wrong;
        }
        return handle;
    }

    /** Closes the handle of a failed listen. A descriptor that was given to it stays open, in the mode that it had. */
    private void abandon(SocketHandle handle) {
        if (where.isDescriptor()) {
            handle.giveBack();
        } else {
            handle.close();
        }
    }
}
