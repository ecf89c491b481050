package io.chagres.service;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The Unix socket at the path of an offer. While another process has the path, it tries again. */
final class OfferPath {

    private static final int BACKLOG = 8;
    private static final long RETRY_MILLIS = 20;

    private final Loop loop;
    private final String path;
    private final Consumer<Visitor> onVisit;
    private @Nullable Pipe listener;
    private @Nullable Timer retry;
    private @Nullable Pipe probe;
    private boolean isClosed;

    OfferPath(Loop loop, String path, Consumer<Visitor> onVisit) {
        this.loop = loop;
        this.path = path;
        this.onVisit = onVisit;
    }

    /** @throws SystemException EACCES and others of bind(2), but not EADDRINUSE */
    void begin() {
        if (isClosed) {
            return;
        }
        Pipe pipe = new Pipe(loop);
        try {
            pipe.bind(path);
            // before the listen, so that no other user can connect
            Files.setPosixFilePermissions(Path.of(path), PosixFilePermissions.fromString("rw-------"));
            pipe.listen(BACKLOG, this::accept);
        } catch (SystemException inUse) {
            pipe.close();
            if (!inUse.code().equals("EADDRINUSE")) {
                throw inUse;
            }
            probe();
            return;
        } catch (IOException failed) {
            pipe.close();
            throw new ChagresException("ERR_HANDOVER_PATH", "the mode of " + path + " can't be set: " + failed);
        }
        pipe.unref();
        listener = pipe;
    }

    private void accept(SocketHandle listening) {
        Pipe peer = new Pipe(loop, true);
        listening.accept(peer);
        peer.unref();
        onVisit.accept(new Visitor(peer));
    }

    /** Finds out whether a process listens at the path. The file of one that was killed is removed. */
    private void probe() {
        Pipe asking = new Pipe(loop);
        probe = asking;
        asking.connect(path, error -> {
            asking.close();
            probe = null;
            if (error != null && error.code().equals("ECONNREFUSED") && !isClosed) {
                remove();
            }
            again();
        });
    }

    private void remove() {
        try {
            Files.deleteIfExists(Path.of(path));
        } catch (IOException stays) {
            // the next bind fails in the same way
        }
    }

    private void again() {
        if (!isClosed) {
            Timer timer = Timer.after(loop, RETRY_MILLIS, this::begin);
            timer.unref();
            retry = timer;
        }
    }

    boolean isListening() {
        return listener != null;
    }

    void close() {
        isClosed = true;
        if (listener != null) {
            listener.close();
            listener = null;
        }
        if (retry != null) {
            retry.close();
        }
        if (probe != null) {
            probe.close();
        }
    }

    @Override
    public String toString() {
        return path + (listener != null ? ", offering" : isClosed ? ", closed" : ", waiting for the path");
    }
}
