package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.address.SocketAddress;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.socket.ConnectionListener;
import io.chagres.socket.SocketHandle;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listening state of a {@link Server}: lookup, bind, listen, stop. */
final class Listening {

    /** Registers each server with JMX. */
    private static final boolean HAS_BEANS = Boolean.getBoolean("chagres.jmx");

    private final Server server;
    private final LoopCore core;
    /** Finds only addresses of a family that this machine has. */
    private static final LookupOptions LOOKUP = LookupOptions.defaults().hints(LookupOptions.Hint.AI_ADDRCONFIG);

    private final ConnectionListener listener;
    private @Nullable SocketHandle handle;
    /** Counts starts and stops, so that a result that arrives after a stop is recognised. */
    private int changes;

    private boolean lookingUp;
    private boolean referenced = true;
    private @Nullable Runnable removeAbort;
    private @Nullable Listeners<Runnable> listeners;

    Listening(Server server, ConnectionListener listener) {
        this.server = server;
        this.core = LoopCore.of(server.loop());
        this.listener = listener;
    }

    /** Returns the handle; null if it does not listen. */
    @Nullable
    SocketHandle handle() {
        return handle;
    }

    /** Returns the state, as in "listening on 127.0.0.1:80" and "not listening"; any thread. */
    @Override
    public String toString() {
        SocketHandle open = handle;
        if (open == null) {
            return lookingUp ? "looking up the address to listen on" : "not listening";
        }
        String ends = open.describeEnds();
        return ends.isEmpty() ? "listening" : "listening on " + ends;
    }

    /** Returns whether it listens, or looks up its host. */
    boolean isRunning() {
        return handle != null || lookingUp;
    }

    void onListening(Runnable added) {
        listeners = Listeners.add(listeners, added);
    }

    void offListening(Runnable removed) {
        listeners = Listeners.remove(listeners, removed);
    }

    // ---- beginning

    void require(ListenOptions options) {
        UsageException.requireArgument(options, "options");
        if (isRunning()) {
            throw new UsageException(
                    "ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.");
        }
        if (options.handle() != null && options.handle().loop() != server.loop()) {
            throw new UsageException("EINVAL", "the handle belongs to another loop: " + options.handle());
        }
    }

    void start(ListenOptions where, @Nullable Runnable onListening) {
        changes++;
        if (where.signal() != null && where.signal().isAborted()) {
            tickUnlessChanged(server::close);
        }
        Binding binding = new Binding(server.loop(), where, listener);
        if (where.signal() != null) {
            removeAbort = where.signal().onAbort(server.loop(), server::close);
        }
        String name = where.name();
        if (name != null) {
            lookUp(name, addresses -> attempt(() -> begin(binding.onFirst(addresses), onListening)));
        } else {
            attempt(() -> begin(binding.listen(), onListening));
        }
    }

    private void attempt(Runnable beginning) {
        try {
            beginning.run();
        } catch (SystemException refused) {
            core.tick(() -> failed(refused));
        } catch (Throwable wrong) {
            stop();
            throw wrong;
        }
    }

    private void begin(SocketHandle listening, @Nullable Runnable onListening) {
        handle = listening;
        handle.onClose(() -> closed(listening));
        if (!referenced) {
            handle.unref();
        }
        if (HAS_BEANS) {
            ServerBeans.offer(server);
        }
        tickUnlessChanged(() -> {
            if (onListening != null) {
                onListening.run();
            }
            Listeners.run(listeners);
        });
    }

    private void lookUp(String host, Consumer<List<SocketAddress>> onFound) {
        lookingUp = true;
        int mine = changes;
        Lookup.begin(server.loop(), host, LOOKUP, (found, failure) -> {
            if (mine != changes || core.residents().areRefused()) {
                return;
            }
            lookingUp = false;
            if (failure != null) {
                failed(failure);
            } else if (found != null) {
                onFound.accept(found.addresses());
            }
        });
    }

    private void tickUnlessChanged(Runnable action) {
        int mine = changes;
        core.tick(() -> {
            if (mine == changes) {
                action.run();
            }
        });
    }

    private void failed(ChagresException error) {
        forgetAbort();
        server.listenFailed(error);
    }

    // ---- ending

    void stop() {
        changes++;
        lookingUp = false;
        forgetAbort();
        SocketHandle closing = handle;
        handle = null;
        if (closing != null && !closing.isClosing()) {
            closing.close();
        }
    }

    /** Stops, and leaves the listening socket open: returns its descriptor. */
    int detach() {
        SocketHandle detached = handle;
        if (detached == null) {
            throw new UsageException("ERR_SERVER_NOT_RUNNING", "Server is not running: " + server);
        }
        int fd = detached.detach();
        stop();
        return fd;
    }

    /** Called when a handle has closed. If the server did not stop it, the loop has closed it. */
    private void closed(SocketHandle listening) {
        if (handle == listening) {
            server.close();
        }
    }

    private void forgetAbort() {
        if (removeAbort != null) {
            removeAbort.run();
            removeAbort = null;
        }
    }

    // ---- the loop

    void setReferenced(boolean wanted) {
        referenced = wanted;
        if (handle == null) {
            return;
        }
        if (wanted) {
            handle.ref();
        } else {
            handle.unref();
        }
    }
}
