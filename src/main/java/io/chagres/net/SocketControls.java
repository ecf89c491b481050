package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;

/** What can be set on a socket: options of the kernel's socket, the idle timeout, and whether the loop waits for it. */
abstract sealed class SocketControls extends SocketListeners permits ConnectableSocket {

    /** Null where nothing but {@link #noDelay} was set, which is not in it since most servers set that. */
    private SocketSettings settings;

    private boolean noDelay;
    private IdleTimeout idle;

    SocketControls(Loop loop, DuplexOptions options) {
        super(loop, options);
    }

    private SocketSettings settings() {
        if (settings == null) {
            settings = new SocketSettings();
        }
        return settings;
    }

    /** The handle of the connection; null where there is none. */
    abstract SocketHandle handle();

    /** As {@link #handle()}; while it connects, the handle that does. */
    abstract SocketHandle target();

    /** The bytes that wait in the connection's handle. */
    abstract long queueSize();

    /** As {@link #setNoDelay(boolean)}, with true. */
    public Socket setNoDelay() {
        return setNoDelay(true);
    }

    /** Sends small writes at once; kept until it is connected. No system call where it is so already, or over a Unix socket. */
    public Socket setNoDelay(boolean on) {
        checkThread();
        if (on != noDelay && handle() != null && handle().has(SocketOption.TCP_NODELAY)) {
            handle().set(SocketOption.TCP_NODELAY, on);
        }
        noDelay = on;
        return self();
    }

    /**
     * Probes a silent peer; kept until it is connected. No system call where it is so already, or over a Unix socket.
     *
     * @param initialDelayMillis the silence before the first probe, cut to whole seconds; 0 leaves what the system has
     */
    public Socket setKeepAlive(boolean on, long initialDelayMillis) {
        return setKeepAlive(SocketSettings.keepAlive(on, initialDelayMillis));
    }

    /**
     * As {@link #setKeepAlive(boolean, long)}, with the interval and the count of probes.
     *
     * @throws UsageException EINVAL where a number is out of range
     */
    public Socket setKeepAlive(KeepAlive keepAlive) {
        checkThread();
        SocketOption.KEEP_ALIVE.require(UsageException.requireArgument(keepAlive, "keepAlive"));
        settings().setKeepAlive(keepAlive, handle());
        return self();
    }

    /**
     * Sets the type of service, the DSCP and ECN bits of IP; kept until it connects. No system call over a Unix socket.
     *
     * @param tos 0 to 255
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public Socket setTypeOfService(int tos) {
        checkThread();
        settings().setTypeOfService(SocketOptions.requireTypeOfService(tos, "tos"), handle());
        return self();
    }

    /** The type of service as the kernel has it, which may keep ECN bits to itself; without a connection, what was set, or 0. */
    public int getTypeOfService() {
        checkThread();
        return settings().typeOfService(handle());
    }

    /**
     * Sets an option of the kernel's socket. What is set before it connects is told before connect(2), to each socket that is
     * tried; over a Unix socket, when it is connected.
     *
     * @throws UsageException EINVAL where {@code value} is null or out of range
     * @throws SystemException what the kernel says; where it says so in a connect, that fails with it
     */
    public <T> Socket set(SocketOption<T> option, T value) {
        checkThread();
        UsageException.requireArgument(option, "option").require(UsageException.requireArgument(value, "value"));
        settings().set(option, value, target());
        return self();
    }

    /**
     * An option as the kernel has it; without a connection, what was set.
     *
     * @throws UsageException EBADF where there is no connection and it was not set
     * @throws SystemException ENOPROTOOPT and others of getsockopt(2)
     */
    public <T> T get(SocketOption<T> option) {
        checkThread();
        T kept = handle() != null ? null : settings().kept(UsageException.requireArgument(option, "option"));
        if (kept == null && handle() == null) {
            throw new UsageException("EBADF", "get of " + option + " without a connection: " + this);
        }
        return kept != null ? kept : handle().get(option);
    }

    /** As {@link #setTimeout(long)}; {@code onTimeout} runs once, at the next timeout. With 0 it is taken off again. */
    public Socket setTimeout(long millis, Runnable onTimeout) {
        checkThread();
        IdleTimeout.requireMillis(millis, "millis");
        UsageException.requireArgument(onTimeout, "onTimeout");
        if (millis > 0 && !isDestroyed()) {
            onceTimeout(onTimeout);
        } else {
            offTimeout(onTimeout);
        }
        return setTimeout(millis);
    }

    /**
     * Calls {@link #onTimeout} when nothing has happened on the socket for {@code millis}; 0 turns it off. The socket stays open:
     * a listener closes it if that is wanted.
     *
     * <p>The time counts from this call, and again from each read and write, by the clock: a listener that works longer than
     * {@code millis} and then answers has the whole time after its answer. While the kernel takes bytes of a queued write, the
     * timeout does not come; a write may have been queued before this call. The timeout does not keep the loop alive.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code millis} is negative
     */
    public Socket setTimeout(long millis) {
        checkThread();
        IdleTimeout.requireMillis(millis, "millis");
        if (isDestroyed()) {
            return self();
        }
        if (millis > 0) {
            if (idle == null) {
                idle = new IdleTimeout(LoopCore.of(loop()), this::queueSize, this::emitTimeout);
            }
            idle.start(millis);
        } else if (idle != null) {
            idle.stop();
        }
        return self();
    }

    /** The timeout that was set, in milliseconds; 0 where there is none. */
    public long timeoutMillis() {
        checkThread();
        return idle == null ? 0 : idle.millis();
    }

    /** There was activity. */
    final void touch() {
        if (idle != null) {
            idle.touch();
        }
    }

    /** A write was begun or has finished, and {@code queued} bytes wait. */
    final void wrote(long queued) {
        if (idle != null) {
            idle.wrote(queued);
        }
    }

    final void endTimeout() {
        if (idle != null) {
            idle.stop();
            idle = null;
        }
    }

    /** Makes the loop run as long as it is read; it does from the start. */
    public Socket ref() {
        checkThread();
        settings().setReferenced(true, handle());
        return self();
    }

    /** Makes the loop not run for it alone. */
    public Socket unref() {
        checkThread();
        settings().setReferenced(false, handle());
        return self();
    }

    // ---- a layer

    /**
     * Names the stream that is layered over this socket, a TLS stream for example, and answers for it when its server closes.
     *
     * <p>{@link Server#close(java.time.Duration)}, {@link Server#closeIdleConnections()} and {@link Server#closeAllConnections()}
     * ask the layer instead of the socket whether it {@linkplain Duplex#isIdle() is idle}, and end or destroy the layer, so that it
     * can send its own farewell. A layer that ends must end the socket when its last bytes are written. After a layer that was
     * destroyed, the socket is destroyed too. Of several layers, one over the other, the topmost is named. A layer that is
     * destroyed no longer answers, and the socket does so again. Has no effect on a later connection of this socket.
     *
     * @param layer a stream over this socket, or over another layer of it; null for none, as at first
     * @return this socket
     * @throws UsageException EINVAL if it is this socket, or a stream of another loop
     */
    public Socket setLayer(Duplex layer) {
        checkThread();
        if (layer == self() || layer != null && layer.loop() != loop()) {
            throw new UsageException("EINVAL", "a layer is another stream of the same loop. Received " + layer);
        }
        client().layer = layer;
        return self();
    }

    /** The stream that {@link #setLayer} has named, or null. */
    public Duplex layer() {
        checkThread();
        return clientOrNull() == null ? null : clientOrNull().layer;
    }

    /** What a server that closes deals with: the layer, or this. */
    final Duplex top() {
        Duplex layer = layer();
        return layer == null || layer.isDestroyed() ? self() : layer;
    }

    final boolean isIdleOnTop() {
        return top().isIdle();
    }

    /** What the layer writes at once, as it is destroyed, still goes out. */
    final void destroyFromTop() {
        top().destroy();
        destroy();
    }

    // ---- of a connect

    /** Sets the options of the kernel's socket. */
    final void applyOptions(SocketHandle handle) {
        if (settings != null) {
            settings.applyOptions(handle);
        }
    }

    /** Applies the settings to an established connection; a refused one destroys the socket. */
    final void applyConnected(SocketHandle handle, boolean hasOptions) {
        try {
            if (!hasOptions) {
                applyOptions(handle);
            }
            if (noDelay && handle.has(SocketOption.TCP_NODELAY)) {
                handle.set(SocketOption.TCP_NODELAY, true);
            }
            if (settings != null) {
                settings.applyConnected(handle);
            }
        } catch (SystemException refused) {
            destroy(refused);
        }
    }
}
