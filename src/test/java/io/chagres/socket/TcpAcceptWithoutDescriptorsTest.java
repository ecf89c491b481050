package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.address.Family;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.EventFd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A process that has no descriptor left. It is a separate JVM, since the JVM of the tests needs some. */
@ExtendWith(HangGuard.class)
@Tag("host")
class TcpAcceptWithoutDescriptorsTest {

    /** For each connection the loop gives up its spare descriptor, and must get it back. */
    @Test
    void withoutDescriptorsEachConnectionIsAcceptedAndClosed() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, """
            accepted
            no descriptor left
            closed 1
            closed 2
            closed 3"""), ForkedJvm.run(withFewDescriptors(StarvingLong.class)));
    }

    private static List<String> withFewDescriptors(Class<?> main) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh"));
        command.addAll(ForkedJvm.command(main));
        return command;
    }

    @Test
    @Covers("libuv:emfile")
    void aListenerWithoutDescriptorsClosesAConnectionAndAcceptsAgainLater() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(withFewDescriptors(Starving.class));
        assertEquals("""
            accepted
            no descriptor left
            connected
            the peer has closed
            few turns
            accepted""", outcome.output());
        assertEquals(0, outcome.status());
    }

    /** A process that has no descriptor left for one connection. */
    public static final class Starving {

        private static final List<Integer> HOARD = new ArrayList<>();
        private static int turns;

        public static void main(String[] args) {
            try (Loop loop = new Loop()) {
                Tcp listener = TcpPair.listening(loop);
                listener.listen(10, _ -> {
                    Tcp accepted = new Tcp(loop);
                    listener.accept(accepted);
                    accepted.close();
                    System.out.println("accepted");
                });
                visit(loop, listener.localAddress(), () -> starve(loop, listener));
                loop.run();
            }
        }

        /** The classes are loaded by now, which would take descriptors. */
        private static void starve(Loop loop, Tcp listener) {
            Prepare prepare = new Prepare(loop);
            prepare.start(() -> turns++);
            Tcp client = TcpPair.listening(loop);
            for (int fd = open(); fd >= 0; fd = open()) {
                HOARD.add(fd);
            }
            System.out.println("no descriptor left");
            client.connect(listener.localAddress(), error -> System.out.println(error == null ? "connected" : error));
            client.readStart(TcpPair.reader(bytes -> {}, () -> {
                System.out.println("the peer has closed");
                System.out.println(turns < 50 ? "few turns" : turns + " turns");
                client.close();
                prepare.close();
                HOARD.forEach(Descriptors::close);
                visit(loop, listener.localAddress(), listener::close);
            }));
        }

        private static int open() {
            return EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
        }

        /** Connects, and goes on when the peer has closed. */
        private static void visit(Loop loop, SocketAddress address, Runnable then) {
            Tcp visitor = new Tcp(loop);
            visitor.connect(
                    address,
                    error -> visitor.readStart(TcpPair.reader(bytes -> {}, () -> {
                        visitor.close();
                        then.run();
                    })));
        }
    }

    /** A process in which no descriptor becomes free while three clients connect, one after the other. */
    public static final class StarvingLong {

        private static final List<Integer> HOARD = new ArrayList<>();
        private static Timer limit;

        public static void main(String[] args) {
            try (Loop loop = new Loop()) {
                Tcp listener = TcpPair.listening(loop);
                listener.listen(10, _ -> {
                    Tcp accepted = new Tcp(loop);
                    listener.accept(accepted);
                    accepted.close();
                    System.out.println("accepted");
                });
                limit = Timer.after(loop, 20_000, StarvingLong::giveUp);
                // loads the classes
                visit(new Tcp(loop, Family.IPV4), listener, () -> starve(loop, listener));
                loop.run();
            }
        }

        private static void giveUp() {
            System.out.println("not closed");
            System.exit(1);
        }

        private static void starve(Loop loop, Tcp listener) {
            List<Tcp> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(new Tcp(loop, Family.IPV4));
            }
            int fd = Starving.open();
            while (fd >= 0) {
                HOARD.add(fd);
                fd = Starving.open();
            }
            System.out.println("no descriptor left");
            comeOneByOne(clients, 0, listener);
        }

        private static void comeOneByOne(List<Tcp> clients, int index, Tcp listener) {
            if (index == clients.size()) {
                HOARD.forEach(Descriptors::close);
                clients.forEach(Tcp::close);
                listener.close();
                limit.close();
                return;
            }
            visit(clients.get(index), listener, () -> {
                System.out.println("closed " + (index + 1));
                comeOneByOne(clients, index + 1, listener);
            });
        }

        /** Connects, and goes on when the peer has closed. The client stays open. */
        private static void visit(Tcp client, Tcp listener, Runnable then) {
            client.connect(
                    listener.localAddress(),
                    error -> client.readStart(TcpPair.reader(bytes -> {}, then, reset -> then.run())));
        }
    }
}
