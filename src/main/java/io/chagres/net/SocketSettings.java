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
 * The settings of a socket. They are applied to its handle at once if there is one, and kept for the next handle. Those that are
 * about TCP are only kept over a Unix socket.
 */
final class SocketSettings {

    private static final long MILLIS_PER_SECOND = 1000;

    private KeepAlive keepAlive = KeepAlive.OFF;
    private boolean referenced = true;
    /** -1 if none was set. */
    private int typeOfService = -1;
    /** The other options that were set. */
    private DeferredOptions options = DeferredOptions.NONE;

    /** Returns the keep-alive for Node's setKeepAlive: a delay is cut to whole seconds, and none leaves what the system has. */
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

    /** Returns the option as the kernel has it. */
    static <T> T get(SocketOption<T> option, StreamHandle handle) {
        return handle instanceof Tcp tcp ? tcp.get(option) : ((Pipe) handle).get(option);
    }

    /** Returns the value that was set, or null. */
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
            applyReferenced(handle);
        }
    }

    private void applyReferenced(StreamHandle handle) {
        if (referenced) {
            handle.ref();
        } else {
            handle.unref();
        }
    }

    /**
     * Applies to {@code handle} the settings that the kernel needs before connect(2).
     *
     * @throws SystemException if the kernel refuses one
     */
    void applyBefore(Tcp handle) {
        if (typeOfService >= 0) {
            handle.set(SocketOption.TRAFFIC_CLASS, typeOfService);
        }
        options.applyTo(handle::set);
    }

    /**
     * Applies to {@code handle}, which is connected, the other settings that differ from the kernel's defaults.
     *
     * @throws SystemException if the kernel refuses one
     */
    void applyAfter(StreamHandle handle) {
        applyReferenced(handle);
        if (handle instanceof Tcp tcp) {
            if (keepAlive.isOn()) {
                tcp.setKeepAlive(keepAlive);
            }
        } else {
            options.applyTo(handle.fd());
        }
    }
}
