package io.chagres.faults;

import static io.chagres.faults.Visitor.FINE;
import static io.chagres.faults.World.nameOf;

import io.chagres.address.SocketAddress;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.FullBacklog;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Watcher;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.socket.Tcp;
import io.chagres.sys.Epoll;
import io.chagres.sys.Faults;
import java.io.IOException;
import java.util.function.Consumer;

/** The exercises during which a call fails for long. */
final class LastingExercises {

    static final String NOT_RENEWED = "not renewed";

    private static final long MOMENT_MILLIS = 5;
    private static final int SOME_LOOKS = 10;
    private static final int MAX_LOOKS = 500;

    private LastingExercises() {}

    /** A visitor connects, and leaves if there is no answer. The errors of the server count, too. */
    static void knock(World world, Consumer<String> report) {
        Ending ending = new Ending(report);
        world.expect(socket -> socket.onError(gone -> {}), error -> ending.reported(nameOf(error)));
        ending.await();
        Visitor.knock(world.port, how -> world.loop.execute(() -> ending.arrived(how)));
    }

    /** Another server listens, has such a visitor, and closes. */
    static void listen(World world, Consumer<String> report) {
        Server server = echoServer(world.loop);
        String[] how = new String[1];
        server.onClose(() -> report.accept(how[0]));
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

    /** A second loop with a server is made, serves a visitor and is closed. */
    static void serveOnSecondLoop(World world, Consumer<String> report) {
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
        report.accept(how[0]);
    }

    private static Server echoServer(Loop loop) {
        return Net.createServer(loop, socket -> {
            socket.onError(gone -> {});
            socket.pipe(socket);
        });
    }

    /** A client connects to a peer that does not answer, and gives up. */
    static void giveUpConnecting(World world, Consumer<String> report) {
        FullBacklog peer = fullBacklog();
        Tcp client = new Tcp(world.loop);
        String[] how = {"no callback"};
        client.connect(
                new SocketAddress(peer.host(), peer.port()),
                error -> how[0] =
                        error != null && error.code().equals("ECANCELED") && client.isClosing() ? FINE : nameOf(error));
        Timer.after(
                world.loop,
                MOMENT_MILLIS,
                () -> client.close(() -> {
                    close(peer);
                    report.accept(how[0]);
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

    /**
     * The epoll set of the loop has a descriptor that was closed while its open file description lives on. It reports events
     * without end, and no call can remove it. The loop exchanges the set.
     */
    static void leaveStray(World world, Consumer<String> report) {
        leaveStray(world, MAX_LOOKS, report);
    }

    /** The same as {@link #leaveStray(World, Consumer)} with a set that cannot be exchanged. */
    static void leaveStrayForGood(World world, Consumer<String> report) {
        leaveStray(world, Faults.isArmed() ? SOME_LOOKS : MAX_LOOKS, report);
    }

    private static void leaveStray(World world, int looks, Consumer<String> report) {
        Descriptor description = Descriptor.event(1);
        int set = world.loop.backendFd();
        new Watcher(LoopCore.of(world.loop)) {
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
                    report.accept(how);
                });
            }

            @Override
            protected void onRefused(int errno) {
                throw new AssertionError(errno);
            }
        }.begin();
    }

    private static void awaitOtherSet(World world, int set, int maxLooks, Consumer<String> report) {
        int[] looks = {0};
        Timer[] timer = new Timer[1];
        timer[0] = Timer.every(world.loop, MOMENT_MILLIS, () -> {
            boolean renewed = world.loop.backendFd() != set;
            if (renewed || ++looks[0] == maxLooks) {
                timer[0].close();
                report.accept(renewed ? FINE : NOT_RENEWED);
            }
        });
    }
}
