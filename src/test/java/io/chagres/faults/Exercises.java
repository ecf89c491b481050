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

/** What is going on when a call fails. Each tells, once, how it went: "fine", or which call failed and how. */
final class Exercises {

    private static final int ROUNDS = 3;
    private static final int LENGTH = 100;
    private static final long LONG_MILLIS = 2000;

    private Exercises() {}

    /** A visitor comes, talks and goes. What the server is told of it counts, and otherwise what the visitor says. */
    static void serve(World world, Consumer<String> told) {
        Ending ending = new Ending(told);
        world.expect(
                socket -> {
                    ending.await();
                    socket.onError(error -> ending.failed(nameOf(error)));
                    socket.onClose(hadError -> ending.arrived(FINE));
                },
                error -> ending.reported(nameOf(error)));
        visit(world, world.port, ending);
    }

    /** As {@link #serve}, and the server asks who is there. */
    static void identify(World world, Consumer<String> told) {
        Ending ending = new Ending(told);
        world.expect(
                socket -> {
                    ending.await();
                    socket.onClose(hadError -> ending.arrived(FINE));
                    try {
                        socket.localAddress();
                        ending.reported(socket.remoteAddress() == null ? "nobody" : "");
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

    /** A client of ours connects to a peer by its address, talks and goes. */
    static void connect(World world, Consumer<String> told) {
        connect(world, World.HOST, told);
    }

    /** As {@link #connect}, by a name that has to be looked up. */
    static void lookUp(World world, Consumer<String> told) {
        connect(world, "localhost", told);
    }

    private static void connect(World world, String host, Consumer<String> told) {
        Socket socket = Net.connect(world.loop, EchoPeer.PORT, host).setNoDelay(true);
        tellEnd(socket, told);
        talk(socket, LENGTH, ROUNDS);
        socket.onConnect(() -> socket.write(ByteBuffer.allocate(LENGTH)));
    }

    /** A client of ours that says all it has to say before it is connected, so that it goes in one call. */
    static void connectWithMuchToSay(World world, Consumer<String> told) {
        Socket socket = Net.connect(world.loop, EchoPeer.PORT, World.HOST);
        tellEnd(socket, told);
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

    private static void tellEnd(Socket socket, Consumer<String> told) {
        String[] how = {FINE};
        socket.onError(error -> how[0] = nameOf(error));
        socket.onClose(hadError -> told.accept(how[0]));
    }

    /** Another server listens on an address, has a visitor, and ends. */
    static void listen(World world, Consumer<String> told) {
        listen(world, World.HOST, told);
    }

    /** As {@link #listen}, on all addresses: on IPv4 where IPv6 can't be had. */
    static void listenOnAll(World world, Consumer<String> told) {
        listen(world, null, told);
    }

    private static void listen(World world, String host, Consumer<String> told) {
        listen(world, Net.createServer(world.loop), host, told);
    }

    private static void listen(World world, Server server, String host, Consumer<String> told) {
        Ending ending = new Ending(told);
        server.onConnection(socket -> {
            socket.onError(error -> ending.failed(nameOf(error)));
            socket.pipe(socket);
        });
        server.onError(error -> told.accept(nameOf(error)));
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

    /** Another server, with a list of addresses that it does not serve, has a visitor who is not on it, and ends. */
    static void listenGuarded(World world, Consumer<String> told) {
        BlockList blocked = new BlockList();
        blocked.addAddress("192.0.2.1");
        listen(world, Net.createServer(world.loop, ServerOptions.defaults().blockList(blocked)), World.HOST, told);
    }

    /** Two handles, without what net puts on top: bound, connected to each other's host, closed. */
    static void bindHandle(World world, Consumer<String> told) {
        Tcp handle = new Tcp(world.loop);
        String how = FINE;
        try {
            handle.bind(new SocketAddress(World.HOST, 0));
            handle.localAddress();
        } catch (ChagresException refused) {
            how = nameOf(refused);
        }
        String outcome = how;
        handle.close(() -> told.accept(outcome));
    }

    /** A descriptor from elsewhere is taken over; where that fails it is still its owner's. */
    static void adopt(World world, Consumer<String> told) {
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
        handle.close(() -> told.accept(outcome));
    }

    /** A descriptor in blocking mode, which it has again after the close. */
    static void watchBlocking(World world, Consumer<String> told) {
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
        told.accept(how);
    }

    /** A second loop, from its birth to its end; its timer makes it wait for less than a millisecond. */
    static void liveAndDie(World world, Consumer<String> told) {
        try (Loop second = new Loop()) {
            Timer.after(second, 1, () -> {});
            second.run();
            told.accept(FINE);
        } catch (ChagresException refused) {
            told.accept(nameOf(refused));
        }
    }

    /** Another thread wakes a loop that has nothing else that would. */
    static void wake(World world, Consumer<String> told) {
        Thread.ofPlatform().daemon().start(() -> {
            String how = sleepUntilWoken();
            world.loop.execute(() -> told.accept(how));
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

    /** A descriptor is watched that somebody else has opened. */
    static void poll(World world, Consumer<String> told) {
        Descriptor theirs = Descriptor.event(1);
        Consumer<String> end = how -> {
            theirs.close();
            told.accept(how);
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

    /** The kernel is asked for what it knows of a socket, and told how it shall be. */
    static void options(World world, Consumer<String> told) {
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
        handle.close(() -> told.accept(outcome));
    }

    /** A socket is closed with a reset; where that fails, it is open still. */
    static void reset(World world, Consumer<String> told) {
        Tcp handle = new Tcp(world.loop, Family.IPV4);
        try {
            handle.closeReset(() -> told.accept(FINE));
        } catch (ChagresException refused) {
            handle.close(() -> told.accept(nameOf(refused)));
        }
    }

    /** What is an address called? */
    static void name(World world, Consumer<String> told) {
        Lookup.name(
                world.loop,
                new SocketAddress(World.HOST, 80),
                (name, failure) -> told.accept(failure == null ? FINE : nameOf(failure)),
                Lookup.NameFlag.NI_NUMERICHOST);
    }
}
