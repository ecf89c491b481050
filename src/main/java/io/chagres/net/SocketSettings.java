package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.socket.DeferredOptions;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketOption;
import io.chagres.socket.StreamHandle;
import io.chagres.socket.Tcp;
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

    void setKeepAlive(KeepAlive wanted, StreamHandle handle) {
        if (handle instanceof Tcp tcp && !wanted.equals(keepAlive)) {
            tcp.setKeepAlive(wanted);
        }
        keepAlive = wanted;
    }

    <T> void set(SocketOption<T> option, T value, StreamHandle handle) {
        if (handle != null && handle.fd() >= 0) {
            if (handle instanceof Tcp tcp) {
                tcp.set(option, value);
            } else {
                ((Pipe) handle).set(option, value);
            }
        }
        options = options.with(option, value);
    }

    /** The option as the kernel has it. */
    static <T> T get(SocketOption<T> option, StreamHandle handle) {
        return handle instanceof Tcp tcp ? tcp.get(option) : ((Pipe) handle).get(option);
    }

    /** What was set, or null. */
    <T> T kept(SocketOption<T> option) {
        return options.valueOf(option);
    }

    void setTypeOfService(int tos, StreamHandle handle) {
        if (handle instanceof Tcp tcp) {
            tcp.set(SocketOption.TRAFFIC_CLASS, tos);
        }
        typeOfService = tos;
    }

    int typeOfService(StreamHandle handle) {
        return handle instanceof Tcp tcp ? tcp.get(SocketOption.TRAFFIC_CLASS) : Math.max(typeOfService, 0);
    }

    void setReferenced(boolean wanted, StreamHandle handle) {
        referenced = wanted;
        if (handle != null) {
            tellReferenced(handle);
        }
    }

    private void tellReferenced(StreamHandle handle) {
        if (referenced) {
            handle.ref();
        } else {
            handle.unref();
        }
    }

    /**
     * Tells a handle that is going to connect what must be said before.
     *
     * @throws SystemException the kernel's no
     */
    void applyBefore(Tcp handle) {
        if (typeOfService >= 0) {
            handle.set(SocketOption.TRAFFIC_CLASS, typeOfService);
        }
        options.applyTo(handle::set);
    }

    /**
     * Tells a handle that is connected what differs from what it has by itself.
     *
     * @throws SystemException the kernel's no
     */
    void applyAfter(StreamHandle handle) {
        tellReferenced(handle);
        if (handle instanceof Tcp tcp) {
            if (keepAlive.isOn()) {
                tcp.setKeepAlive(keepAlive);
            }
        } else {
            options.applyTo(handle.fd());
        }
    }
}
