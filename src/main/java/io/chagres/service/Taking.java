package io.chagres.service;

import io.chagres.ChagresException;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.sys.Descriptors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The first half of a takeover, on a loop that does nothing else: it ends with the listening sockets, or with an error. */
final class Taking implements Channel.Receiver {

    /** The errors of connect(2) that mean that no process offers anything. */
    private static final Set<String> NO_OFFER = Set.of("ENOENT", "ECONNREFUSED");

    private final Map<String, List<Integer>> listeners = new LinkedHashMap<>();
    private final Channel channel;
    private final Timer timer;
    private @Nullable ChagresException failure;
    private int channelFd = -1;

    Taking(Loop loop, String path, long timeoutMillis) {
        Pipe pipe = new Pipe(loop, true);
        channel = new Channel(pipe, this);
        timer = Timer.after(
                loop,
                timeoutMillis,
                () -> fail("LOST", "the old process has not answered in " + timeoutMillis + " ms"));
        pipe.connect(path, error -> {
            if (error == null) {
                greet(pipe);
            } else {
                failure = NO_OFFER.contains(error.code()) ? null : error;
                end();
            }
        });
    }

    private void greet(Pipe pipe) {
        if (!Channel.isTrusted(pipe)) {
            fail("DENIED", "the old process has another user: " + pipe.peerCredentials());
            return;
        }
        channel.begin();
        channel.send(Frame.hello(Frame.VERSION));
    }

    @Override
    public void onFrame(Frame frame) {
        switch (frame.type()) {
            case REFUSED -> {
                String code = frame.text();
                fail(code, frame.text());
            }
            case LISTENER -> {
                int fd = channel.takeDescriptor(frame.payload().getLong());
                listeners
                        .computeIfAbsent(frame.text(), name -> new ArrayList<>())
                        .add(fd);
            }
            case OFFERED -> {
                timer.close();
                channelFd = channel.detach();
            }
            default -> throw new IllegalArgumentException("a frame of type " + frame.type());
        }
    }

    @Override
    public void onGone(String reason) {
        fail("LOST", "the old process has gone: " + reason);
    }

    private void fail(String code, String message) {
        failure = new ChagresException("ERR_HANDOVER_" + code, message);
        listeners.values().forEach(fds -> fds.forEach(Descriptors::close));
        end();
    }

    private void end() {
        timer.close();
        channel.close();
    }

    Optional<Takeover> result() {
        if (failure != null) {
            throw failure;
        }
        return channelFd < 0 ? Optional.empty() : Optional.of(new Takeover(channelFd, listeners));
    }
}
