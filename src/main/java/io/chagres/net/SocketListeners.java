package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import io.chagres.stream.Readable;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The events of a socket: those of a duplex, and its own. */
abstract sealed class SocketListeners extends Duplex permits SocketControls {

    private ClientSide client;
    private Listeners<Runnable> timeoutListeners;

    SocketListeners(Loop loop, DuplexOptions options) {
        super(loop, options);
    }

    final Socket self() {
        return (Socket) this;
    }

    /** Made when it is first needed. */
    final ClientSide client() {
        if (client == null) {
            client = new ClientSide();
        }
        return client;
    }

    /** Null where it was never needed. */
    final ClientSide clientOrNull() {
        return client;
    }

    // ---- of a connect

    /**
     * Adds a listener for what the lookup of a host has found: once per address, or once with the error. There is none where
     * the host is an IP address.
     */
    public Socket onLookup(LookupListener listener) {
        checkThread();
        client().lookupListeners =
                Listeners.add(client().lookupListeners, UsageException.requireArgument(listener, "listener"));
        return self();
    }

    /** Takes a listener of {@link #onLookup} off. */
    public void offLookup(LookupListener listener) {
        checkThread();
        UsageException.requireArgument(listener, "listener");
        if (client != null) {
            client.lookupListeners = Listeners.remove(client.lookupListeners, listener);
        }
    }

    /** Adds a listener for "an address is tried", over TCP: several times where there are several addresses. */
    public Socket onConnectionAttempt(Consumer<? super SocketAddress> listener) {
        checkThread();
        client().attemptListeners =
                Listeners.add(client().attemptListeners, UsageException.requireArgument(listener, "listener"));
        return self();
    }

    /** Takes a listener of {@link #onConnectionAttempt} off. */
    public void offConnectionAttempt(Consumer<? super SocketAddress> listener) {
        checkThread();
        UsageException.requireArgument(listener, "listener");
        if (client != null) {
            client.attemptListeners = Listeners.remove(client.attemptListeners, listener);
        }
    }

    /** Adds a listener for "an address was tried in vain"; where it was the last, {@link #onError} follows. */
    public Socket onConnectionAttemptFailed(BiConsumer<? super SocketAddress, ? super ChagresException> listener) {
        checkThread();
        client().attemptFailedListeners =
                Listeners.add(client().attemptFailedListeners, UsageException.requireArgument(listener, "listener"));
        return self();
    }

    /** Takes a listener of {@link #onConnectionAttemptFailed} off. */
    public void offConnectionAttemptFailed(BiConsumer<? super SocketAddress, ? super ChagresException> listener) {
        checkThread();
        UsageException.requireArgument(listener, "listener");
        if (client != null) {
            client.attemptFailedListeners = Listeners.remove(client.attemptFailedListeners, listener);
        }
    }

    /** Adds a listener for "an address took too long, and the next is tried": {@link ConnectOptions#autoSelectFamily}. */
    public Socket onConnectionAttemptTimeout(Consumer<? super SocketAddress> listener) {
        checkThread();
        client().attemptTimeoutListeners =
                Listeners.add(client().attemptTimeoutListeners, UsageException.requireArgument(listener, "listener"));
        return self();
    }

    /** Takes a listener of {@link #onConnectionAttemptTimeout} off. */
    public void offConnectionAttemptTimeout(Consumer<? super SocketAddress> listener) {
        checkThread();
        UsageException.requireArgument(listener, "listener");
        if (client != null) {
            client.attemptTimeoutListeners = Listeners.remove(client.attemptTimeoutListeners, listener);
        }
    }

    /** Adds a listener for "it is connected". */
    public Socket onConnect(Runnable listener) {
        checkThread();
        client().connectListeners =
                Listeners.add(client().connectListeners, UsageException.requireArgument(listener, "listener"));
        return self();
    }

    /** Takes a listener of {@link #onConnect}, or one that was passed to {@code connect}, off. */
    public void offConnect(Runnable listener) {
        checkThread();
        UsageException.requireArgument(listener, "listener");
        if (client != null) {
            client.connectListeners = Listeners.remove(client.connectListeners, listener);
        }
    }

    final void onceConnect(Runnable listener) {
        onConnect(new Listeners.Once(listener));
    }

    /** Adds a listener for "it is ready to be used", right after {@link #onConnect}. */
    public Socket onReady(Runnable listener) {
        checkThread();
        client().readyListeners =
                Listeners.add(client().readyListeners, UsageException.requireArgument(listener, "listener"));
        return self();
    }

    /** Takes a listener of {@link #onReady} off. */
    public void offReady(Runnable listener) {
        checkThread();
        UsageException.requireArgument(listener, "listener");
        if (client != null) {
            client.readyListeners = Listeners.remove(client.readyListeners, listener);
        }
    }

    final void emitLookup(String address, int family, String host, ChagresException error) {
        tellEach(
                client == null ? null : client.lookupListeners,
                listener -> listener.onLookup(address, family, host, error));
    }

    final void emitAttempt(SocketAddress remote) {
        tellEach(client == null ? null : client.attemptListeners, listener -> listener.accept(remote));
    }

    final void emitAttemptFailed(SocketAddress remote, ChagresException error) {
        tellEach(client == null ? null : client.attemptFailedListeners, listener -> listener.accept(remote, error));
    }

    final void emitAttemptTimeout(SocketAddress remote) {
        tellEach(client == null ? null : client.attemptTimeoutListeners, listener -> listener.accept(remote));
    }

    /** What a listener throws goes to the loop's uncaught handler, and keeps nobody from going on. */
    private <L> void tellEach(Listeners<L> listeners, Consumer<L> call) {
        try {
            for (var at = listeners; at != null; at = at.next()) {
                call.accept(at.listener());
            }
        } catch (Throwable thrown) {
            LoopCore.of(loop()).callbacks().raise(thrown);
        }
    }

    private void emit(Listeners<Runnable> listeners) {
        try {
            Listeners.run(listeners);
        } catch (Throwable thrown) {
            io.chagres.loop.internal.LoopCore.of(loop()).callbacks().raise(thrown);
        }
    }

    final void emitConnect() {
        if (client != null) {
            Listeners<Runnable> told = client.connectListeners;
            client.connectListeners = Listeners.lasting(told);
            emit(told);
        }
    }

    final void emitReady() {
        if (client != null) {
            emit(client.readyListeners);
        }
    }

    // ---- of idleness

    /** Adds a listener for idleness, see {@link Socket#setTimeout(long)}. */
    public Socket onTimeout(Runnable listener) {
        checkThread();
        timeoutListeners = Listeners.add(timeoutListeners, UsageException.requireArgument(listener, "listener"));
        return self();
    }

    final void onceTimeout(Runnable listener) {
        onTimeout(new Listeners.Once(listener));
    }

    /** Takes a listener of {@link #onTimeout}, or one that was passed to {@code setTimeout}, off. */
    public void offTimeout(Runnable listener) {
        checkThread();
        timeoutListeners = Listeners.remove(timeoutListeners, UsageException.requireArgument(listener, "listener"));
    }

    final void emitTimeout() {
        Listeners<Runnable> told = timeoutListeners;
        timeoutListeners = Listeners.lasting(told);
        emit(told);
    }

    /** Whoever waited for one event of this connection waits in vain. */
    final void forgetThoseToldOnce() {
        timeoutListeners = Listeners.lasting(timeoutListeners);
        if (client != null) {
            client.connectListeners = Listeners.lasting(client.connectListeners);
        }
    }

    // ---- of a duplex

    @Override
    public Socket onData(Consumer<? super ByteBuffer> listener) {
        super.onData(listener);
        return self();
    }

    @Override
    public Socket onText(Charset charset, Consumer<String> listener) {
        super.onText(charset, listener);
        return self();
    }

    @Override
    public Socket onPause(Runnable listener) {
        super.onPause(listener);
        return self();
    }

    @Override
    public Socket onResume(Runnable listener) {
        super.onResume(listener);
        return self();
    }

    @Override
    public Socket onReadable(Runnable listener) {
        super.onReadable(listener);
        return self();
    }

    @Override
    public Socket onEnd(Runnable listener) {
        super.onEnd(listener);
        return self();
    }

    @Override
    public Socket onDrain(Runnable listener) {
        super.onDrain(listener);
        return self();
    }

    @Override
    public Socket onPrefinish(Runnable listener) {
        super.onPrefinish(listener);
        return self();
    }

    @Override
    public Socket onFinish(Runnable listener) {
        super.onFinish(listener);
        return self();
    }

    @Override
    public Socket onPipe(Consumer<? super Readable> listener) {
        super.onPipe(listener);
        return self();
    }

    @Override
    public Socket onUnpipe(Consumer<? super Readable> listener) {
        super.onUnpipe(listener);
        return self();
    }

    @Override
    public Socket onError(Consumer<? super ChagresException> listener) {
        super.onError(listener);
        return self();
    }

    @Override
    public Socket onClose(CloseListener listener) {
        super.onClose(listener);
        return self();
    }

    @Override
    public Socket destroy() {
        super.destroy();
        return self();
    }

    @Override
    public Socket destroy(ChagresException error) {
        super.destroy(error);
        return self();
    }
}
