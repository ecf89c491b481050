package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.socket.DeferredOptions;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketOption;
import io.chagres.socket.StreamHandle;
import io.chagres.socket.Tcp;

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
    /** What else was set; null where nothing was. */
    private DeferredOptions options;

    /** Whole seconds, as TCP_KEEPIDLE has them; a negative time is none. */
    static KeepAlive keepAlive(boolean on, long initialDelayMillis) {
        return on
                ? KeepAlive.of(Math.clamp(initialDelayMillis / MILLIS_PER_SECOND, 0, KeepAlive.MAX_SECONDS), 0, 0)
                : KeepAlive.OFF;
    }

    /** Throws ERR_INVALID_ARG_VALUE unless {@code bytes} is a high-water mark. */
    static int requireHighWaterMark(int bytes) {
        if (bytes < 0) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE", "The property 'options.highWaterMark' is invalid. Received " + bytes);
        }
        return bytes;
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
        keep(option, value);
    }

    /** The option as the kernel has it. */
    static <T> T get(SocketOption<T> option, StreamHandle handle) {
        return handle instanceof Tcp tcp ? tcp.get(option) : ((Pipe) handle).get(option);
    }

    private <T> void keep(SocketOption<T> option, T value) {
        if (options == null) {
            options = new DeferredOptions();
        }
        options.add(option, value);
    }

    /** What was set, or null. */
    <T> T kept(SocketOption<T> option) {
        return options == null ? null : options.valueOf(option);
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
        if (options != null) {
            options.applyTo(handle::set);
        }
    }

    /**
     * Tells a handle that is connected what differs from what it has by itself.
     *
     * @throws SystemException the kernel's no
     */
    void applyAfter(StreamHandle handle) {
        tellReferenced(handle);
        if (handle instanceof Tcp tcp) {
            if (keepAlive.on()) {
                tcp.setKeepAlive(keepAlive);
            }
        } else if (options != null) {
            options.applyTo(handle.fd());
        }
    }
}
