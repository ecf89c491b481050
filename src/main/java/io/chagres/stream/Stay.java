package io.chagres.stream;

import io.chagres.loop.internal.Resident;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A resident for another thread that reads or writes a stream. It keeps the loop alive, so that the thread may take its time. A loop that
 * is closed destroys the stream, so that the thread does not wait without end.
 */
final class Stay extends Resident {

    private final Duplex stream;
    private final String name;
    private final ReentrantLock lock;
    private final Runnable onLoopClose;
    private final CloseListener onClose = hadError -> end();
    private volatile boolean begun; // written with the lock

    /**
     * @param lock held when the stay ends
     * @param onLoopClose called when the loop is closed, after the stream was destroyed
     */
    Stay(Duplex stream, String name, ReentrantLock lock, Runnable onLoopClose) {
        super(stream.core);
        this.stream = stream;
        this.name = name;
        this.lock = lock;
        this.onLoopClose = onLoopClose;
    }

    /** Begins the stay, unless the stream has closed. */
    void begin() {
        if (!stream.isClosed()) {
            begun = true;
            stream.core.residents().add(this);
            stream.core.keepAlive();
            stream.onClose(onClose);
        }
    }

    /**
     * Returns whether the stay has begun and has not ended. With the lock, that is whether the loop will see what the thread posts: until
     * the lock is free again, the loop has not returned from run.
     */
    boolean isOn() {
        return begun;
    }

    /** Ends the stay before the close of the stream, or with it. Calling it again is a no-op. */
    void end() {
        if (begun) {
            lock.lock();
            try {
                begun = false;
            } finally {
                lock.unlock();
            }
            stream.offClose(onClose);
            stream.core.residents().remove(this);
            stream.core.letGo();
        }
    }

    @Override
    public void close() {
        stream.destroy();
        onLoopClose.run();
        end();
        stream.core.phases().closing.add(this);
    }

    @Override
    protected boolean holdsLoop() {
        return begun;
    }

    @Override
    public String toString() {
        return name + " of " + stream;
    }
}
