package io.chagres.faults;

import static io.chagres.faults.Visitor.FINE;
import static io.chagres.faults.World.nameOf;

import io.chagres.ChagresException;
import io.chagres.address.BlockList;
import io.chagres.address.Family;
import io.chagres.address.Lookup;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.RawSocket;
import io.chagres.group.GroupOptions;
import io.chagres.group.LoopGroup;
import io.chagres.handle.Poll;
import io.chagres.handle.PollEvents;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import io.chagres.sys.EventFd;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The exercises during which a call fails. Each reports its outcome once: "fine", or the call that failed and the error. */
final class Exercises {

    private static final int ROUNDS = 3;
    private static final int LENGTH = 100;
    private static final long LONG_MILLIS = 2000;

    private Exercises() {}

    /** A visitor connects, talks and leaves. The outcome is the error that the server gets, otherwise that of the visitor. */
    static void serve(World world, Consumer<String> report) {
        Ending ending = new Ending(report);
        world.expect(
                socket -> {
                    ending.await();
                    socket.onError(error -> ending.failed(nameOf(error)));
                    socket.onClose(hadError -> ending.arrived(FINE));
                },
                error -> ending.reported(nameOf(error)));
        visit(world, world.port, ending);
    }

    /** A visit like {@link #serve}, during which the server asks for the address of the peer. */
    static void identify(World world, Consumer<String> report) {
        Ending ending = new Ending(report);
        world.expect(
                socket -> {
                    ending.await();
                    socket.onClose(hadError -> ending.arrived(FINE));
                    try {
                        socket.localAddress();
                        ending.reported(socket.remoteAddress() == null ? "no peer" : "");
                    } catch (ChagresException refused) {
                        ending.reported(nameOf(refused));
                    }
                },
                error -> ending.reported(nameOf(error)));
        visit(world, world.port, ending);
    }

    private static void visit(World world, int port, Ending ending) {
        int[] rounds = {ROUNDS};
        ending.await();
        Visitor.talk(port, () -> --rounds[0] > 0, how -> world.loop.execute(() -> ending.arrived(how)));
    }

    /** A client of this process connects to a peer by its address, talks and leaves. */
    static void connect(World world, Consumer<String> report) {
        connect(world, World.HOST, report);
    }

    /** A client like {@link #connect}, by a name that must be looked up. */
    static void lookUp(World world, Consumer<String> report) {
        connect(world, "localhost", report);
    }

    private static void connect(World world, String host, Consumer<String> report) {
        Socket socket = Net.connect(world.loop, EchoPeer.PORT, host).setNoDelay(true);
        tellEnd(socket, report);
        talk(socket, LENGTH, ROUNDS);
        socket.onConnect(() -> socket.write(ByteBuffer.allocate(LENGTH)));
    }

    /** A client of this process writes everything before it is connected, so that one call sends it. */
    static void connectWithMuchToSay(World world, Consumer<String> report) {
        Socket socket = Net.connect(world.loop, EchoPeer.PORT, World.HOST);
        tellEnd(socket, report);
        talk(socket, ROUNDS * LENGTH, 1);
        for (int i = 0; i < ROUNDS; i++) {
            socket.write(ByteBuffer.allocate(LENGTH));
        }
    }

    private static void talk(Socket socket, int length, int rounds) {
        int[] left = {length, rounds};
        socket.onData(chunk -> {
            left[0] -= chunk.remaining();
            if (left[0] == 0 && --left[1] == 0) {
                socket.end();
            } else if (left[0] == 0) {
                left[0] = length;
                socket.write(ByteBuffer.allocate(length));
            }
        });
    }

    private static void tellEnd(Socket socket, Consumer<String> report) {
        String[] how = {FINE};
        socket.onError(error -> how[0] = nameOf(error));
        socket.onClose(hadError -> report.accept(how[0]));
    }

    /** Another server listens on an address, has a visitor, and closes. */
    static void listen(World world, Consumer<String> report) {
        listen(world, World.HOST, report);
    }

    /** A server like {@link #listen}, on all addresses: on IPv4 if there is no IPv6. */
    static void listenOnAll(World world, Consumer<String> report) {
        listen(world, null, report);
    }

    private static void listen(World world, String host, Consumer<String> report) {
        listen(world, Net.createServer(world.loop), host, report);
    }

    private static void listen(World world, Server server, String host, Consumer<String> report) {
        Ending ending = new Ending(report);
        server.onConnection(socket -> {
            socket.onError(error -> ending.failed(nameOf(error)));
            socket.pipe(socket);
        });
        server.onError(error -> report.accept(nameOf(error)));
        server.onClose(() -> ending.arrived(FINE));
        ending.await();
        Runnable onListening = () -> invite(world, server, ending);
        if (host == null) {
            server.listen(0, onListening);
        } else {
            server.listen(0, host, onListening);
        }
    }

    private static void invite(World world, Server server, Ending ending) {
        try {
            int port = server.address().port();
            ending.await();
            Visitor.talk(
                    port,
                    () -> false,
                    how -> world.loop.execute(() -> {
                        ending.arrived(how);
                        server.close();
                    }));
        } catch (ChagresException refused) {
            ending.failed(nameOf(refused));
            server.close();
        }
    }

    /** Another server with a block list has a visitor that is not on the list, and closes. */
    static void listenGuarded(World world, Consumer<String> report) {
        BlockList blocked = new BlockList();
        blocked.addAddress("192.0.2.1");
        listen(world, Net.createServer(world.loop, ServerOptions.defaults().blockList(blocked)), World.HOST, report);
    }

    /** Two handles without the net floor: bound, connected to each other's host, closed. */
    static void bindHandle(World world, Consumer<String> report) {
        Tcp handle = new Tcp(world.loop);
        String how = FINE;
        try {
            handle.bind(new SocketAddress(World.HOST, 0));
            handle.localAddress();
        } catch (ChagresException refused) {
            how = nameOf(refused);
        }
        String outcome = how;
        handle.close(() -> report.accept(outcome));
    }

    /** A foreign descriptor is passed to a handle; if that fails, its owner still has it. */
    static void adopt(World world, Consumer<String> report) {
        RawSocket theirs = RawSocket.tcp();
        Tcp handle = new Tcp(world.loop);
        String how = FINE;
        try {
            handle.open(theirs.fd());
        } catch (ChagresException refused) {
            how = nameOf(refused);
            theirs.close();
        }
        String outcome = how;
        handle.close(() -> report.accept(outcome));
    }

    /** A descriptor in blocking mode is watched; after the close it is in blocking mode again. */
    static void watchBlocking(World world, Consumer<String> report) {
        int theirs = EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
        String how;
        try {
            Poll poll = new Poll(world.loop, theirs);
            poll.close();
            how = FINE;
        } catch (ChagresException refused) {
            how = nameOf(refused);
        }
        Descriptors.close(theirs);
        report.accept(how);
    }

    /** A second loop is made, runs and is closed; its timer makes it wait for less than a millisecond. */
    static void liveAndDie(World world, Consumer<String> report) {
        try (Loop second = new Loop()) {
            Timer.after(second, 1, () -> Timer.after(second, 0, () -> {})); // one wait of each kind
            second.run();
            report.accept(FINE);
        } catch (ChagresException refused) {
            report.accept(nameOf(refused));
        }
    }

    /** A group of pinned loops starts. */
    static void pin(World world, Consumer<String> report) {
        try (LoopGroup group = LoopGroup.start(1, GroupOptions.defaults().pinned(true))) {
            report.accept(FINE);
        } catch (ChagresException refused) {
            report.accept(nameOf(refused.getCause()));
        }
    }

    /** Another thread wakes a loop that nothing else wakes. */
    static void wake(World world, Consumer<String> report) {
        Thread.ofPlatform().daemon().start(() -> {
            String how = sleepUntilWoken();
            world.loop.execute(() -> report.accept(how));
        });
    }

    private static String sleepUntilWoken() {
        long[] wokenAt = {LONG_MILLIS};
        try (Loop sleeper = new Loop()) {
            Timer limit = Timer.after(sleeper, LONG_MILLIS, () -> {});
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> sleepThen(() -> sleeper.execute(() -> {
                        wokenAt[0] = sleeper.now();
                        limit.close();
                    })));
            sleeper.run();
        }
        return wokenAt[0] < LONG_MILLIS ? FINE : "never woken";
    }

    private static void sleepThen(Runnable action) {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        action.run();
    }

    /** A foreign descriptor is watched. */
    static void poll(World world, Consumer<String> report) {
        Descriptor theirs = Descriptor.event(1);
        Consumer<String> end = how -> {
            theirs.close();
            report.accept(how);
        };
        try {
            Poll poll = new Poll(world.loop, theirs.fd());
            poll.start(
                    PollEvents.READABLE,
                    (events, error) -> poll.close(() -> end.accept(error == null ? FINE : nameOf(error))));
        } catch (ChagresException refused) {
            end.accept(nameOf(refused));
        }
    }

    /** Options of a socket are read and set. */
    static void options(World world, Consumer<String> report) {
        Tcp handle = new Tcp(world.loop);
        String how = FINE;
        try {
            handle.bind(new SocketAddress(World.HOST, 0));
            handle.set(SocketOption.SO_RCVBUF, handle.get(SocketOption.SO_RCVBUF));
            handle.info();
        } catch (ChagresException refused) {
            how = nameOf(refused);
        }
        String outcome = how;
        handle.close(() -> report.accept(outcome));
    }

    /** A socket is closed with a reset; if that fails, it is still open. */
    static void reset(World world, Consumer<String> report) {
        Tcp handle = new Tcp(world.loop, Family.IPV4);
        try {
            handle.closeReset(() -> report.accept(FINE));
        } catch (ChagresException refused) {
            handle.close(() -> report.accept(nameOf(refused)));
        }
    }

    /** The name of an address is looked up. */
    static void name(World world, Consumer<String> report) {
        Lookup.name(
                world.loop,
                new SocketAddress(World.HOST, 80),
                (name, failure) -> report.accept(failure == null ? FINE : nameOf(failure)),
                Lookup.NameFlag.NI_NUMERICHOST);
    }
}
