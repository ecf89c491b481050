package io.chagres.net;

import io.chagres.handle.Timer;
import io.chagres.loop.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.loop.SystemException;
import io.chagres.sys.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Connects to the first of several addresses that answers, one after the other: each but the last has a quarter of a second
 * to do so. The families take turns, beginning with that of the first address.
 *
 * @see <a href="https://nodejs.org/api/net.html#socketconnectoptions-connectlistener">autoSelectFamily</a>
 */
final class ConnectAttempts {

    private static final long ATTEMPT_MILLIS = 250;

    /** Who is told: once, of the connection or of the failure. */
    interface Listener {
        void onConnected(Tcp connection);

        /** @param error null where the loop was closed meanwhile, which is nobody's fault */
        void onFailed(ChagresException error);
    }

    private final Loop loop;
    private final Deque<SocketAddress> remotes;
    private final SocketAddress local;
    private final Listener listener;
    private final List<ChagresException> errors = new ArrayList<>();
    private Tcp handle;
    private Timer timer;
    private boolean over;

    ConnectAttempts(Loop loop, List<String> addresses, int port, SocketAddress local, Listener listener) {
        this.loop = loop;
        this.local = local;
        this.listener = listener;
        this.remotes = interleaved(addresses, port);
    }

    private static Deque<SocketAddress> interleaved(List<String> addresses, int port) {
        Deque<SocketAddress> leading = new ArrayDeque<>();
        Deque<SocketAddress> other = new ArrayDeque<>();
        for (String address : addresses) {
            SocketAddress remote = new SocketAddress(address, port);
            boolean leads = leading.isEmpty() || leading.peek().isIPv6() == remote.isIPv6();
            (leads ? leading : other).add(remote);
        }
        Deque<SocketAddress> order = new ArrayDeque<>();
        while (!leading.isEmpty() || !other.isEmpty()) {
            if (!leading.isEmpty()) {
                order.add(leading.poll());
            }
            if (!other.isEmpty()) {
                order.add(other.poll());
            }
        }
        return order;
    }

    void begin() {
        SocketAddress remote = remotes.poll();
        handle = new Tcp(loop);
        try {
            if (local != null) {
                bind();
            }
            Tcp attempt = handle;
            handle.connect(remote, error -> connected(attempt, remote, error));
        } catch (SystemException atOnce) {
            boolean wasBind = atOnce.address() != null;
            failed(remote, atOnce, wasBind || handle.fd() < 0 ? null : handle.localAddress());
            return;
        }
        if (!remotes.isEmpty()) {
            timer = Timer.after(loop, ATTEMPT_MILLIS, () -> {
                timer = null;
                failed(remote, SystemException.of(Errno.ETIMEDOUT, "connect"), null);
            });
        }
    }

    /** An address in use shows only when the socket is asked what it got. */
    private void bind() {
        try {
            handle.bind(local);
            handle.localAddress();
        } catch (SystemException busy) {
            throw SystemException.at(busy.errno(), "bind", local.address(), local.port(), "");
        }
    }

    private void connected(Tcp attempt, SocketAddress remote, ChagresException error) {
        if (over || attempt != handle) {
            return;
        }
        stopTimer();
        if (attempt.isClosing()) {
            over = true;
            listener.onFailed(null);
        } else if (error != null) {
            failed(remote, (SystemException) error, local != null && local.port() > 0 ? local : null);
        } else {
            over = true;
            listener.onConnected(attempt);
        }
    }

    /** @param from what Node's text names besides the remote address, or null */
    private void failed(SocketAddress remote, SystemException error, SocketAddress from) {
        String detail = from == null ? "" : " - Local (" + from.address() + ":" + from.port() + ")";
        errors.add(error.address() != null ? error
            : SystemException.at(error.errno(), "connect", remote.address(), remote.port(), detail));
        handle.close();
        if (remotes.isEmpty()) {
            over = true;
            listener.onFailed(together());
        } else {
            begin();
        }
    }

    /** One error as it is; several as Node's AggregateError: no message, the first one's code, all of them inside. */
    private ChagresException together() {
        if (errors.size() == 1) {
            return errors.get(0);
        }
        ChagresException all = new ChagresException(errors.get(0).code(), "");
        errors.forEach(all::addSuppressed);
        return all;
    }

    /** Gives up; nobody is told. */
    void cancel() {
        if (!over) {
            over = true;
            stopTimer();
            if (handle != null) {
                handle.close();
            }
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.close();
            timer = null;
        }
    }
}
