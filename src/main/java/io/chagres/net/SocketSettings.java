package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.internal.Listeners;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.DeferredOptions;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import io.chagres.stream.Duplex;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Socket}, except noDelay. They are applied to its handle at once if there is one, and kept for the handle of
 * a later connect. Settings of TCP are only kept by a Unix socket.
 */
final class SocketSettings {

    private static final long MILLIS_PER_SECOND = 1000;

    private KeepAlive keepAlive = KeepAlive.OFF;
    private boolean referenced = true;
    /** -1 if none was set. */
    private int typeOfService = -1;
    /** The other options that were set. */
    private DeferredOptions options = DeferredOptions.NONE;

    @Nullable
    Listeners<Runnable> timeoutListeners;
    /** The stream over the socket that answers for it, see {@link Socket#setLayer}; or null. */
    @Nullable
    Duplex layer;
    /** The header of the PROXY protocol that the connection began with, or null. */
    @Nullable
    ProxyHeader proxyHeader;

    /** Returns the settings of a connection that has begun with {@code header}; null, for the defaults, without one. */
    static @Nullable SocketSettings of(@Nullable ProxyHeader header) {
        if (header == null) {
            return null;
        }
        SocketSettings settings = new SocketSettings();
        settings.proxyHeader = header;
        return settings;
    }

    /** Returns the header of {@code socket} if it names a client; null if the addresses of the connection itself count; any thread. */
    static @Nullable ProxyHeader clientHeaderOf(Socket socket) {
        SocketSettings settings = socket.settings;
        ProxyHeader header = settings == null ? null : settings.proxyHeader;
        return header != null && header.namesClient() ? header : null;
    }

    void setLayer(@Nullable Duplex over, Socket socket) {
        if (over == socket || over != null && over.loop() != socket.loop()) {
            throw new UsageException("EINVAL", "a layer is another stream of the same loop. Received " + over);
        }
        layer = over;
    }

    /** Forgets what belongs to one connection only. */
    void endLife() {
        layer = null;
        proxyHeader = null;
    }

    /** Returns the keep-alive of Node's arguments: whole seconds, as TCP_KEEPIDLE has them. */
    static KeepAlive keepAlive(boolean on, long initialDelayMillis) {
        if (!on) {
            return KeepAlive.OFF;
        }
        long seconds = Math.min(initialDelayMillis / MILLIS_PER_SECOND, KeepAlive.MAX_TIME.toSeconds());
        return seconds <= 0 ? KeepAlive.ON : KeepAlive.ON.idle(Duration.ofSeconds(seconds));
    }

    void setKeepAlive(KeepAlive wanted, @Nullable SocketHandle handle) {
        if (!wanted.equals(keepAlive) && handle != null && handle.has(SocketOption.KEEP_ALIVE)) {
            handle.set(SocketOption.KEEP_ALIVE, wanted);
        }
        keepAlive = wanted;
    }

    void setTypeOfService(int tos, @Nullable SocketHandle handle) {
        if (handle != null && handle.has(SocketOption.TRAFFIC_CLASS)) {
            handle.set(SocketOption.TRAFFIC_CLASS, tos);
        }
        typeOfService = tos;
    }

    int typeOfService(@Nullable SocketHandle handle) {
        return handle != null && handle.has(SocketOption.TRAFFIC_CLASS)
                ? handle.get(SocketOption.TRAFFIC_CLASS)
                : Math.max(typeOfService, 0);
    }

    <T> void set(SocketOption<T> option, T value, @Nullable SocketHandle handle) {
        if (handle != null && handle.fd() >= 0) {
            handle.set(option, value);
        }
        options = options.with(option, value);
    }

    /** Returns the value that was set; throws EBADF, which names {@code socket}, if none was. */
    <T> T kept(SocketOption<T> option, Socket socket) {
        T kept = options.valueOf(option);
        if (kept == null) {
            throw new UsageException("EBADF", "get of " + option + " without a connection: " + socket);
        }
        return kept;
    }

    /** Calls the listeners of the timeout. */
    void emitTimeout() {
        Listeners<Runnable> called = timeoutListeners;
        timeoutListeners = Listeners.lasting(called);
        Listeners.run(called);
    }

    void setReferenced(boolean wanted, @Nullable SocketHandle handle) {
        referenced = wanted;
        if (handle != null) {
            applyReferenced(handle);
        }
    }

    private void applyReferenced(SocketHandle handle) {
        if (referenced) {
            handle.ref();
        } else {
            handle.unref();
        }
    }

    /**
     * Sets the options of the kernel's socket: over TCP before it connects, since some take effect only then.
     *
     * @throws SystemException the first error of setsockopt(2)
     */
    void applyOptions(SocketHandle handle) {
        if (typeOfService >= 0 && handle.has(SocketOption.TRAFFIC_CLASS)) {
            handle.set(SocketOption.TRAFFIC_CLASS, typeOfService);
        }
        options.applyTo(handle::set);
    }

    /**
     * Applies the other settings to an established connection.
     *
     * @throws SystemException the error of setsockopt(2)
     */
    void applyConnected(SocketHandle handle) {
        applyReferenced(handle);
        if (keepAlive.isOn() && handle.has(SocketOption.KEEP_ALIVE)) {
            handle.set(SocketOption.KEEP_ALIVE, keepAlive);
        }
    }
}
