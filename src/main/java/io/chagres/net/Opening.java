package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.HostLookup;
import io.chagres.address.Ip;
import io.chagres.address.Lookup;
import io.chagres.address.SocketAddress;
import io.chagres.handle.Completion;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Origin;
import io.chagres.loop.internal.TimerEntry;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A pending connect of a {@link Socket}: the lookup, then the attempts, and the write, end or reset that its user asked for meanwhile. It
 * is dropped when the connection is established.
 */
final class Opening implements ConnectAttempts.Listener {

    private final Socket socket;
    private final ConnectOptions options;
    private final int port;
    private final @Nullable Origin origin;
    private @Nullable Lookup lookup;
    private @Nullable ConnectAttempts attempts;
    private @Nullable Pipe pipe;
    /** Null if there is no limit but that of the lookup and the kernel. */
    private @Nullable Deadline deadline;

    private boolean asking;
    private boolean answered;
    private boolean over;
    private boolean resetsWhenConnected;
    private ByteBuffer @Nullable [] data;
    private @Nullable Completion written;
    private @Nullable Completion finalDone;

    Opening(Socket socket, ConnectOptions options) {
        this.socket = socket;
        this.options = options;
        this.port = options.port();
        this.origin = LoopCore.of(socket.loop()).residents().origin();
    }

    /** Begins. Even an address that needs no lookup is tried on a tick, so that listeners can be added first. */
    void begin() {
        startDeadline();
        if (options.path() != null) {
            connectPipe(options.path());
            return;
        }
        SocketAddress literal = SocketAddress.ofLiteral(options.requireHost(), port);
        if (literal != null) {
            socket.loop().nextTick(() -> attempt(List.of(literal)));
        } else {
            lookUp(options.requireHost());
        }
    }

    // ---- the time that it may take

    private final class Deadline extends TimerEntry {
        @Override
        protected void fire() {
            onFailed(timeoutError());
        }
    }

    /** Starts the time limit, by the clock: the callback that connects may have worked for long. */
    private void startDeadline() {
        if (options.connectTimeoutMillis() > 0) {
            deadline = new Deadline();
            long micros = TimeUnit.MILLISECONDS.toMicros(options.connectTimeoutMillis());
            LoopCore.of(socket.loop()).timers().startByClock(deadline, micros);
        }
    }

    private ChagresException timeoutError() {
        ChagresException error = new ChagresException(
                "ERR_SOCKET_CONNECTION_TIMEOUT",
                "Socket connection timeout: " + destination() + " after " + options.connectTimeoutMillis() + " ms"
                        + (isLookingUp() ? ", in the lookup" : ""));
        if (attempts != null) {
            attempts.errors().forEach(error::addSuppressed);
        }
        return error;
    }

    private boolean isLookingUp() {
        return attempts == null && pipe == null;
    }

    /** Ends the connect: it is established, or given up. */
    private void end() {
        over = true;
        if (deadline != null) {
            LoopCore.of(socket.loop()).timers().stop(deadline);
            deadline = null;
        }
    }

    /** Returns the destination, as in "localhost:80"; any thread. */
    String destination() {
        return options.destination();
    }

    // ---- a Unix socket

    private void connectPipe(String path) {
        Pipe given = socket.client().takeUnconnected(Pipe.class);
        Pipe connecting = given != null ? given : new Pipe(socket.loop());
        pipe = connecting;
        try {
            connecting.connect(path, error -> pipeConnected(connecting, path, (SystemException) error));
        } catch (SystemException refused) {
            onFailed(SystemException.at(refused.errno(), "connect", path, 0));
        } catch (UsageException tooLong) {
            onFailed(SystemException.at(Errno.EINVAL, "connect", path, 0));
        }
    }

    private void pipeConnected(Pipe pipe, String path, @Nullable SystemException error) {
        if (over) {
            return;
        }
        if (pipe.isClosing()) {
            onFailed(null);
        } else if (error != null) {
            onFailed(SystemException.at(error.errno(), "connect", path, 0));
        } else {
            handOver(pipe, false);
        }
    }

    // ---- the lookup

    private void lookUp(String host) {
        if (options.lookup() != null) {
            ask(options.lookup(), host);
        } else {
            lookup = Lookup.begin(
                    socket.loop(), host, options.lookupOptions(), (found, error) -> lookedUp(host, found, error));
        }
    }

    private void lookedUp(String host, Lookup.@Nullable Addresses found, @Nullable ChagresException error) {
        try {
            answered(
                    host,
                    found == null
                            ? null
                            : found.addresses().stream().map(this::answer).toList(),
                    error);
        } catch (Throwable broken) {
            onBroken(broken);
        }
    }

    /** Asks the user's lookup. An answer inside the call comes before there are listeners: it waits for a tick. */
    private void ask(HostLookup user, String host) {
        asking = true;
        try {
            user.lookup(host, options.lookupOptions(), (answer, error) -> {
                LoopCore.of(socket.loop()).checkThread();
                List<Answer> addresses = answer == null
                        ? null
                        : answer.stream().map(this::answer).toList();
                if (asking) {
                    socket.loop().nextTick(() -> answered(host, addresses, error));
                } else {
                    answered(host, addresses, error);
                }
            });
        } finally {
            asking = false;
        }
    }

    private void answered(String host, @Nullable List<Answer> addresses, @Nullable ChagresException error) {
        if (over || answered) {
            return;
        }
        answered = true;
        lookup = null;
        try {
            goOn(host, addresses, error);
        } catch (Throwable broken) {
            onBroken(broken);
        }
    }

    private void goOn(String host, @Nullable List<Answer> addresses, @Nullable ChagresException error) {
        if (LoopCore.of(socket.loop()).residents().areRefused()) {
            onFailed(null);
        } else if (error != null) {
            socket.client().emitLookup(null, 0, host, error);
            failLater(error);
        } else {
            found(host, Objects.requireNonNull(addresses, "the lookup has answered with two nulls"));
        }
    }

    /**
     * One address of the host.
     *
     * @param remote null if {@code address} and {@code family} are not those of an IP address
     */
    private record Answer(
            @Nullable String address, int family, @Nullable SocketAddress remote) {}

    private Answer answer(SocketAddress found) {
        return new Answer(found.address(), found.isIPv6() ? 6 : 4, found.withPort(port));
    }

    /** Checks an answer of the user's lookup, which may be anything. */
    private Answer answer(HostLookup.@Nullable Address found) {
        if (found == null) {
            return new Answer(null, 0, null);
        }
        boolean isFamily = found.family() == 4 || found.family() == 6;
        return new Answer(
                found.address(), found.family(), isFamily ? SocketAddress.ofLiteral(found.address(), port) : null);
    }

    private void found(String host, List<Answer> addresses) {
        List<SocketAddress> remotes = new ArrayList<>(addresses.size());
        for (Answer found : options.triesAll() || addresses.isEmpty() ? addresses : addresses.subList(0, 1)) {
            socket.client().emitLookup(found.address(), found.family(), host, null);
            if (over) {
                return;
            }
            if (found.remote() != null) {
                remotes.add(found.remote());
            }
        }
        if (remotes.isEmpty()) {
            failLater(invalid(addresses.isEmpty() ? answer((HostLookup.Address) null) : addresses.get(0), host));
        } else {
            attempt(remotes);
        }
    }

    private ChagresException invalid(Answer found, String host) {
        boolean isAddress = Ip.version(found.address()) != 0;
        return new LookupAnswerException(
                isAddress ? "ERR_INVALID_ADDRESS_FAMILY" : "ERR_INVALID_IP_ADDRESS",
                isAddress
                        ? "Invalid address family: " + found.family() + " " + host + ":" + port
                        : "Invalid IP address: " + found.address(),
                host,
                port);
    }

    private void failLater(ChagresException error) {
        socket.loop().nextTick(() -> onFailed(error));
    }

    // ---- the attempts

    private void attempt(List<SocketAddress> remotes) {
        if (over) {
            return;
        }
        if (LoopCore.of(socket.loop()).residents().areRefused()) {
            onFailed(null);
            return;
        }
        socket.touch();
        try {
            attempts = new ConnectAttempts(socket, remotes, options, this);
            attempts.begin();
        } catch (Throwable broken) {
            onBroken(broken);
        }
    }

    @Override
    public @Nullable Origin origin() {
        return origin;
    }

    @Override
    public void onConnected(Tcp connection) {
        handOver(connection, true);
    }

    /** Hands the connection over to the socket, or closes it. */
    private void handOver(SocketHandle connection, boolean hasOptions) {
        end();
        try {
            socket.client().connected(connection, hasOptions);
        } catch (Throwable broken) {
            if (socket.handle() != connection) {
                connection.close();
            }
            socket.destroy(ChagresException.of(broken));
        }
    }

    /** Fails the connect after an Error between two steps: the socket is destroyed with it, as by any failure. */
    @Override
    public void onBroken(Throwable broken) {
        onFailed(ChagresException.of(broken));
    }

    @Override
    public void onFailed(@Nullable ChagresException error) {
        if (!over) {
            socket.destroy(error);
        }
    }

    /** Returns the handle that connects now, or null. */
    @Nullable
    SocketHandle handle() {
        return attempts != null ? attempts.handle() : pipe;
    }

    /** Gives up; called when the socket is destroyed. */
    void cancel() {
        end();
        if (lookup != null) {
            lookup.cancel();
        }
        if (attempts != null) {
            attempts.cancel();
        }
        if (pipe != null) {
            pipe.close();
        }
    }

    // ---- what waits for the connection

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

    void deferReset() {
        resetsWhenConnected = true;
    }

    /** Does what was asked for meanwhile. The socket is connected, unless a connect listener has destroyed it. */
    void catchUp() {
        if (resetsWhenConnected && !socket.isDestroyed()) {
            socket.resetAndDestroy();
        }
        if (socket.isDestroyed()) {
            failWrite();
            return;
        }
        if (data != null && written != null) {
            writeWithHeader(data, written);
        }
        if (finalDone != null) {
            socket.doFinal(finalDone);
        }
    }

    /** Writes the bytes that have waited. The header of the PROXY protocol goes before them, in the same packet, and is not counted. */
    private void writeWithHeader(ByteBuffer[] data, Completion written) {
        ProxyHeader header = options.proxyHeader();
        if (header == null || socket.connection == null) {
            socket.doWriteVector(data, written);
            return;
        }
        ByteBuffer[] all = new ByteBuffer[data.length + 1];
        all[0] = header.encode();
        System.arraycopy(data, 0, all, 1, data.length);
        socket.connection.owe(-all[0].remaining());
        socket.doWriteVector(all, written);
    }

    /** Sends the header of the PROXY protocol, if there is one, and no bytes wait to be sent with it. */
    void sendHeaderAlone(SocketHandle connection) {
        ProxyHeader header = options.proxyHeader();
        if (header != null && data == null) {
            connection.write(header.encode(), error -> {
                if (error != null) {
                    socket.destroy(error);
                }
            });
        }
    }

    /** Fails the write that has waited for the connection. */
    void failWrite() {
        if (written != null) {
            written.onComplete(new ChagresException(
                    "ERR_SOCKET_CLOSED_BEFORE_CONNECTION", "Socket closed before the connection was established"));
        }
    }
}
