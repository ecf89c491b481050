package io.chagres.faults;

import static io.chagres.faults.Visitor.FINE;
import static io.chagres.faults.World.nameOf;

import io.chagres.address.SocketAddress;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.FullBacklog;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.Watcher;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.socket.Tcp;
import io.chagres.sys.Epoll;
import io.chagres.sys.Faults;
import java.io.IOException;
import java.util.function.Consumer;

/** What is going on when a call fails for long. */
final class LastingExercises {

    static final String NOT_RENEWED = "not renewed";

    private static final long MOMENT_MILLIS = 5;
    private static final int SOME_LOOKS = 10;
    private static final int MOST_LOOKS = 500;

    private LastingExercises() {}

    // ---- visitors with little patience

    /** A visitor comes, and goes again where nobody answers; what the server is told of it counts, too. */
    static void knock(World world, Consumer<String> told) {
        Ending ending = new Ending(told);
        world.expect(socket -> socket.onError(gone -> {}), error -> ending.reported(nameOf(error)));
        ending.await();
        Visitor.knock(world.port, how -> world.loop.execute(() -> ending.arrived(how)));
    }

    /** Another server listens, has such a visitor, and ends. */
    static void listen(World world, Consumer<String> told) {
        Server server = echoServer(world.loop);
        String[] how = new String[1];
        server.onClose(() -> told.accept(how[0]));
        server.listen(
                0,
                World.HOST,
                () -> Visitor.knock(
                        server.address().port(),
                        outcome -> world.loop.execute(() -> {
                            how[0] = outcome;
                            server.close();
                        })));
    }

    /** A second loop has a server of its own, from the birth of both to their end. */
    static void serveOnSecondLoop(World world, Consumer<String> told) {
        String[] how = new String[1];
        try (Loop second = new Loop()) {
            Server server = echoServer(second).listen(0, World.HOST);
            Visitor.talk(
                    server.address().port(),
                    () -> false,
                    outcome -> second.execute(() -> {
                        how[0] = outcome;
                        server.close();
                    }));
            second.run();
        }
        told.accept(how[0]);
    }

    private static Server echoServer(Loop loop) {
        return Net.createServer(loop, socket -> {
            socket.onError(gone -> {});
            socket.pipe(socket);
        });
    }

    // ---- connecting

    /** A client connects to somebody who does not answer, and gives up. */
    static void giveUpConnecting(World world, Consumer<String> told) {
        FullBacklog peer = fullBacklog();
        Tcp client = new Tcp(world.loop);
        String[] how = {"never told"};
        client.connect(
                new SocketAddress(peer.host(), peer.port()),
                error -> how[0] =
                        error != null && error.code().equals("ECANCELED") && client.isClosing() ? FINE : nameOf(error));
        Timer.after(
                world.loop,
                MOMENT_MILLIS,
                () -> client.close(() -> {
                    close(peer);
                    told.accept(how[0]);
                }));
    }

    private static FullBacklog fullBacklog() {
        try {
            return new FullBacklog();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void close(FullBacklog peer) {
        try {
            peer.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- epoll

    /**
     * The epoll set of the loop has a descriptor that was closed while what is behind it lives on: it reports for ever, and
     * nobody can take it out. The loop exchanges the set.
     */
    static void leaveStray(World world, Consumer<String> told) {
        leaveStray(world, MOST_LOOKS, told);
    }

    /** As {@link #leaveStray(World, Consumer)}, where the set can't be exchanged. */
    static void leaveStrayForGood(World world, Consumer<String> told) {
        leaveStray(world, Faults.isArmed() ? SOME_LOOKS : MOST_LOOKS, told);
    }

    private static void leaveStray(World world, int looks, Consumer<String> told) {
        Descriptor description = Descriptor.event(1);
        int set = world.loop.core().backendFd();
        new Watcher(world.loop.core()) {
            private final Descriptor watched = description.duplicate(0);

            Watcher begin() {
                attach(watched.fd());
                want(Epoll.EPOLLIN);
                return this;
            }

            @Override
            protected void onReady(int events) {
                detach(false);
                watched.close();
                awaitOtherSet(world, set, looks, how -> {
                    description.close();
                    told.accept(how);
                });
            }

            @Override
            protected void onRefused(int errno) {
                throw new AssertionError(errno);
            }
        }.begin();
    }

    private static void awaitOtherSet(World world, int set, int most, Consumer<String> told) {
        int[] looks = {0};
        Timer[] timer = new Timer[1];
        timer[0] = Timer.every(world.loop, MOMENT_MILLIS, () -> {
            boolean renewed = world.loop.core().backendFd() != set;
            if (renewed || ++looks[0] == most) {
                timer[0].close();
                told.accept(renewed ? FINE : NOT_RENEWED);
            }
        });
    }
}
