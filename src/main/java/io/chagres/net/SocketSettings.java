package io.chagres.net;

import io.chagres.loop.ChagresException;
import io.chagres.loop.SystemException;
import io.chagres.loop.UsageException;
import io.chagres.stream.StreamHandle;
import java.util.function.Consumer;

/**
 * What a socket's user has set: told to the handle at once where there is one and it is news, and kept for the handle that
 * there will be. Over a Unix socket only ref and unref mean anything.
 */
final class SocketSettings {

    private static final long MILLIS_PER_SECOND = 1000;

    private boolean noDelay;
    private boolean keepAlive;
    private int keepAliveSeconds;
    private boolean referenced = true;

    /** Whole seconds, as TCP_KEEPIDLE has them; a negative time is none. */
    private static int secondsOf(long millis) {
        return Math.clamp(millis / MILLIS_PER_SECOND, 0, KeepAlive.MOST_SECONDS);
    }

    /** Throws ERR_INVALID_ARG_VALUE unless {@code bytes} is a high-water mark. */
    static int requireHighWaterMark(int bytes) {
        if (bytes < 0) {
            throw new UsageException("ERR_INVALID_ARG_VALUE",
                "The property 'options.highWaterMark' is invalid. Received " + bytes);
        }
        return bytes;
    }

    void setNoDelay(boolean on, StreamHandle handle) {
        if (handle instanceof Tcp tcp && on != noDelay) {
            tcp.setNoDelay(on);
        }
        noDelay = on;
    }

    void setKeepAlive(boolean on, long initialDelayMillis, StreamHandle handle) {
        int seconds = secondsOf(initialDelayMillis);
        if (handle instanceof Tcp tcp && (on != keepAlive || on && seconds != keepAliveSeconds)) {
            tcp.setKeepAlive(on, seconds);
        }
        keepAlive = on;
        keepAliveSeconds = seconds;
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

    /** Tells a new handle all that differs from what it has by itself; {@code onRefused} gets the kernel's no. */
    void applyTo(StreamHandle handle, Consumer<ChagresException> onRefused) {
        tellReferenced(handle);
        try {
            if (handle instanceof Tcp tcp) {
                applyOptions(tcp);
            }
        } catch (SystemException refused) {
            onRefused.accept(refused);
        }
    }

    private void applyOptions(Tcp handle) {
        if (noDelay) {
            handle.setNoDelay(true);
        }
        if (keepAlive) {
            handle.setKeepAlive(true, keepAliveSeconds);
        }
    }
}
