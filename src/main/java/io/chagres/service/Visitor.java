package io.chagres.service;

import io.chagres.handle.Timer;
import io.chagres.socket.Pipe;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A process that has connected to an offer, until its greeting has arrived. */
final class Visitor implements Channel.Receiver {

    private static final long HELLO_MILLIS = 5000;

    private final Pipe pipe;
    private final Channel channel;
    private final Timer timer;
    private @Nullable Consumer<Visitor> onAccepted;
    private @Nullable BiConsumer<String, String> onRefused;
    private @Nullable HandoverRun run;

    Visitor(Pipe pipe) {
        this.pipe = pipe;
        channel = new Channel(pipe, this);
        timer = Timer.after(pipe.loop(), HELLO_MILLIS, this::leave);
        timer.unref();
    }

    /**
     * Waits for the greeting.
     *
     * @param accepted called once it is right
     * @param refused called with a code and a message if it is wrong; not for a peer that does not know the protocol
     */
    void greet(Consumer<Visitor> accepted, BiConsumer<String, String> refused) {
        onAccepted = accepted;
        onRefused = refused;
        if (Channel.isTrusted(pipe)) {
            channel.begin();
        } else {
            refuse("DENIED", "the new process has another user: " + pipe.peerCredentials());
            refused.accept("DENIED", "a process of another user wants the sockets: " + pipe.peerCredentials());
        }
    }

    Channel channel() {
        return channel;
    }

    /** Lets {@code begun} receive the frames from now on. */
    void handTo(HandoverRun begun) {
        run = begun;
        timer.close();
    }

    void refuse(String code, String message) {
        timer.close();
        channel.sendLast(Frame.refused(code, message));
    }

    private void leave() {
        timer.close();
        channel.close();
    }

    @Override
    public void onFrame(Frame frame) {
        if (run != null) {
            run.onFrame(frame);
            return;
        }
        if (frame.type() != Frame.Type.HELLO || frame.payload().getInt() != Frame.MAGIC) {
            leave();
            return;
        }
        int version = frame.payload().getInt();
        if (version != Frame.VERSION) {
            String message = "the old process speaks version " + Frame.VERSION + ", the new one version " + version;
            refuse("VERSION", message);
            if (onRefused != null) {
                onRefused.accept("VERSION", message);
            }
        } else if (onAccepted != null) {
            onAccepted.accept(this);
        }
    }

    @Override
    public void onGone(String reason) {
        timer.close();
        if (run != null) {
            run.onGone(reason);
        }
    }
}
