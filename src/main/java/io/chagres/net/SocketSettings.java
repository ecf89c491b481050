package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.socket.DeferredOptions;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import java.time.Duration;

/**
 * What a socket's user has set: told to the handle at once where there is one and it is news, and kept for the handle that
 * there will be. Over a Unix socket there is no TCP to be told: what is about that is only kept.
 */
final class SocketSettings {

    private static final long MILLIS_PER_SECOND = 1000;

    private KeepAlive keepAlive = KeepAlive.OFF;
    private boolean referenced = true;
    /** -1 where none was set. */
    private int typeOfService = -1;
    /** The other options that were set. */
    private DeferredOptions options = DeferredOptions.NONE;

    /** Whole seconds, as TCP_KEEPIDLE has them; a negative time is none. */
    static KeepAlive keepAlive(boolean on, long initialDelayMillis) {
        if (!on) {
            return KeepAlive.OFF;
        }
        long seconds = Math.min(initialDelayMillis / MILLIS_PER_SECOND, KeepAlive.MAX_TIME.toSeconds());
        return seconds <= 0 ? KeepAlive.ON : KeepAlive.ON.idle(Duration.ofSeconds(seconds));
    }

    void setKeepAlive(KeepAlive wanted, SocketHandle handle) {
        if (!wanted.equals(keepAlive) && takes(SocketOption.KEEP_ALIVE, handle)) {
            handle.set(SocketOption.KEEP_ALIVE, wanted);
        }
        keepAlive = wanted;
    }

    <T> void set(SocketOption<T> option, T value, SocketHandle handle) {
        if (handle != null && handle.fd() >= 0) {
            handle.set(option, value);
        }
        options = options.with(option, value);
    }

    /** What was set, or null. */
    <T> T kept(SocketOption<T> option) {
        return options.valueOf(option);
    }

    void setTypeOfService(int tos, SocketHandle handle) {
        if (takes(SocketOption.TRAFFIC_CLASS, handle)) {
            handle.set(SocketOption.TRAFFIC_CLASS, tos);
        }
        typeOfService = tos;
    }

    int typeOfService(SocketHandle handle) {
        return takes(SocketOption.TRAFFIC_CLASS, handle)
                ? handle.get(SocketOption.TRAFFIC_CLASS)
                : Math.max(typeOfService, 0);
    }

    void setReferenced(boolean wanted, SocketHandle handle) {
        referenced = wanted;
        if (handle != null) {
            tellReferenced(handle);
        }
    }

    private void tellReferenced(SocketHandle handle) {
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

    /** Returns whether there is a handle, of a kind that has {@code option}: Unix sockets have none of TCP. */
    private static boolean takes(SocketOption<?> option, SocketHandle handle) {
        return handle != null && handle.has(option);
    }

    /**
     * Applies what concerns an established connection.
     *
     * @throws SystemException the first error of setsockopt(2)
     */
    void applyConnected(SocketHandle handle) {
        tellReferenced(handle);
        if (keepAlive.isOn() && takes(SocketOption.KEEP_ALIVE, handle)) {
            handle.set(SocketOption.KEEP_ALIVE, keepAlive);
        }
    }
}
